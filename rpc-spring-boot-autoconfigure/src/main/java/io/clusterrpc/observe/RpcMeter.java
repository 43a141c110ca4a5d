/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * Every meter that this library adds, with what it means. The meters named {@code grpc.client*} keep the names and tags that
 * Micrometer gives them and are not listed here.
 *
 * <p>Cardinality is bounded: references, backends and services come from the configuration, methods beyond
 * {@link CallMeters#MAX_METHODS} of one reference and peers beyond {@code rpc.observation.max-instances} are counted under
 * {@code other}.
 */
public enum RpcMeter implements MeterDocumentation {

    /** Calls as their caller saw them. */
    CALLS(
            "rpc.calls",
            Meter.Type.TIMER,
            "seconds",
            "Calls through a reference as their caller saw them, backoffs and further attempts included",
            Tag.REFERENCE,
            Tag.METHOD,
            Tag.OUTCOME,
            Tag.STATUS),

    /** Attempts of calls. */
    ATTEMPTS(
            "rpc.attempts",
            Meter.Type.TIMER,
            "seconds",
            "Attempts made for those calls, each from its start to its end",
            Tag.REFERENCE,
            Tag.METHOD,
            Tag.STATUS),

    /** Attempts that were made again at no charge. */
    UNDELIVERED(
            "rpc.undelivered",
            Meter.Type.COUNTER,
            null,
            "Attempts that surely reached nobody and were made again at once, which no other meter counts",
            Tag.REFERENCE),

    /** Failed attempts that were followed by another. */
    FAILOVERS(
            "rpc.failovers",
            Meter.Type.COUNTER,
            null,
            "Failed attempts that were followed by another one, by the status of the failed one",
            Tag.REFERENCE,
            Tag.METHOD,
            Tag.STATUS),

    /** Further attempts that the retry budget refused. */
    RETRIES_REFUSED(
            "rpc.retries.refused",
            Meter.Type.COUNTER,
            null,
            "Further attempts not made because the retry budget was spent, by the status of the attempt before",
            Tag.REFERENCE,
            Tag.METHOD,
            Tag.STATUS),

    /** Second attempts of calls that took long. */
    HEDGES(
            "rpc.hedges",
            Meter.Type.COUNTER,
            null,
            "Second attempts begun because the first one of a hedged call took long",
            Tag.REFERENCE,
            Tag.METHOD),

    /** Calls whose instances did not agree. */
    DISAGREEMENTS(
            "rpc.disagreements",
            Meter.Type.COUNTER,
            null,
            "Calls with a quorum whose instances gave different answers, whether or not enough of them agreed",
            Tag.REFERENCE,
            Tag.METHOD),

    /** Other answers in place of failures. */
    FALLBACKS(
            "rpc.fallbacks",
            Meter.Type.COUNTER,
            null,
            "Failed calls whose caller got the answer of a fallback, or an empty one, by the status of the failure",
            Tag.REFERENCE,
            Tag.METHOD,
            Tag.STATUS),

    /** Calls in flight. */
    CALLS_ACTIVE(
            "rpc.calls.active",
            Meter.Type.GAUGE,
            null,
            "Streams open to the instances of a reference now",
            Tag.REFERENCE),

    /** Known instances by state. */
    INSTANCES(
            "rpc.instances",
            Meter.Type.GAUGE,
            null,
            "Instances that a reference knows, by the state of the connection to them",
            Tag.REFERENCE,
            Tag.STATE),

    /** Picks of an instance. */
    PICKS(
            "rpc.picks",
            Meter.Type.COUNTER,
            null,
            "Attempts for which the balancer picked an instance; removed when the instance leaves",
            Tag.REFERENCE,
            Tag.PEER),

    /** Picks by zone. */
    ZONE_PICKS(
            "rpc.zone.picks",
            Meter.Type.COUNTER,
            null,
            "Attempts for which the balancer picked an instance of the own zone or of another; 0 where zones do not matter",
            Tag.REFERENCE,
            Tag.ZONE),

    /** Ejections. */
    EJECTIONS(
            "rpc.ejections",
            Meter.Type.COUNTER,
            null,
            "Ejections of an instance, by the reason",
            Tag.REFERENCE,
            Tag.REASON),

    /** Instances that are ejected. */
    INSTANCES_EJECTED("rpc.instances.ejected", Meter.Type.GAUGE, null, "Instances that are ejected now", Tag.REFERENCE),

    /** Health calls. */
    PROBES(
            "rpc.probes",
            Meter.Type.COUNTER,
            null,
            "Health calls to an instance that is silent or whose ejection is over, by what they found",
            Tag.REFERENCE,
            Tag.ALIVE),

    /** Picks without a hash key. */
    HASH_KEYLESS(
            "rpc.hash.keyless",
            Meter.Type.COUNTER,
            null,
            "Picks of consistent-hash for calls without a hash key, which went to any instance",
            Tag.REFERENCE),

    /** Picks that passed the owner of the key. */
    HASH_SPILLED(
            "rpc.hash.spilled",
            Meter.Type.COUNTER,
            null,
            "Picks of consistent-hash that went past the instance of their key, which had too many calls in flight",
            Tag.REFERENCE),

    /** Reports of load that made no sense. */
    LOAD_REPORTS_IGNORED(
            "rpc.load.reports.ignored",
            Meter.Type.COUNTER,
            null,
            "Load reports of instances that were ignored because they could not be read or could not be true",
            Tag.REFERENCE),

    /** Transitions of a breaker. */
    BREAKER_TRANSITIONS(
            "rpc.breaker.transitions",
            Meter.Type.COUNTER,
            null,
            "State transitions of the circuit breaker of a reference",
            Tag.REFERENCE,
            Tag.FROM,
            Tag.TO),

    /** What this application lets in. */
    PROVIDER_LIMIT(
            "rpc.provider.limit",
            Meter.Type.GAUGE,
            null,
            "Calls that this application lets in at a time now; beyond it, load is shed"),

    /** What this application works on. */
    PROVIDER_CALLS_ACTIVE(
            "rpc.provider.calls.active",
            Meter.Type.GAUGE,
            null,
            "Calls in flight in this application, those that wait for a thread included, streams not"),

    /** What this application refused. */
    PROVIDER_SHED(
            "rpc.provider.shed",
            Meter.Type.COUNTER,
            null,
            "Requests that this application refused because it had enough to do"),

    /** Threads that work on calls. */
    PROVIDER_THREADS(
            "rpc.provider.threads.busy",
            Meter.Type.GAUGE,
            null,
            "Threads that work on calls now, of the rpc.provider.executor.threads that handlers have"),

    /** Calls without a thread. */
    PROVIDER_CALLS_WAITING(
            "rpc.provider.calls.waiting",
            Meter.Type.GAUGE,
            null,
            "Calls that wait for a thread now because all are busy"),

    /** Answers of a registry. */
    REGISTRY_UPDATES(
            "rpc.registry.updates",
            Meter.Type.COUNTER,
            null,
            "Lists of instances received from a registry",
            Tag.BACKEND,
            Tag.SERVICE),

    /** Failures of a registry. */
    REGISTRY_FAILURES(
            "rpc.registry.failures",
            Meter.Type.COUNTER,
            null,
            "Failed attempts to ask a registry; the last list stays in use",
            Tag.BACKEND,
            Tag.SERVICE),

    /** What a registry listed last. */
    REGISTRY_INSTANCES(
            "rpc.registry.instances",
            Meter.Type.GAUGE,
            null,
            "Instances in the last list received from a registry",
            Tag.BACKEND,
            Tag.SERVICE),

    /** Age of the list while a registry fails. */
    REGISTRY_STALENESS(
            "rpc.registry.staleness",
            Meter.Type.GAUGE,
            "seconds",
            "Time since a registry began to fail, so how old its list may be, 0 while it can be asked",
            Tag.BACKEND,
            Tag.SERVICE),

    /** Attempts to have nginx follow. */
    NGINX_RELOADS(
            "rpc.nginx.reloads",
            Meter.Type.COUNTER,
            null,
            "Attempts to have nginx follow the registry, by how they ended",
            Tag.RESULT),

    /** How old is what nginx knows. */
    NGINX_BEHIND(
            "rpc.nginx.behind",
            Meter.Type.GAUGE,
            "seconds",
            "Time for which nginx has not known what the registry says, 0 while it does");

    private final String meterName;
    private final Meter.Type type;
    private final @Nullable String baseUnit;
    private final String description;
    private final Tag[] tags;

    RpcMeter(String meterName, Meter.Type type, @Nullable String baseUnit, String description, Tag... tags) {
        this.meterName = meterName;
        this.type = type;
        this.baseUnit = baseUnit;
        this.description = description;
        this.tags = tags;
    }

    @Override
    public String getName() {
        return meterName;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    @Override
    public @Nullable String getBaseUnit() {
        return baseUnit;
    }

    /**
     * What the meter means, as shown by the metrics endpoint.
     *
     * @return one sentence
     */
    public String description() {
        return description;
    }

    @Override
    public KeyName[] getKeyNames() {
        return tags.clone();
    }

    /** The tags of the meters. */
    public enum Tag implements KeyName {

        /** Name of the reference. */
        REFERENCE("reference", "Name of the reference"),
        /** The method called. */
        METHOD("method", "Full name of the gRPC method, such as shop.Orders/Place"),
        /** How a call ended. */
        OUTCOME(
                "outcome",
                "answered (by the application, errors of its own included), failed (for a reason of the cluster), "
                        + "rejected (circuit breaker open, bulkhead or rate limiter exhausted) "
                        + "or cancelled (by the caller)"),
        /** gRPC's status. */
        STATUS("status", "gRPC's status code, such as OK or UNAVAILABLE"),
        /** State of a connection. */
        STATE("state", "State of the connection to an instance, in lower case, such as ready"),
        /** Address of an instance. */
        PEER("peer", "Address of the instance, or other"),
        /** Own zone or not. */
        ZONE("zone", "own, or other for every other zone and for instances without one"),
        /** Why an instance was ejected. */
        REASON("reason", "Why an instance was ejected: consecutive_failures, error_rate, latency or silence"),
        /** What a health call found. */
        ALIVE("alive", "Whether the instance answered a health call, true or false"),
        /** Breaker state before. */
        FROM("from", "State of the circuit breaker before, in lower case"),
        /** Breaker state after. */
        TO("to", "State of the circuit breaker after, in lower case"),
        /** Registry asked. */
        BACKEND("backend", "Name of the discovery backend"),
        /** Application looked up. */
        SERVICE("service", "Name of the application looked up"),
        /** How an attempt with nginx ended. */
        RESULT(
                "result",
                "reloaded, unwritable (the file), refused (by nginx, or it could not be asked) or not_reloaded (accepted, but the "
                        + "reload failed)");

        private final String key;
        private final String description;

        Tag(String key, String description) {
            this.key = key;
            this.description = description;
        }

        @Override
        public String asString() {
            return key;
        }

        /**
         * What the values mean.
         *
         * @return one sentence
         */
        public String description() {
            return description;
        }
    }
}
