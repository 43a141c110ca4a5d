/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks;

import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.demo.api.OrderReply;
import io.clusterrpc.demo.api.OrderRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Calls at a fixed rate, whatever the answers take, until its number of calls is reached or it is closed; then waits for the
 * answers. Runs on a thread of its own.
 */
public final class Load implements AutoCloseable {

    private final Timeline timeline;
    private final Samples samples;
    private final String phase;
    private final GreeterStub greeter;
    private final Kinds kinds;
    private final Phaser open = new Phaser(1);
    private final Thread thread;
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean stopped;

    /** Which methods are called: safe ones only, or as many unsafe ones. */
    public enum Kinds {
        /** {@code SayHello} only. */
        SAFE,
        /** As many {@code PlaceOrder} as {@code SayHello}. */
        SAFE_AND_UNSAFE
    }

    private Load(
            Timeline timeline,
            Samples samples,
            String phase,
            GreeterStub greeter,
            Kinds kinds,
            int perSecond,
            long calls) {
        this.timeline = timeline;
        this.samples = samples;
        this.phase = phase;
        this.greeter = greeter;
        this.kinds = kinds;
        this.thread = new Thread(() -> run(perSecond, calls), "load-" + phase);
    }

    /** The columns of the samples that a load writes. */
    public static final String[] COLUMNS = {"phase", "began", "ended", "method", "code", "instance", "text"};

    /**
     * Starts to call.
     *
     * @param timeline stamps beginning and end of each call
     * @param samples where each call is written, with {@link #COLUMNS}
     * @param phase first column of its samples
     * @param greeter who is called
     * @param kinds which methods
     * @param perSecond calls a second
     * @param calls after how many calls it ends by itself
     * @return the running load
     */
    public static Load start(
            Timeline timeline,
            Samples samples,
            String phase,
            GreeterStub greeter,
            Kinds kinds,
            int perSecond,
            long calls) {
        Load load = new Load(timeline, samples, phase, greeter, kinds, perSecond, calls);
        load.thread.start();
        return load;
    }

    private void run(int perSecond, long calls) {
        long start = System.nanoTime();
        for (long i = 0; i < calls && !stopped; i++) {
            waitUntil(start + i * 1_000_000_000L / perSecond);
            open.register();
            // Of two kinds as many of the one as of the other, in no rhythm into which round robin could fall
            // (Thue-Morse).
            if (kinds == Kinds.SAFE || Long.bitCount(i) % 2 == 0) {
                HelloRequest request =
                        HelloRequest.newBuilder().setName("call " + i).build();
                greeter.sayHello(request, new Recorder<>("SayHello", HelloReply::getInstance));
            } else {
                OrderRequest request =
                        OrderRequest.newBuilder().setItem("item " + i).build();
                greeter.placeOrder(request, new Recorder<>("PlaceOrder", OrderReply::getInstance));
            }
        }
        open.arriveAndAwaitAdvance();
    }

    private static void waitUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /**
     * How many calls failed so far.
     *
     * @return a count
     */
    public long failed() {
        return failed.get();
    }

    /**
     * Waits until all calls were made and answered.
     *
     * @throws InterruptedException if interrupted
     */
    public void await() throws InterruptedException {
        thread.join();
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        await();
    }

    private final class Recorder<T> implements StreamObserver<T> {

        private final long began = timeline.micros();
        private final String method;
        private final Function<T, String> instance;
        private String answeredBy = "";

        Recorder(String method, Function<T, String> instance) {
            this.method = method;
            this.instance = instance;
        }

        @Override
        public void onNext(T reply) {
            answeredBy = instance.apply(reply);
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            failed.incrementAndGet();
            end(status.getCode(), String.valueOf(status.getDescription()));
        }

        @Override
        public void onCompleted() {
            end(Status.Code.OK, "");
        }

        private void end(Status.Code code, String text) {
            samples.add(phase, began, timeline.micros(), method, code, answeredBy, text);
            open.arriveAndDeregister();
        }
    }
}
