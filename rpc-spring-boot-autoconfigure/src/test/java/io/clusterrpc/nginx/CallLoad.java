/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.GreeterGrpc.GreeterStub;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Safe calls at a fixed rate until it is stopped. */
final class CallLoad implements AutoCloseable {

    private final GreeterStub stub;
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, AtomicLong> answered = new ConcurrentHashMap<>();
    private final Collection<Status> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong open = new AtomicLong();

    CallLoad(ManagedChannel channel, int perSecond) {
        this.stub = GreeterGrpc.newStub(channel);
        pace.scheduleAtFixedRate(this::call, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    private void call() {
        open.incrementAndGet();
        HelloRequest request = HelloRequest.newBuilder().setDelayMillis(5).build();
        stub.withDeadlineAfter(5, TimeUnit.SECONDS).sayHello(request, new StreamObserver<>() {
            @Override
            public void onNext(HelloReply reply) {
                answered.computeIfAbsent(reply.getInstance(), unused -> new AtomicLong())
                        .incrementAndGet();
            }

            @Override
            public void onError(Throwable failure) {
                failures.add(Status.fromThrowable(failure));
                open.decrementAndGet();
            }

            @Override
            public void onCompleted() {
                open.decrementAndGet();
            }
        });
    }

    long answered(String instance) {
        AtomicLong number = answered.get(instance);
        return number == null ? 0 : number.get();
    }

    Collection<Status> failures() {
        return failures;
    }

    /** Begins no further call, and waits for the others, each of which has a deadline. */
    void stop() throws InterruptedException {
        pace.shutdown();
        pace.awaitTermination(10, TimeUnit.SECONDS);
        while (open.get() > 0) {
            Thread.onSpinWait();
        }
    }

    @Override
    public String toString() {
        return "answered " + answered + ", failed " + failures;
    }

    @Override
    public void close() {
        pace.shutdownNow();
    }
}
