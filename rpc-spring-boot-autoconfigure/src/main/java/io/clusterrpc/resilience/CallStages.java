/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.IllegalStateTransitionException;
import io.grpc.ClientInterceptor;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stages that every call of a reference goes through, from the outside in:
 *
 * <ol>
 *   <li><b>deadline</b>: first, because everything further in must know how much time there is. (The observation of the call
 *       belongs right behind it: it shall see rejected calls as well, and one call however many attempts it took.)
 *   <li><b>failsafe</b>: the answer of a fallback, or an empty one, in place of a failure, for methods that want it; outside the breaker,
 *       which must hear of the failure, and whose rejections are failures too.
 *   <li><b>circuit breaker</b>: outside the failover, so that it sees the service and not one instance, and so that a call that
 *       another instance rescued counts as a success. What is rejected here costs nothing further in.
 *   <li><b>failover</b>: the loop of attempts. Each is a call of its own, so everything further in happens once per attempt:
 *       (two of them at a time if the call is hedged; a single one if it shall fail fast)
 *   <li><b>attempt</b>: its own timeout, its own copy of the headers, and an {@link io.clusterrpc.Attempt} in its call options
 *       that tells the balancer which instances were tried. (Credentials, hash key and tags belong further in.)
 * </ol>
 *
 * Thread-safe; holds nothing that must be closed.
 */
public final class CallStages {

    private static final Logger logger = LoggerFactory.getLogger(CallStages.class);

    private final String reference;
    private final CircuitBreaker breaker;
    private final ClientInterceptor deadlineStage;
    private final ClientInterceptor failsafeStage;
    private final ClientInterceptor breakerStage;
    private final FailoverStage failoverStage;

    private CallStages(
            String reference,
            CircuitBreaker breaker,
            ClientInterceptor deadlineStage,
            ClientInterceptor failsafeStage,
            ClientInterceptor breakerStage,
            FailoverStage failoverStage) {
        this.reference = reference;
        this.breaker = breaker;
        this.deadlineStage = deadlineStage;
        this.failsafeStage = failsafeStage;
        this.breakerStage = breakerStage;
        this.failoverStage = failoverStage;
    }

    /**
     * Makes the stages of a reference.
     *
     * @param reference name of the reference
     * @param policy times and safe methods
     * @param safeguards what Resilience4j and the application contribute
     * @param runtime what calls run on
     * @param listeners who hears about calls; what they throw is logged once each
     * @return the stages
     */
    public static CallStages of(
            String reference,
            CallPolicy policy,
            Safeguards safeguards,
            CallRuntime runtime,
            Collection<? extends CallListener> listeners) {
        CallListener listener = new GuardedCallListener(listeners);
        CircuitBreaker breaker = safeguards.breaker();
        logTransitions(reference, breaker);
        return new CallStages(
                reference,
                breaker,
                new DeadlineStage(policy, runtime.clock()),
                new FailsafeStage(reference, policy, safeguards.fallbacks(), runtime, listener),
                new BreakerStage(reference, policy, breaker, runtime, listener),
                new FailoverStage(reference, policy, safeguards.retry(), runtime, listener));
    }

    private static void logTransitions(String reference, CircuitBreaker breaker) {
        breaker.getEventPublisher()
                .onStateTransition(event -> logger.info(
                        "Reference '{}': its circuit breaker went from {} to {}",
                        reference,
                        event.getStateTransition().getFromState(),
                        event.getStateTransition().getToState()));
    }

    /**
     * The interceptors, outermost first: what {@link io.grpc.ClientInterceptors#interceptForward} expects.
     *
     * @return deadline, failsafe, breaker, failover
     */
    public List<ClientInterceptor> interceptors() {
        return List.of(deadlineStage, failsafeStage, breakerStage, failoverStage);
    }

    /**
     * The retry budget.
     *
     * @return how it is now
     */
    public RetryBudgetState retryBudget() {
        return failoverStage.budget.state();
    }

    /**
     * Says that an instance became usable after there was none. An open breaker lets calls try at once instead of waiting until
     * its time is over; one that is forced open, or anything but open, stays as it is.
     */
    public void recovered() {
        if (breaker.getState() != CircuitBreaker.State.OPEN) {
            return;
        }
        try {
            breaker.transitionToHalfOpenState();
            logger.info("Reference '{}': an instance is back, its circuit breaker lets calls try again", reference);
        } catch (IllegalStateTransitionException ignored) {
            // Somebody else was quicker.
        }
    }
}
