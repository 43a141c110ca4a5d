/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.clusterrpc.ServiceInstance;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The stages of a reference around a {@link FakeChannel}, by {@link FakeTime}. */
final class CallFixture implements CallListener {

    static final MethodDescriptor<String, String> SAFE = method(MethodType.UNARY, "Get", true);
    static final MethodDescriptor<String, String> UNSAFE = method(MethodType.UNARY, "Charge", false);
    static final MethodDescriptor<String, String> LIST = method(MethodType.SERVER_STREAMING, "List", true);
    static final MethodDescriptor<String, String> CHAT = method(MethodType.BIDI_STREAMING, "Chat", false);

    final FakeTime time = new FakeTime();
    final FakeChannel channel = new FakeChannel();
    final Queue<Runnable> executor = new ArrayDeque<>();
    final CountingBreaker breaker = new CountingBreaker();
    final List<String> events = new ArrayList<>();
    CallPolicy policy = CallPolicy.DEFAULTS;
    Fallbacks fallbacks = Fallbacks.NONE;
    FanOutParts fanOut = FanOutParts.NONE;
    ByMethod<CircuitBreaker> breakers = ByMethod.none();
    ByMethod<Retry> retries = ByMethod.none();
    ByMethod<Bulkhead> bulkheads = ByMethod.none();
    ByMethod<RateLimiter> rateLimiters = ByMethod.none();
    ByMethod<TimeLimiter> timeLimiters = ByMethod.none();
    Retry retry = Retry.of(
            "orders",
            RetryConfig.custom()
                    .maxAttempts(3)
                    .waitDuration(Duration.ofMillis(100))
                    .build());
    CallOptions options = CallOptions.DEFAULT;
    boolean queueing;
    /** How many attempts that reached nobody were made again. */
    int undelivered;

    static MethodDescriptor<String, String> method(MethodType type, String name, boolean safe) {
        return MethodDescriptor.newBuilder(new Text(), new Text())
                .setType(type)
                .setFullMethodName("test.Orders/" + name)
                .setSafe(safe)
                .setIdempotent(safe)
                .build();
    }

    CallRuntime runtime() {
        return new CallRuntime(time.scheduler(), this::execute, time);
    }

    private void execute(Runnable task) {
        if (queueing) {
            executor.add(task);
        } else {
            task.run();
        }
    }

    void runQueued() {
        for (Runnable task = executor.poll(); task != null; task = executor.poll()) {
            task.run();
        }
    }

    CallStages stages() {
        return stages(List.of(this));
    }

    CallStages stages(List<CallListener> listeners) {
        Safeguards safeguards = new Safeguards(
                breakers.isEmpty() ? ByMethod.all(breaker.breaker()) : breakers,
                retries.isEmpty() ? ByMethod.all(retry) : retries,
                bulkheads,
                rateLimiters,
                timeLimiters,
                fallbacks,
                fanOut);
        return CallStages.of("orders", policy, safeguards, runtime(), listeners);
    }

    Channel intercepted() {
        return ClientInterceptors.interceptForward(channel, stages().interceptors());
    }

    ClientCall<String, String> call(MethodDescriptor<String, String> method) {
        return intercepted().newCall(method, options);
    }

    /** Starts a call and says all it has to say. */
    ClientCall<String, String> start(MethodDescriptor<String, String> method, CallerLog caller) {
        ClientCall<String, String> call = call(method);
        say(call, caller);
        return call;
    }

    ClientCall<String, String> call(CallStages stages, MethodDescriptor<String, String> method) {
        return ClientInterceptors.interceptForward(channel, stages.interceptors())
                .newCall(method, options);
    }

    /** Does so through stages that are used for several calls. */
    void start(CallStages stages, MethodDescriptor<String, String> method, CallerLog caller) {
        say(call(stages, method), caller);
    }

    static void say(ClientCall<String, String> call, CallerLog caller) {
        call.start(caller, new Metadata());
        call.request(2);
        call.sendMessage("hello");
        call.halfClose();
    }

    CallOptions deadline(Duration after) {
        return CallOptions.DEFAULT.withDeadline(Deadline.after(after.toNanos(), TimeUnit.NANOSECONDS, time));
    }

    static CallPolicy policyFor(String method, MethodPolicy own) {
        return new CallPolicy(Duration.ofSeconds(5), Duration.ofSeconds(2), Map.of(method, own));
    }

    @Override
    public void attemptEnded(
            String reference,
            MethodDescriptor<?, ?> method,
            @Nullable ServiceInstance instance,
            int attempt,
            Status.Code code,
            long nanos) {
        events.add("attempt " + attempt + " " + code);
    }

    @Override
    public void failedOver(
            String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance from, Status.Code code) {
        events.add("failover " + code);
    }

    @Override
    public void undelivered(String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance instance) {
        undelivered++;
    }

    @Override
    public void hedged(String reference, MethodDescriptor<?, ?> method) {
        events.add("hedged");
    }

    @Override
    public void fellBack(String reference, MethodDescriptor<?, ?> method, Status.Code code) {
        events.add("fell back " + code);
    }

    @Override
    public void retryRefused(String reference, MethodDescriptor<?, ?> method, Status.Code code) {
        events.add("refused " + code);
    }

    @Override
    public void disagreed(String reference, MethodDescriptor<?, ?> method) {
        events.add("disagreed");
    }

    @Override
    public void callEnded(
            String reference,
            MethodDescriptor<?, ?> method,
            Outcome outcome,
            Status.Code code,
            int attempts,
            long nanos) {
        events.add("call " + outcome + " " + code + " " + attempts);
    }

    /** A breaker that counts what is done with its permissions. */
    static final class CountingBreaker {

        CircuitBreaker real = CircuitBreaker.of("orders", ReferenceDefaults.circuitBreaker());
        final AtomicInteger acquired = new AtomicInteger();
        final AtomicInteger succeeded = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicInteger released = new AtomicInteger();

        int settled() {
            return succeeded.get() + failed.get() + released.get();
        }

        CircuitBreaker breaker() {
            return (CircuitBreaker) Proxy.newProxyInstance(
                    CircuitBreaker.class.getClassLoader(),
                    new Class<?>[] {CircuitBreaker.class},
                    (proxy, method, args) -> {
                        Object result;
                        try {
                            result = method.invoke(real, args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                        switch (method.getName()) {
                            case "tryAcquirePermission" -> acquired.addAndGet((Boolean) result ? 1 : 0);
                            case "onSuccess" -> succeeded.incrementAndGet();
                            case "onError" -> failed.incrementAndGet();
                            case "releasePermission" -> released.incrementAndGet();
                            default -> {}
                        }
                        return result;
                    });
        }
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
