/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.loadbalance.HashScheme;
import io.clusterrpc.loadbalance.route.ZoneRule;
import io.clusterrpc.reference.TransparentRetry;
import io.clusterrpc.resilience.CallMode;
import io.clusterrpc.resilience.ResponseThread;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

/**
 * What this application refers to.
 *
 * @param zone Failure domain that this application runs in, as a provider and as a consumer.
 * @param clientId What distinguishes this process from other clients when it chooses its subsets of large clusters; random, so
 *     new with every start, if not set.
 * @param transportThreads Threads that serve the connections of all references; half of the processors if not set, 0 for gRPC's own.
 * @param defaults Settings of every reference that does not say otherwise.
 * @param references Settings by name of the reference.
 * @param services Application that offers a gRPC service, by the service's full name in brackets, as in rpc.services."[shop.Orders]", for
 *     references without a name.
 */
@ConfigurationProperties(RpcReferenceProperties.PREFIX)
public record RpcReferenceProperties(
        @Nullable String zone,
        @Nullable String clientId,
        @Nullable Integer transportThreads,
        @Nullable Defaults defaults,
        @DefaultValue Map<String, ReferenceProperties> references,
        @DefaultValue Map<String, String> services) {

    static final String PREFIX = "rpc";

    /** Where nothing is configured. */
    static final RpcReferenceProperties STANDARD =
            new RpcReferenceProperties(null, null, null, null, Map.of(), Map.of());

    /** Validates the range. */
    public RpcReferenceProperties {
        if (transportThreads != null && (transportThreads < 0 || transportThreads > 1000)) {
            throw new IllegalArgumentException(
                    "rpc.transport-threads: " + transportThreads + " (expected: 0, for those of gRPC, to 1000)");
        }
    }

    /** Other parts have their properties below the same prefix. */
    static RpcReferenceProperties of(Environment environment) {
        return WrittenProperties.bind(
                environment,
                PREFIX,
                RpcReferenceProperties.class,
                STANDARD,
                "rpc.zone",
                "rpc.client-id",
                "rpc.transport-threads",
                "rpc.defaults",
                "rpc.references",
                "rpc.services");
    }

    /** What is configured, else {@link StandardDefaults}: converting each default value anew costs every start of an application. */
    @Override
    public Defaults defaults() {
        return defaults != null ? defaults : StandardDefaults.values();
    }

    /** Whether no default is configured. */
    boolean standard() {
        return defaults == null;
    }

    /**
     * Settings of every reference that does not say otherwise.
     *
     * @param deadline Deadline of a unary call whose caller sets none; 0 for none.
     * @param attemptTimeout Longest time that one attempt of a call may take while another one may follow.
     * @param eager Whether start-up waits until an instance is connected, and fails when none does in time.
     * @param eagerTimeout How long start-up waits for the first connection.
     * @param idleTimeout Time without calls after which the channel disconnects until the next call; discovery goes on.
     * @param transparentRetry Who sends a request anew that surely reached no handler: the failover, or gRPC by its retry buffer.
     * @param balancing How an instance is chosen.
     * @param route Which instances calls shall go to.
     * @param subset How many instances of a larger cluster to connect to; all if not set.
     * @param retryBudget How much further attempts may add to the load.
     * @param mode What is done about a call that fails or takes long: failover, failfast, failsafe,
     *     hedged, broadcast or quorum.
     * @param hedgeDelay After how long a hedged call gets its second attempt; the p95 seen if not set.
     * @param readResponsesOn Where answers of unary calls are read: executor, or transport, which is faster, but callbacks of asynchronous
     *     stubs must not block then.
     */
    public record Defaults(
            @DefaultValue("5s") Duration deadline,
            @DefaultValue("2s") Duration attemptTimeout,
            @DefaultValue("false") boolean eager,
            @DefaultValue("10s") Duration eagerTimeout,
            @DefaultValue("30m") Duration idleTimeout,
            @DefaultValue("failover") TransparentRetry transparentRetry,
            @DefaultValue Balancing balancing,
            @DefaultValue Route route,
            @Nullable Integer subset,
            @DefaultValue RetryBudget retryBudget,
            @DefaultValue("failover") CallMode mode,
            @Nullable Duration hedgeDelay,
            @DefaultValue("executor") ResponseThread readResponsesOn) {}

    /**
     * How much further attempts may add to the load, for every reference that does not say otherwise.
     *
     * @param percent Further attempts that are allowed, in percent of the calls of the last two seconds.
     * @param minPerSecond Further attempts a second that are allowed however few calls there are.
     */
    public record RetryBudget(
            @DefaultValue("20") double percent,
            @DefaultValue("10") int minPerSecond) {}

    /**
     * Which instances calls shall go to, for every reference that does not say otherwise.
     *
     * @param zone Whether calls stay in the own zone (rpc.zone) as far as its capacity reaches, never leave it, or ignore zones.
     */
    public record Route(@DefaultValue("prefer") ZoneRule zone) {}

    /**
     * How an instance is chosen, for every reference that does not say otherwise.
     *
     * @param algorithm Name of the algorithm: adaptive, least-request, round-robin, random,
     *     weighted-round-robin, consistent-hash, or that of a LoadBalancingAlgorithm bean.
     * @param warmUp Time in which a new instance's share grows from a tenth to the whole; 0 for no warm-up.
     * @param ejection When an instance gets no calls for a while.
     * @param hashKey What consistent-hash hashes of a call: header.x-tenant for the header x-tenant, request.customer_id for that
     *     field of the request message; an option HashKey.KEY of the call wins.
     * @param hash Further settings of consistent-hash.
     * @param reportedLoad How the load that instances report changes their weights.
     */
    public record Balancing(
            @DefaultValue("adaptive") String algorithm,
            @DefaultValue("30s") Duration warmUp,
            @DefaultValue Ejection ejection,
            @Nullable String hashKey,
            @DefaultValue Hash hash,
            @DefaultValue ReportedLoad reportedLoad) {}

    /**
     * When an instance gets no calls for a while, for every reference that does not say otherwise.
     *
     * @param enabled Whether instances are ejected.
     * @param consecutiveFailures Failures in a row that eject; 0 for never.
     * @param errorRate Share of failures among the recent calls that ejects, 0 to 1; 0 for never.
     * @param latencyFactor How many times the median latency of the other instances ejects; 0 for never.
     * @param latencyDifference By how much the latency must exceed that of the others at least.
     * @param silence How long nothing may come back while calls are under way (at least five times the 99th percentile of the latency); 0 for ever.
     * @param minCalls Recent calls that it takes to judge error rate and latency.
     * @param interval How far back recent calls reach; after half of it a call counts half.
     * @param baseTime How long the first ejection lasts; the second in a row lasts twice as long, and so on.
     * @param maxTime Longest ejection.
     * @param maxShare Largest share of the instances that may be ejected at once, 0 to 1; one always may, the last one never.
     * @param panicShare Share of usable instances below which ejected ones get calls, too, 0 to 1.
     * @param codes Status codes of gRPC that count as a failure of the instance.
     */
    public record Ejection(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("5") int consecutiveFailures,
            @DefaultValue("0.5") double errorRate,
            @DefaultValue("5") double latencyFactor,
            @DefaultValue("100ms") Duration latencyDifference,
            @DefaultValue("1s") Duration silence,
            @DefaultValue("10") int minCalls,
            @DefaultValue("10s") Duration interval,
            @DefaultValue("5s") Duration baseTime,
            @DefaultValue("20s") Duration maxTime,
            @DefaultValue("0.5") double maxShare,
            @DefaultValue("0.3") double panicShare,

            @DefaultValue({"UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN", "DATA_LOSS"})
            Set<Status.Code> codes) {}

    /**
     * How consistent-hash divides the keys, for every reference that does not say otherwise.
     *
     * @param scheme How keys are divided: a fixed number of slots, or a ring of points.
     * @param virtualNodes Points on the ring of an instance with weight 100, 1 to 10000.
     * @param boundedLoad Whether an instance with too many calls in flight passes further ones on to the next of the key.
     * @param loadFactor How many times its fair share of the calls in flight an instance may have then, above 1.
     */
    public record Hash(
            @DefaultValue("slots") HashScheme scheme,
            @DefaultValue("160") int virtualNodes,
            @DefaultValue("false") boolean boundedLoad,
            @DefaultValue("1.25") double loadFactor) {}

    /**
     * How the load that instances report changes their weights, where the algorithm takes it (weighted-round-robin), for every
     * reference that does not say otherwise.
     *
     * @param blackout How long an instance must have reported over one connection before its reports count.
     * @param expiration Time without a report after which the last one counts no more.
     * @param updatePeriod How often weights are computed anew.
     * @param errorPenalty What the share of failed requests adds to the utilisation of an instance, times this; 0 for no penalty.
     */
    public record ReportedLoad(
            @DefaultValue("10s") Duration blackout,
            @DefaultValue("3m") Duration expiration,
            @DefaultValue("1s") Duration updatePeriod,
            @DefaultValue("1.0") double errorPenalty) {}

    /**
     * Settings of one reference; what is absent comes from {@code rpc.defaults}.
     *
     * @param service Name of the application that is called, its spring.application.name; the name of the reference by default.
     * @param deadline Deadline of a unary call whose caller sets none; 0 for none.
     * @param attemptTimeout Longest time that one attempt of a call may take while another one may follow.
     * @param eager Whether start-up waits until an instance is connected, and fails when none does in time.
     * @param eagerTimeout How long start-up waits for the first connection.
     * @param idleTimeout Time without calls after which the channel disconnects until the next call; discovery goes on.
     * @param transparentRetry Who sends a request anew that surely reached no handler: the failover, or gRPC by its retry buffer.
     * @param balancing How an instance is chosen.
     * @param route Which instances calls shall go to.
     * @param subset How many instances of a larger cluster to connect to; all if not set.
     * @param retryBudget How much further attempts may add to the load.
     * @param mode What is done about a call that fails or takes long: failover, failfast, failsafe,
     *     hedged, broadcast or quorum.
     * @param hedgeDelay After how long a hedged call gets its second attempt; the p95 seen if not set.
     * @param readResponsesOn Where answers of unary calls are read: executor, or transport, which is faster, but callbacks of asynchronous
     *     stubs must not block then.
     * @param methods Settings by method, either its name (SayHello) or its full name (shop.Orders/Place).
     */
    public record ReferenceProperties(
            @Nullable String service,
            @Nullable Duration deadline,
            @Nullable Duration attemptTimeout,
            @Nullable Boolean eager,
            @Nullable Duration eagerTimeout,
            @Nullable Duration idleTimeout,
            @Nullable TransparentRetry transparentRetry,
            @DefaultValue BalancingProperties balancing,
            @DefaultValue RouteProperties route,
            @Nullable Integer subset,
            @DefaultValue RetryBudgetProperties retryBudget,
            @Nullable CallMode mode,
            @Nullable Duration hedgeDelay,
            @Nullable ResponseThread readResponsesOn,
            @DefaultValue Map<String, MethodProperties> methods) {}

    /**
     * How an instance is chosen.
     *
     * @param algorithm Name of the algorithm: adaptive, least-request, round-robin, random,
     *     weighted-round-robin, consistent-hash, or that of a LoadBalancingAlgorithm bean.
     * @param warmUp Time in which a new instance's share grows from a tenth to the whole; 0 for no warm-up.
     * @param ejection When an instance gets no calls for a while.
     * @param hashKey What consistent-hash hashes of a call: header.x-tenant for the header x-tenant, request.customer_id for that
     *     field of the request message; an option HashKey.KEY of the call wins.
     * @param hash Further settings of consistent-hash.
     * @param reportedLoad How the load that instances report changes their weights.
     */
    public record BalancingProperties(
            @Nullable String algorithm,
            @Nullable Duration warmUp,
            @DefaultValue EjectionProperties ejection,
            @Nullable String hashKey,
            @DefaultValue HashProperties hash,
            @DefaultValue ReportedLoadProperties reportedLoad) {}

    /**
     * When an instance gets no calls for a while.
     *
     * @param enabled Whether instances are ejected.
     * @param consecutiveFailures Failures in a row that eject; 0 for never.
     * @param errorRate Share of failures among the recent calls that ejects, 0 to 1; 0 for never.
     * @param latencyFactor How many times the median latency of the other instances ejects; 0 for never.
     * @param latencyDifference By how much the latency must exceed that of the others at least.
     * @param silence How long nothing may come back while calls are under way (at least five times the 99th percentile of the latency); 0 for ever.
     * @param minCalls Recent calls that it takes to judge error rate and latency.
     * @param interval How far back recent calls reach; after half of it a call counts half.
     * @param baseTime How long the first ejection lasts; the second in a row lasts twice as long, and so on.
     * @param maxTime Longest ejection.
     * @param maxShare Largest share of the instances that may be ejected at once, 0 to 1; one always may, the last one never.
     * @param panicShare Share of usable instances below which ejected ones get calls, too, 0 to 1.
     * @param codes Status codes of gRPC that count as a failure of the instance.
     */
    public record EjectionProperties(
            @Nullable Boolean enabled,
            @Nullable Integer consecutiveFailures,
            @Nullable Double errorRate,
            @Nullable Double latencyFactor,
            @Nullable Duration latencyDifference,
            @Nullable Duration silence,
            @Nullable Integer minCalls,
            @Nullable Duration interval,
            @Nullable Duration baseTime,
            @Nullable Duration maxTime,
            @Nullable Double maxShare,
            @Nullable Double panicShare,
            @Nullable Set<Status.Code> codes) {}

    /**
     * How consistent-hash divides the keys.
     *
     * @param scheme How keys are divided: a fixed number of slots, or a ring of points.
     * @param virtualNodes Points on the ring of an instance with weight 100, 1 to 10000.
     * @param boundedLoad Whether an instance with too many calls in flight passes further ones on to the next of the key.
     * @param loadFactor How many times its fair share of the calls in flight an instance may have then, above 1.
     */
    public record HashProperties(
            @Nullable HashScheme scheme,
            @Nullable Integer virtualNodes,
            @Nullable Boolean boundedLoad,
            @Nullable Double loadFactor) {}

    /**
     * Which instances calls shall go to.
     *
     * @param zone Whether calls stay in the own zone (rpc.zone) as far as its capacity reaches, never leave it, or ignore zones.
     * @param tags Tags that instances must have to get calls; version and zone stand for those of the instance.
     * @param strict Whether calls fail, rather than go to other instances, where none has the tags.
     * @param canary Instances that get a fixed share of the calls.
     */
    public record RouteProperties(
            @Nullable ZoneRule zone,
            @DefaultValue Map<String, String> tags,
            @DefaultValue("false") boolean strict,
            @Nullable CanaryProperties canary) {}

    /**
     * Instances that get a fixed share of the calls; the others get the rest.
     *
     * @param tags Tags that tell the canaries; version and zone stand for those of the instance.
     * @param percent Share of the calls, 0 to 100.
     */
    public record CanaryProperties(
            @DefaultValue Map<String, String> tags,
            @Nullable Double percent) {}

    /**
     * How much further attempts may add to the load.
     *
     * @param percent Further attempts that are allowed, in percent of the calls of the last two seconds.
     * @param minPerSecond Further attempts a second that are allowed however few calls there are.
     */
    public record RetryBudgetProperties(
            @Nullable Double percent, @Nullable Integer minPerSecond) {}

    /**
     * How the load that instances report changes their weights, where the algorithm takes it (weighted-round-robin).
     *
     * @param blackout How long an instance must have reported over one connection before its reports count.
     * @param expiration Time without a report after which the last one counts no more.
     * @param updatePeriod How often weights are computed anew.
     * @param errorPenalty What the share of failed requests adds to the utilisation of an instance, times this; 0 for no penalty.
     */
    public record ReportedLoadProperties(
            @Nullable Duration blackout,
            @Nullable Duration expiration,
            @Nullable Duration updatePeriod,
            @Nullable Double errorPenalty) {}

    /**
     * Settings of one method of a reference.
     *
     * @param safe Whether the method may be called twice without harm; by default what the proto says (option idempotency_level).
     * @param deadline Deadline of a unary call whose caller sets none; 0 for none.
     * @param attemptTimeout Longest time that one attempt of a call may take while another one may follow.
     * @param mode What is done about a call that fails or takes long: failover, failfast, failsafe,
     *     hedged, broadcast or quorum.
     * @param hedgeDelay After how long a hedged call gets its second attempt; the p95 seen if not set.
     * @param fallback Name of the RpcFallback bean that answers failed calls, with any mode; with mode failsafe the only bean for
     *     the method's types if not set.
     * @param merger Name of the RpcMerger bean that makes one answer of those of all instances, with mode broadcast; the only bean
     *     for the method's response if not set.
     * @param quorum How many instances are asked and have to agree, with mode quorum.
     */
    public record MethodProperties(
            @Nullable Boolean safe,
            @Nullable Duration deadline,
            @Nullable Duration attemptTimeout,
            @Nullable CallMode mode,
            @Nullable Duration hedgeDelay,
            @Nullable String fallback,
            @Nullable String merger,
            @DefaultValue QuorumProperties quorum) {}

    /**
     * How many instances are asked and have to agree, with mode quorum.
     *
     * @param instances How many instances are asked, fewer if fewer are known; 3 if not set.
     * @param agree How many of them have to give the same answer; more than half if not set.
     */
    public record QuorumProperties(
            @Nullable Integer instances, @Nullable Integer agree) {}
}
