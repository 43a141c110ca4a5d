/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resilience4j's registries, and what is in them for a reference: the instances {@code orders}, and {@code orders.Charge} for the
 * method {@code Charge} of the reference {@code orders}. Breaker and retry are made where there are none; the others limit only where
 * somebody put them there. Looked at when a reference is opened: what is registered later has no effect. Thread-safe.
 *
 * @param breakers circuit breakers
 * @param retries retries
 * @param bulkheads bulkheads, asked for at the first reference; none without the library
 * @param rateLimiters rate limiters, likewise
 * @param timeLimiters time limiters, likewise
 */
public record Registries(
        CircuitBreakerRegistry breakers,
        RetryRegistry retries,
        Supplier<? extends @Nullable BulkheadRegistry> bulkheads,
        Supplier<? extends @Nullable RateLimiterRegistry> rateLimiters,
        Supplier<? extends @Nullable TimeLimiterRegistry> timeLimiters) {

    /**
     * What a reference gets.
     *
     * @param reference its name
     * @param otherReference whether a name with a dot is that of another reference
     * @param fallbacks who answers failed calls
     * @return its safeguards
     */
    public Safeguards of(String reference, Predicate<String> otherReference, Fallbacks fallbacks) {
        Names names = new Names(reference, otherReference);
        BulkheadRegistry bulkheads = this.bulkheads.get();
        RateLimiterRegistry rateLimiters = this.rateLimiters.get();
        TimeLimiterRegistry timeLimiters = this.timeLimiters.get();
        return new Safeguards(
                new ByMethod<>(
                        ReferenceDefaults.circuitBreaker(breakers, reference),
                        names.own(
                                List.copyOf(breakers.getAllCircuitBreakers()),
                                CircuitBreaker::getName,
                                own -> ReferenceDefaults.circuitBreaker(breakers, own.getName()))),
                new ByMethod<>(
                        ReferenceDefaults.retry(retries, reference),
                        names.own(retries.getAllRetries(), Retry::getName, own -> own)),
                bulkheads == null ? ByMethod.none() : names.all(bulkheads.getAllBulkheads(), Bulkhead::getName),
                rateLimiters == null
                        ? ByMethod.none()
                        : names.all(rateLimiters.getAllRateLimiters(), RateLimiter::getName),
                timeLimiters == null
                        ? ByMethod.none()
                        : names.all(timeLimiters.getAllTimeLimiters(), TimeLimiter::getName),
                fallbacks,
                FanOutParts.NONE);
    }

    private record Names(String reference, Predicate<String> otherReference) {

        <T> ByMethod<T> all(Collection<T> instances, Function<T, String> name) {
            T common = null;
            for (T instance : instances) {
                if (name.apply(instance).equals(reference)) {
                    common = instance;
                }
            }
            return new ByMethod<>(common, own(instances, name, own -> own));
        }

        <T> Map<String, T> own(Collection<T> instances, Function<T, String> name, Function<T, T> use) {
            Map<String, T> own = new HashMap<>();
            for (T instance : instances) {
                String method = method(name.apply(instance));
                if (method != null) {
                    own.put(method, use.apply(instance));
                }
            }
            return own;
        }

        private @Nullable String method(String instance) {
            return instance.startsWith(reference)
                            && instance.length() > reference.length() + 1
                            && instance.charAt(reference.length()) == '.'
                            && !otherReference.test(instance)
                    ? instance.substring(reference.length() + 1)
                    : null;
        }
    }
}
