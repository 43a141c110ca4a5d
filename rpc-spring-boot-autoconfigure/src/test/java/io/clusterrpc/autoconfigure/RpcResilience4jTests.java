/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.RpcReference;
import io.clusterrpc.reference.GreeterServer;
import io.clusterrpc.reference.MemoryDiscovery;
import io.clusterrpc.resilience.FailoverBackoff;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloRequest;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadAutoConfiguration;
import io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterAutoConfiguration;
import io.github.resilience4j.springboot.timelimiter.autoconfigure.TimeLimiterAutoConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** What Resilience4j's own properties do to a reference and its methods. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class RpcResilience4jTests {

    private static final HelloRequest REQUEST =
            HelloRequest.newBuilder().setName("you").build();

    private final MemoryDiscovery registry = new MemoryDiscovery(true);
    private final GreeterServer one = new GreeterServer("one");
    private final ApplicationContextRunner runner = RpcReferenceAutoConfigurationTests.runner(registry)
            .withConfiguration(AutoConfigurations.of(
                    BulkheadAutoConfiguration.class,
                    RateLimiterAutoConfiguration.class,
                    TimeLimiterAutoConfiguration.class))
            .withUserConfiguration(Consumer.class);

    @AfterEach
    void close() {
        one.close();
        registry.close();
    }

    @Test
    void aRateLimiterOfAMethodLimitsThatMethodOnly() {
        registry.join(one.instance("greeter"));
        runner.withPropertyValues(
                        "resilience4j.ratelimiter.instances.[greeter.SayHello].limit-for-period=1",
                        "resilience4j.ratelimiter.instances.[greeter.SayHello].limit-refresh-period=1h",
                        "resilience4j.ratelimiter.instances.[greeter.SayHello].timeout-duration=0")
                .run(context -> {
                    GreeterGrpc.GreeterBlockingStub greeter = context.getBean(Consumer.class).greeter;
                    assertThat(greeter.sayHello(REQUEST).getInstance()).isEqualTo("one");
                    assertThatThrownBy(() -> greeter.sayHello(REQUEST))
                            .hasMessageContainingAll(
                                    "RESOURCE_EXHAUSTED", "resilience4j.ratelimiter.instances.\"[greeter.SayHello]\"");
                    assertThat(greeter.charge(REQUEST).getInstance()).isEqualTo("one");
                });
    }

    @Test
    void aBulkheadOfTheReferenceLetsCallsWaitWithoutBlockingThem() {
        registry.join(one.instance("greeter"));
        runner.withPropertyValues(
                        "resilience4j.bulkhead.instances.greeter.max-concurrent-calls=2",
                        "resilience4j.bulkhead.instances.greeter.max-wait-duration=2s")
                .run(context -> {
                    GreeterGrpc.GreeterFutureStub greeter = GreeterGrpc.newFutureStub(
                            context.getBean(Consumer.class).greeter.getChannel());
                    var replies = new java.util.ArrayList<com.google.common.util.concurrent.ListenableFuture<?>>();
                    long started = System.nanoTime();
                    for (int i = 0; i < 50; i++) {
                        replies.add(greeter.sayHello(REQUEST));
                    }
                    assertThat(System.nanoTime() - started).isLessThan(2_000_000_000L);
                    for (var reply : replies) {
                        reply.get(10, java.util.concurrent.TimeUnit.SECONDS);
                    }
                    assertThat(context.getBean(BulkheadRegistry.class)
                                    .bulkhead("greeter")
                                    .getMetrics()
                                    .getAvailableConcurrentCalls())
                            .isEqualTo(2);
                });
    }

    @Test
    void aTimeLimiterIsTheDeadline() {
        registry.join(one.instance("greeter"));
        runner.withPropertyValues("resilience4j.timelimiter.instances.greeter.timeout-duration=50ms")
                .run(context -> assertThatThrownBy(() -> context.getBean(Consumer.class)
                                .greeter
                                .sayHello(
                                        REQUEST.toBuilder().setDelayMillis(1000).build()))
                        .hasMessageContainingAll(
                                "DEADLINE_EXCEEDED", "resilience4j.timelimiter.instances.greeter.timeout-duration"));
    }

    @Test
    void aMethodMayHaveABreakerAndARetryOfItsOwnOverOurDefaults() {
        registry.join(one.instance("greeter"));
        runner.withPropertyValues(
                        "resilience4j.circuitbreaker.instances.[greeter.Charge].failure-rate-threshold=20",
                        "resilience4j.retry.instances.[greeter.Charge].max-attempts=5")
                .run(context -> {
                    GreeterGrpc.GreeterBlockingStub greeter = context.getBean(Consumer.class).greeter;
                    CircuitBreaker own =
                            context.getBean(CircuitBreakerRegistry.class).circuitBreaker("greeter.Charge");
                    CircuitBreakerConfig config = own.getCircuitBreakerConfig();
                    assertThat(config.getFailureRateThreshold()).isEqualTo(20);
                    assertThat(config.getMinimumNumberOfCalls()).isEqualTo(20);
                    assertThat(context.getBean(RetryRegistry.class)
                                    .retry("greeter.Charge")
                                    .getRetryConfig()
                                    .getIntervalBiFunction())
                            .isInstanceOf(FailoverBackoff.class);
                    own.transitionToForcedOpenState();
                    assertThatThrownBy(() -> greeter.charge(REQUEST))
                            .hasMessageContainingAll(
                                    "FORCED_OPEN", "resilience4j.circuitbreaker.instances.\"[greeter.Charge]\"");
                    assertThat(greeter.sayHello(REQUEST).getInstance()).isEqualTo("one");
                });
    }

    @Test
    void fewerThanOneAttemptIsAMistake() {
        fails("maxAttempts must be greater than or equal to 1", "resilience4j.retry.instances.greeter.max-attempts=0");
        fails(
                "Failed to bind properties under 'resilience4j.retry.instances.greeter",
                "resilience4j.retry.instances.greeter.max-attempts=0");
    }

    @Test
    void settingsThatContradictEachOtherAreAMistakeThatNamesBoth() {
        fails(
                "resilience4j.timelimiter.instances.greeter.timeout-duration (2s) and rpc.references.greeter.deadline (PT3S)"
                        + " contradict each other",
                "resilience4j.timelimiter.instances.greeter.timeout-duration=2s",
                "rpc.references.greeter.deadline=3s");
        fails(
                "resilience4j.timelimiter.instances.greeter.timeout-duration (2s) and"
                        + " rpc.references.greeter.methods.Charge.deadline (PT3S) contradict each other",
                "resilience4j.timelimiter.instances.greeter.timeout-duration=2s",
                "rpc.references.greeter.methods.Charge.deadline=3s");
        fails(
                "resilience4j.timelimiter.instances.\"[greeter.Charge]\".timeout-duration (2s) and"
                        + " rpc.references.greeter.methods.Charge.deadline (PT1S) contradict each other",
                "resilience4j.timelimiter.instances.[greeter.Charge].timeout-duration=2s",
                "rpc.references.greeter.methods.Charge.deadline=1s");
        fails(
                "resilience4j.retry.instances.greeter.max-attempts (4) and rpc.references.greeter.mode (failfast) contradict",
                "resilience4j.retry.instances.greeter.maxAttempts=4",
                "rpc.references.greeter.mode=failfast");
        fails(
                "resilience4j.retry.instances.\"[greeter.SayHello]\".max-attempts (1) and"
                        + " rpc.references.greeter.methods.SayHello.mode (hedged) contradict each other",
                "resilience4j.retry.instances.[greeter.SayHello].max-attempts=1",
                "rpc.references.greeter.methods.SayHello.mode=hedged");
    }

    @Test
    void settingsThatOnlyLookLikeThatAreNone() {
        runner.withPropertyValues(
                        "resilience4j.timelimiter.instances.greeter.timeout-duration=2s",
                        "rpc.references.greeter.methods.Charge.deadline=1s",
                        "resilience4j.retry.instances.greeter.max-attempts=4",
                        "rpc.references.greeter.mode=failfast",
                        "rpc.references.greeter.methods.SayHello.mode=failover")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aMethodWithoutBracketsIsAMistake() {
        fails(
                "resilience4j.bulkhead.instances.greeter.Charge has no effect",
                "resilience4j.bulkhead.instances.greeter.Charge.max-concurrent-calls=3");
    }

    @Test
    void whatHasNoEffectIsWarnedAbout(CapturedOutput output) {
        runner.withPropertyValues(
                        "resilience4j.bulkhead.instances.[greeter.Chrage].max-concurrent-calls=3",
                        "resilience4j.thread-pool-bulkhead.instances.greeter.max-thread-pool-size=3",
                        "resilience4j.timelimiter.instances.greeter.cancel-running-future=false")
                .run(context -> assertThat(output)
                        .contains(
                                "resilience4j.bulkhead.instances.\"[greeter.Chrage]\" has no effect: reference 'greeter' has"
                                        + " no method Chrage (expected: one of [Charge, Chat, Collect, ListGreetings, SayHello])",
                                "resilience4j.thread-pool-bulkhead.instances.greeter has no effect",
                                "cancel-running-future=false has no effect"));
    }

    private void fails(String message, String... properties) {
        runner.withPropertyValues(properties)
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining(message));
    }

    @Configuration(proxyBeanMethods = false)
    static class Consumer {

        @RpcReference("greeter")
        GreeterGrpc.GreeterBlockingStub greeter;
    }
}
