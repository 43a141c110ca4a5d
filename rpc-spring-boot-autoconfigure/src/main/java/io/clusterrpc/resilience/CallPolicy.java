/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long the calls of a reference and their attempts may take, and which methods may be repeated. How many attempts there are
 * and how long to wait between them stands in the Resilience4j retry of the reference's name. Immutable.
 *
 * @param deadline how long a unary call may take when nobody said so, 0 for no limit
 * @param attemptTimeout how long an attempt may take that can be followed by another, 0 for no limit
 * @param retryBudget how much further attempts may add to the load
 * @param mode what is done about a call that fails or takes long
 * @param hedgeDelay after how long a hedged call gets its second attempt, {@code null} for the p95 seen
 * @param timeLimits what time limiters allow calls, in place of the deadline; for streams only those of single methods
 * @param readOn where the answers of unary calls are read
 * @param methods what single methods want otherwise, by full name ({@code pkg.Service/Method}) or by simple name; the full name
 *     wins as a whole
 */
public record CallPolicy(
        Duration deadline,
        Duration attemptTimeout,
        RetryBudgetPolicy retryBudget,
        CallMode mode,
        @Nullable Duration hedgeDelay,
        ByMethod<Duration> timeLimits,
        ResponseThread readOn,
        Map<String, MethodPolicy> methods) {

    private static final Duration LONGEST = Duration.ofDays(1);

    /** Calls end after 5 s; an attempt after 2 s, so that a frozen instance leaves time for two others. */
    public static final CallPolicy DEFAULTS = new CallPolicy(Duration.ofSeconds(5), Duration.ofSeconds(2), Map.of());

    /** Validates the durations and the names, and copies the map. */
    public CallPolicy {
        requireLimit("deadline", deadline);
        requireLimit("attempt timeout", attemptTimeout);
        requireHedgeDelay(hedgeDelay);
        methods = Map.copyOf(methods);
        for (String name : methods.keySet()) {
            if (name.isBlank() || name.startsWith("/") || name.endsWith("/")) {
                throw new IllegalArgumentException(
                        "method: '" + name + "' (expected: 'Method' or 'package.Service/Method')");
            }
        }
    }

    /**
     * Without time limits.
     *
     * @param deadline see above
     * @param attemptTimeout see above
     * @param retryBudget see above
     * @param mode see above
     * @param hedgeDelay see above
     * @param methods see above
     */
    public CallPolicy(
            Duration deadline,
            Duration attemptTimeout,
            RetryBudgetPolicy retryBudget,
            CallMode mode,
            @Nullable Duration hedgeDelay,
            Map<String, MethodPolicy> methods) {
        this(
                deadline,
                attemptTimeout,
                retryBudget,
                mode,
                hedgeDelay,
                ByMethod.none(),
                ResponseThread.EXECUTOR,
                methods);
    }

    /**
     * With the default retry budget and mode.
     *
     * @param deadline see above
     * @param attemptTimeout see above
     * @param methods see above
     */
    public CallPolicy(Duration deadline, Duration attemptTimeout, Map<String, MethodPolicy> methods) {
        this(deadline, attemptTimeout, RetryBudgetPolicy.DEFAULTS, CallMode.FAILOVER, null, methods);
    }

    /**
     * With another retry budget.
     *
     * @param budget the budget
     * @return a new policy
     */
    public CallPolicy withRetryBudget(RetryBudgetPolicy budget) {
        return new CallPolicy(deadline, attemptTimeout, budget, mode, hedgeDelay, timeLimits, readOn, methods);
    }

    /**
     * With another mode.
     *
     * @param mode what is done about a call that fails or takes long
     * @param hedgeDelay after how long a hedged call gets its second attempt, {@code null} for the p95 seen
     * @return a new policy
     */
    public CallPolicy withMode(CallMode mode, @Nullable Duration hedgeDelay) {
        return new CallPolicy(deadline, attemptTimeout, retryBudget, mode, hedgeDelay, timeLimits, readOn, methods);
    }

    /** With time limits. */
    CallPolicy withTimeLimits(ByMethod<Duration> limits) {
        return new CallPolicy(deadline, attemptTimeout, retryBudget, mode, hedgeDelay, limits, readOn, methods);
    }

    /**
     * With answers read elsewhere.
     *
     * @param thread where the answers of unary calls are read
     * @return a new policy
     */
    public CallPolicy withReadOn(ResponseThread thread) {
        return new CallPolicy(deadline, attemptTimeout, retryBudget, mode, hedgeDelay, timeLimits, thread, methods);
    }

    static void requireHedgeDelay(@Nullable Duration delay) {
        if (delay != null && (delay.isZero() || delay.isNegative() || delay.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException(
                    "hedge delay: " + delay + " (expected: more than 0, up to " + LONGEST + ")");
        }
    }

    static void requireLimit(String name, Duration limit) {
        if (limit.isNegative() || limit.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + ": " + limit + " (expected: 0 for no limit, or up to " + LONGEST + ")");
        }
    }

    /** The deadline of a call for which nobody set one, in nanoseconds; 0 for none. */
    long deadlineNanos(MethodDescriptor<?, ?> method) {
        long limit = timeLimitNanos(method);
        MethodPolicy own = own(method);
        if (own != null && own.deadline() != null) {
            long nanos = own.deadline().toNanos();
            return limit > 0 && (nanos == 0 || limit < nanos) ? limit : nanos;
        }
        return limit > 0 || method.getType() != MethodType.UNARY ? limit : deadline.toNanos();
    }

    /** The longest that a time limiter allows a call, in nanoseconds; 0 if there is none. */
    long timeLimitNanos(MethodDescriptor<?, ?> method) {
        if (timeLimits.isEmpty()) {
            return 0;
        }
        Duration limit = method.getType() == MethodType.UNARY ? timeLimits.of(method) : timeLimits.ofItsOwn(method);
        return limit == null ? 0 : limit.toNanos();
    }

    /** The timeout of an attempt that can be followed by another one, in nanoseconds; 0 for none. */
    long attemptTimeoutNanos(MethodDescriptor<?, ?> method) {
        MethodPolicy own = own(method);
        return (own != null && own.attemptTimeout() != null ? own.attemptTimeout() : attemptTimeout).toNanos();
    }

    /**
     * What is done about a call that fails or takes long.
     *
     * @param method the method called
     * @return its own mode, or that of the reference
     */
    public CallMode mode(MethodDescriptor<?, ?> method) {
        MethodPolicy own = own(method);
        return own != null && own.mode() != null ? own.mode() : mode;
    }

    /**
     * Whether a failure is replaced by the answer of a fallback, or by an empty one.
     *
     * @param method the method called
     * @return {@code true} with mode failsafe, and with a fallback of its own
     */
    public boolean fallsBack(MethodDescriptor<?, ?> method) {
        return mode(method) == CallMode.FAILSAFE || fallback(method) != null;
    }

    /**
     * The fallback that configuration names for a method.
     *
     * @param method the method called
     * @return name of a bean
     */
    public @Nullable String fallback(MethodDescriptor<?, ?> method) {
        MethodPolicy own = own(method);
        return own == null ? null : own.fallback();
    }

    /**
     * The merger that configuration names for a method.
     *
     * @param method the method called
     * @return name of a bean
     */
    public @Nullable String merger(MethodDescriptor<?, ?> method) {
        MethodPolicy own = own(method);
        return own == null ? null : own.merger();
    }

    /** How many instances are asked with mode quorum, and how many have to agree. */
    QuorumPolicy quorum(MethodDescriptor<?, ?> method) {
        MethodPolicy own = own(method);
        return own == null || own.quorum() == null ? QuorumPolicy.DEFAULTS : own.quorum();
    }

    /** After how long a hedged call gets its second attempt; {@code null} for the p95 seen. */
    @Nullable
    Duration hedgeDelay(MethodDescriptor<?, ?> method) {
        MethodPolicy own = own(method);
        return own != null && own.hedgeDelay() != null ? own.hedgeDelay() : hedgeDelay;
    }

    /**
     * Whether the method may be handled twice.
     *
     * @param method the method called
     * @return what configuration says, else what the proto says
     */
    public boolean safe(MethodDescriptor<?, ?> method) {
        MethodPolicy own = own(method);
        return own != null && own.safe() != null ? own.safe() : method.isSafe() || method.isIdempotent();
    }

    /**
     * The time that a call must have had for its passed deadline to say something about the service, in nanoseconds: what an
     * attempt may take, or the default deadline if that is shorter.
     */
    long patienceNanos(MethodDescriptor<?, ?> method) {
        long attempt = attemptTimeoutNanos(method);
        long call = deadlineNanos(method);
        return attempt == 0 || (call != 0 && call < attempt) ? call : attempt;
    }

    /**
     * The time that an instance must have had for the passed deadline of an attempt to say something about the instance, in
     * nanoseconds: what the first attempt gets of the default deadline; 0 if there is no limit.
     */
    long attemptPatienceNanos(MethodDescriptor<?, ?> method) {
        long attempt = attemptTimeoutNanos(method);
        long call = deadlineNanos(method);
        return attempt == 0 || call == 0 ? Math.max(attempt, call) : Math.min(attempt, call / 2);
    }

    private @Nullable MethodPolicy own(MethodDescriptor<?, ?> method) {
        if (methods.isEmpty()) {
            return null;
        }
        MethodPolicy own = methods.get(method.getFullMethodName());
        String simple = method.getBareMethodName();
        return own != null || simple == null ? own : methods.get(simple);
    }
}
