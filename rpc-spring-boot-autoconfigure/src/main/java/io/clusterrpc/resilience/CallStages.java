/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.IllegalStateTransitionException;
import io.grpc.ClientInterceptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stages that every call of a reference goes through, from the outside in:
 *
 * <ol>
 *   <li><b>deadline</b>: first, because everything further in must know how much time there is; a time limiter is one. (The
 *       observation of the call belongs right behind it: it shall see rejected calls as well, and one call however many attempts it
 *       took.)
 *   <li><b>key</b>, where the hash key of a call is in its request: behind the deadline, which must run while the request is awaited;
 *       outside everything that counts, begins or ends a call, which so begins with its request.
 *   <li><b>failsafe</b>: the answer of a fallback, or an empty one, in place of a failure, for methods that want it; outside everything
 *       that turns calls away, and outside the breaker, which must hear of the failure.
 *   <li><b>rate limiter</b>, where there is one: outside the bulkhead, so that a call that waits for its turn takes no place there.
 *   <li><b>bulkhead</b>, where there is one: outside the breaker, which shall judge a call when it goes, not when it begins to wait,
 *       and which learns nothing about the service from calls that are turned away here.
 *   <li><b>circuit breaker</b>: outside the failover, so that it sees the service and not one instance, and so that a call that
 *       another instance rescued counts as a success. What is rejected here costs nothing further in.
 *   <li><b>failover</b>: the loop of attempts. Each is a call of its own, so everything further in happens once per attempt:
 *       (two of them at a time if the call is hedged; a single one if it shall fail fast; one at each of several instances if
 *       it is broadcast or needs a quorum)
 *   <li><b>attempt</b>: its own timeout, its own copy of the headers, and an {@link io.clusterrpc.Attempt} in its call options
 *       that tells the balancer which instances were tried. (Credentials, hash key and tags belong further in.)
 * </ol>
 *
 * Rate limiter, bulkhead and breaker count calls, not attempts: those have the retry budget.
 *
 * <p>Thread-safe; holds nothing that must be closed.
 */
public final class CallStages {

    private static final Logger logger = LoggerFactory.getLogger(CallStages.class);

    private final String reference;
    private final CircuitBreaker breaker;
    private final Collection<CircuitBreaker> breakers;
    private final RetryBudget budget;
    private final GuardedCallListener listener;
    private final List<ClientInterceptor> stages;

    private CallStages(
            String reference,
            CircuitBreaker breaker,
            Collection<CircuitBreaker> breakers,
            RetryBudget budget,
            GuardedCallListener listener,
            List<ClientInterceptor> stages) {
        this.reference = reference;
        this.breaker = breaker;
        this.breakers = breakers;
        this.budget = budget;
        this.listener = listener;
        this.stages = stages;
    }

    /**
     * Makes the stages of a reference.
     *
     * @param reference name of the reference
     * @param settings times and safe methods
     * @param safeguards what Resilience4j and the application contribute
     * @param runtime what calls run on
     * @param listeners who hears about calls; what they throw is logged once each
     * @return the stages
     */
    public static CallStages of(
            String reference,
            CallPolicy settings,
            Safeguards safeguards,
            CallRuntime runtime,
            Collection<? extends CallListener> listeners) {
        GuardedCallListener listener = new GuardedCallListener(listeners);
        CallPolicy policy = settings;
        List<ClientInterceptor> stages = new ArrayList<>(6);
        if (safeguards.timeLimiters().isEmpty()) {
            stages.add(new DeadlineStage(policy, runtime.clock()));
        } else {
            policy = TimeLimiterStage.limit(policy, safeguards.timeLimiters());
            stages.add(TimeLimiterStage.of(reference, safeguards.timeLimiters(), policy, runtime.clock()));
        }
        stages.add(new FailsafeStage(reference, policy, safeguards.fallbacks(), runtime, listener));
        if (!safeguards.rateLimiters().isEmpty()) {
            stages.add(MethodStages.of(safeguards
                    .rateLimiters()
                    .map(limiter -> new RateLimiterStage(reference, limiter, runtime, listener))));
        }
        if (!safeguards.bulkheads().isEmpty()) {
            stages.add(MethodStages.of(
                    safeguards.bulkheads().map(bulkhead -> new BulkheadStage(reference, bulkhead, runtime, listener))));
        }
        CallPolicy limited = policy;
        stages.add(MethodStages.of(safeguards
                .breakers()
                .map(breaker -> new BreakerStage(reference, limited, breaker, runtime, listener))));
        RetryBudget budget = new RetryBudget(policy.retryBudget(), runtime.clock());
        stages.add(MethodStages.of(safeguards
                .retries()
                .map(retry ->
                        new FailoverStage(reference, limited, retry, budget, safeguards.fanOut(), runtime, listener))));
        Collection<CircuitBreaker> breakers = List.copyOf(safeguards.breakers().values());
        breakers.forEach(breaker -> logTransitions(reference, breaker));
        return new CallStages(reference, safeguards.breaker(), breakers, budget, listener, List.copyOf(stages));
    }

    private static void logTransitions(String reference, CircuitBreaker breaker) {
        breaker.getEventPublisher()
                .onStateTransition(event -> logger.info(
                        "Reference '{}': its circuit breaker{} went from {} to {}",
                        reference,
                        named(reference, breaker),
                        event.getStateTransition().getFromState(),
                        event.getStateTransition().getToState()));
    }

    private static String named(String reference, CircuitBreaker breaker) {
        return breaker.getName().equals(reference) ? "" : " '" + breaker.getName() + "'";
    }

    /**
     * The interceptors, outermost first: what {@link io.grpc.ClientInterceptors#interceptForward} expects.
     *
     * @return those of the stages that the reference has
     */
    public List<ClientInterceptor> interceptors() {
        return stages;
    }

    /**
     * The circuit breaker of the reference.
     *
     * @return what methods have that have none of their own
     */
    public CircuitBreaker breaker() {
        return breaker;
    }

    /**
     * The same stages with one more, behind the deadline.
     *
     * @param keyStage gives calls their hash key
     * @return stages around the same breakers, in place of these
     */
    public CallStages withKey(ClientInterceptor keyStage) {
        List<ClientInterceptor> all = new ArrayList<>(stages);
        all.add(1, keyStage);
        return new CallStages(reference, breaker, breakers, budget, listener, List.copyOf(all));
    }

    /**
     * The retry budget.
     *
     * @return how it is now
     */
    public RetryBudgetState retryBudget() {
        return budget.state();
    }

    /**
     * How many attempts surely reached nobody and were made again at no charge.
     *
     * @return a count since the start
     */
    public long undelivered() {
        return listener.undelivered();
    }

    /**
     * Says that an instance became usable after there was none. An open breaker lets calls try at once instead of waiting until
     * its time is over; one that is forced open, or anything but open, stays as it is.
     */
    public void recovered() {
        for (CircuitBreaker breaker : breakers) {
            if (breaker.getState() == CircuitBreaker.State.OPEN) {
                halfOpen(breaker);
            }
        }
    }

    private void halfOpen(CircuitBreaker breaker) {
        try {
            breaker.transitionToHalfOpenState();
            logger.info(
                    "Reference '{}': an instance is back, its circuit breaker{} lets calls try again",
                    reference,
                    named(reference, breaker));
        } catch (IllegalStateTransitionException ignored) {
            // Somebody else was quicker.
        }
    }
}
