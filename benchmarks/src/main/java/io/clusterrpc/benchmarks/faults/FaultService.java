/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.RpcService;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.demo.api.OrderReply;
import io.clusterrpc.demo.api.OrderRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/** Answers late, not at all, or only so many at a time, as it is told. Thread-safe. */
@RpcService
class FaultService extends GreeterGrpc.GreeterImplBase {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "late-answers");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong handled = new AtomicLong();
    private volatile Behaviour behaviour = Behaviour.GOOD;
    private volatile String instance = "not started";

    /**
     * How calls are answered.
     *
     * @param delayMillis before an answer, without a thread
     * @param failure instead of an answer, {@code null} for none
     * @param slots how many calls are worked on at a time, {@code null} for any number
     * @param workMillis for how long each of them sleeps on its thread
     * @param hung where calls hang on their threads until the behaviour is another one, {@code null} for nowhere
     */
    private record Behaviour(
            long delayMillis,
            @Nullable Status failure,
            @Nullable Semaphore slots,
            long workMillis,
            @Nullable CountDownLatch hung) {

        static final Behaviour GOOD = new Behaviour(0, null, null, 0, null);

        static Behaviour slots(int slots, long workMillis) {
            return new Behaviour(0, null, new Semaphore(slots), workMillis, null);
        }
    }

    /** Takes a line: {@code good}, {@code hang}, {@code delay MILLIS}, {@code fail CODE}, {@code slots NUMBER MILLIS} or {@code count}. */
    void behave(String line) {
        String[] words = line.strip().split(" ");
        Behaviour before = behaviour;
        switch (words[0]) {
            case "good" -> behaviour = Behaviour.GOOD;
            case "delay" -> behaviour = new Behaviour(Long.parseLong(words[1]), null, null, 0, null);
            case "hang" -> behaviour = new Behaviour(0, null, null, 0, new CountDownLatch(1));
            case "fail" ->
                behaviour = new Behaviour(0, Status.Code.valueOf(words[1]).toStatus(), null, 0, null);
            case "slots" -> behaviour = Behaviour.slots(Integer.parseInt(words[1]), Long.parseLong(words[2]));
            case "count" -> {}
            default -> throw new IllegalArgumentException("line: '" + line + "'");
        }
        if (before != behaviour && before.hung() != null) {
            before.hung().countDown();
        }
        System.out.println("BEHAVES " + line + ", handled " + handled.get() + ", heap " + heap());
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @EventListener
    void started(GrpcServerStartedEvent event) {
        instance = "pid " + ProcessHandle.current().pid() + ", port " + event.getPort();
    }

    @Override
    public void sayHello(HelloRequest request, StreamObserver<HelloReply> reply) {
        answer(reply, greeting(request));
    }

    @Override
    public void placeOrder(OrderRequest request, StreamObserver<OrderReply> reply) {
        answer(reply, OrderReply.newBuilder().setInstance(instance).build());
    }

    private <T> void answer(StreamObserver<T> reply, T message) {
        handled.incrementAndGet();
        Behaviour now = behaviour;
        if (now.failure() != null) {
            reply.onError(now.failure().withDescription("as told").asRuntimeException());
        } else if (now.delayMillis() > 0) {
            timer.schedule(() -> complete(reply, message), now.delayMillis(), TimeUnit.MILLISECONDS);
        } else {
            if (now.hung() != null) {
                hang(now.hung());
            }
            if (now.slots() != null) {
                work(now.slots(), now.workMillis());
            }
            complete(reply, message);
        }
    }

    private static void hang(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void work(Semaphore slots, long millis) {
        slots.acquireUninterruptibly();
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            slots.release();
        }
    }

    private static <T> void complete(StreamObserver<T> reply, T message) {
        if (((ServerCallStreamObserver<T>) reply).isCancelled()) {
            return;
        }
        reply.onNext(message);
        reply.onCompleted();
    }

    /** Greets every 100 ms, as many times as the name says, or for ever and at length ({@code flood}), as fast as the caller reads. */
    @Override
    public void listGreetings(HelloRequest request, StreamObserver<HelloReply> replies) {
        if (request.getName().equals("flood")) {
            flood((ServerCallStreamObserver<HelloReply>) replies);
            return;
        }
        greet(request, (ServerCallStreamObserver<HelloReply>) replies, Integer.parseInt(request.getName()));
    }

    private void greet(HelloRequest request, ServerCallStreamObserver<HelloReply> replies, int left) {
        if (replies.isCancelled()) {
            return;
        }
        if (left == 0) {
            replies.onCompleted();
            return;
        }
        replies.onNext(greeting(request));
        timer.schedule(() -> greet(request, replies, left - 1), 100, TimeUnit.MILLISECONDS);
    }

    private void flood(ServerCallStreamObserver<HelloReply> replies) {
        HelloReply large = HelloReply.newBuilder()
                .setMessage("x".repeat(64 * 1024))
                .setInstance(instance)
                .build();
        replies.setOnCancelHandler(() -> {});
        replies.setOnReadyHandler(() -> {
            while (replies.isReady() && !replies.isCancelled()) {
                replies.onNext(large);
            }
        });
    }

    private HelloReply greeting(HelloRequest request) {
        return HelloReply.newBuilder()
                .setMessage("Hello, " + request.getName())
                .setInstance(instance)
                .build();
    }
}
