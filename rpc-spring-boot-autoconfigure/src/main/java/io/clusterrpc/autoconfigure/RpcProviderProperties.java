/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.Network;
import io.clusterrpc.provider.limit.LimitSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

/**
 * What this application announces about the gRPC services that it serves. The name under which consumers find it is
 * {@code spring.application.name}.
 *
 * @param enabled Whether this library takes part in the life of the gRPC server at all: registration, drain, the check that a
 *     request was meant for this instance.
 * @param register Whether consumers are told of this application.
 * @param host Host name or IP address to advertise. Found by itself if not set; does not apply to registries for one machine.
 * @param port Port to advertise, where it is not the port that the server listens on (port mapping, a proxy in front).
 * @param network Network whose address to advertise: an address prefix like 10.0.0.0/8, or the name of a network interface.
 * @param zone Failure domain this application runs in. Set by rpc.zone if not set here.
 * @param version Version of the application. Taken from the build information or spring.application.version if not set.
 * @param weight Static share of the traffic relative to the other instances, 0 (no traffic) to 1000.
 * @param tags Free key/value pairs that consumers can route by.
 * @param readiness How often the application's RpcReadiness beans are asked.
 * @param drain How this application leaves.
 * @param executor What handlers run on.
 * @param limit How many calls at a time are let in.
 * @param loadReport What callers are told of the load.
 * @param transport What one connection may ask.
 */
@ConfigurationProperties(RpcProviderProperties.PREFIX)
public record RpcProviderProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean register,
        @Nullable String host,
        @Nullable Integer port,
        @Nullable String network,
        @Nullable String zone,
        @Nullable String version,
        @DefaultValue("100") int weight,
        @DefaultValue Map<String, String> tags,
        Readiness readiness,
        Drain drain,
        Executor executor,
        Limit limit,
        LoadReport loadReport,
        Transport transport) {

    static final String PREFIX = "rpc.provider";

    /** Where nothing is configured. */
    static final RpcProviderProperties STANDARD = new RpcProviderProperties(
            true,
            true,
            null,
            null,
            null,
            null,
            null,
            100,
            Map.of(),
            Readiness.STANDARD,
            Drain.STANDARD,
            Executor.STANDARD,
            Limit.STANDARD,
            LoadReport.STANDARD,
            Transport.STANDARD);

    static RpcProviderProperties of(Environment environment) {
        return WrittenProperties.bind(environment, PREFIX, RpcProviderProperties.class, STANDARD);
    }

    /** Validates the ranges and copies the tags. */
    public RpcProviderProperties {
        if (host != null && (host.isBlank() || host.contains("/") || host.matches("[^:]*:\\d*"))) {
            throw new IllegalArgumentException("rpc.provider.host: '" + host
                    + "' (expected: a host name or an IP address; the port belongs to rpc.provider.port)");
        }
        if (port != null && (port < 1 || port > 65535)) {
            throw new IllegalArgumentException("rpc.provider.port: " + port + " (expected: 1..65535)");
        }
        if (network != null) {
            Network.of(network);
        }
        if (weight < 0 || weight > 1000) {
            throw new IllegalArgumentException("rpc.provider.weight: " + weight + " (expected: 0..1000)");
        }
        tags = Map.copyOf(tags);
        // Null where nothing is configured: to convert each default value anew costs every start of an application.
        readiness = readiness == null ? Readiness.STANDARD : readiness;
        drain = drain == null ? Drain.STANDARD : drain;
        executor = executor == null ? Executor.STANDARD : executor;
        limit = limit == null ? Limit.STANDARD : limit;
        loadReport = loadReport == null ? LoadReport.STANDARD : loadReport;
        transport = transport == null ? Transport.STANDARD : transport;
    }

    /**
     * How often the application's {@link io.clusterrpc.RpcReadiness} beans are asked, where there are any.
     *
     * @param interval Time from one answer to the next question.
     * @param warnAfter How long a started application may wait for them before the log warns.
     */
    public record Readiness(
            @DefaultValue("500ms") Duration interval,
            @DefaultValue("30s") Duration warnAfter) {

        static final Readiness STANDARD = new Readiness(Duration.ofMillis(500), Duration.ofSeconds(30));

        /** Validates the ranges. */
        public Readiness {
            if (interval.toMillis() < 10) {
                throw new IllegalArgumentException(
                        "rpc.provider.readiness.interval: " + interval + " (expected: 10 ms or longer)");
            }
            if (warnAfter.isNegative()) {
                throw new IllegalArgumentException(
                        "rpc.provider.readiness.warn-after: " + warnAfter + " (expected: zero or longer)");
            }
        }
    }

    /**
     * How this application leaves. The time for the calls in flight is {@code spring.grpc.server.shutdown.grace-period}.
     *
     * @param notice How long to serve on after consumers were told that this application leaves. As long as the registry in use
     *     needs to tell them if not set.
     */
    public record Drain(@Nullable Duration notice) {

        static final Drain STANDARD = new Drain(null);

        /** Validates the range. */
        public Drain {
            if (notice != null && notice.isNegative()) {
                throw new IllegalArgumentException(
                        "rpc.provider.drain.notice: " + notice + " (expected: zero or longer)");
            }
        }
    }

    /**
     * What handlers run on, unless virtual threads are on or the application has a GrpcServerExecutorProvider of its own.
     *
     * @param enabled Whether handlers have a bounded number of threads, rather than any number.
     * @param threads How many threads there are at most.
     * @param maxWait How long a call may wait for a thread before further calls are refused.
     * @param nonBlocking Full names of gRPC services or methods (shop.Orders, shop.Orders/Get; * for all) whose handlers never block: they
     *     run on the transport's thread, which is faster.
     */
    public record Executor(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("200") int threads,
            @DefaultValue("250ms") Duration maxWait,
            @DefaultValue Set<String> nonBlocking) {

        static final Executor STANDARD = new Executor(true, 200, Duration.ofMillis(250), Set.of());

        /** Validates the ranges and copies the names. */
        public Executor {
            if (threads < 1 || threads > 10_000) {
                throw new IllegalArgumentException(
                        "rpc.provider.executor.threads: " + threads + " (expected: 1..10000)");
            }
            if (maxWait.isNegative()) {
                throw new IllegalArgumentException(
                        "rpc.provider.executor.max-wait: " + maxWait + " (expected: zero or longer)");
            }
            nonBlocking = Set.copyOf(nonBlocking);
        }
    }

    /**
     * The adaptive limit of calls in flight: beyond it, requests are refused before they queue.
     *
     * @param enabled Whether load is shed at all.
     * @param initial Calls in flight that are let in before anything was measured.
     * @param min The limit never falls below.
     * @param max The limit never rises above.
     * @param acceptableLatency As long as calls take less on average the limit does not fall, however fast they are without load.
     */
    public record Limit(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("100") int initial,
            @DefaultValue("2") int min,
            @DefaultValue("10000") int max,
            @DefaultValue("25ms") Duration acceptableLatency) {

        static final Limit STANDARD = new Limit(true, 100, 2, 10_000, LimitSettings.ACCEPTABLE_LATENCY);

        /** Validates the ranges. */
        public Limit {
            if (min < 1) {
                throw new IllegalArgumentException("rpc.provider.limit.min: " + min + " (expected: 1 or more)");
            }
            if (max < min) {
                throw new IllegalArgumentException(
                        "rpc.provider.limit.max: " + max + " (expected: rpc.provider.limit.min, " + min + ", or more)");
            }
            if (initial < min || initial > max) {
                throw new IllegalArgumentException("rpc.provider.limit.initial: " + initial + " (expected: " + min
                        + ".." + max + ", between rpc.provider.limit.min and .max)");
            }
            if (acceptableLatency.isNegative()) {
                throw new IllegalArgumentException(
                        "rpc.provider.limit.acceptable-latency: " + acceptableLatency + " (expected: 0 or longer)");
            }
        }
    }

    /**
     * How busy this application is, told with responses (ORCA, the trailer endpoint-load-metrics-bin).
     *
     * @param enabled Whether callers are told.
     * @param interval How long a connection gets no further report after one. 0 reports with every response.
     */
    public record LoadReport(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("100ms") Duration interval) {

        private static final Duration LONGEST = Duration.ofMinutes(1);
        static final LoadReport STANDARD = new LoadReport(true, Duration.ofMillis(100));

        /** Validates the range. */
        public LoadReport {
            if (interval.isNegative() || interval.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("rpc.provider.load-report.interval: " + interval
                        + " (expected: zero to one minute; rpc.provider.load-report.enabled=false for no reports)");
            }
        }
    }

    /**
     * What one connection may ask, where Netty is the transport. The sizes of messages and headers are
     * {@code spring.grpc.server.inbound.*}.
     *
     * @param maxResetsPerSecond Calls that a connection may give up per second, on average over 5 s, before it is closed; 0 for
     *     any number.
     * @param maxCallsPerConnection Calls in flight on one connection, beyond which a client waits; 0 for any number.
     */
    public record Transport(
            @DefaultValue("6000") int maxResetsPerSecond,
            @DefaultValue("10000") int maxCallsPerConnection) {

        static final Transport STANDARD = new Transport(6_000, 10_000);

        /** Validates the ranges. */
        public Transport {
            if (maxResetsPerSecond < 0 || maxResetsPerSecond > 1_000_000) {
                throw new IllegalArgumentException("rpc.provider.transport.max-resets-per-second: " + maxResetsPerSecond
                        + " (expected: 0..1000000)");
            }
            if (maxCallsPerConnection < 0) {
                throw new IllegalArgumentException("rpc.provider.transport.max-calls-per-connection: "
                        + maxCallsPerConnection + " (expected: 0 or more)");
            }
        }
    }
}
