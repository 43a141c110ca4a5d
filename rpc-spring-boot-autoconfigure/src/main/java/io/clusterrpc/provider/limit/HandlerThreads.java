/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import io.clusterrpc.provider.InstanceGuard;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads that handlers run on: a bounded number, for calls that are let in. Whether one is, is decided on the transport's
 * thread before it waits for a thread. Refusals, health and the like have a thread of their own, so that they are answered also
 * when no handler comes to an end. Handlers that never block need no thread, and get none.
 *
 * <p>For a server whose executor is the direct one: nothing but the look-up of the method runs on it. Thread-safe.
 */
public final class HandlerThreads implements ServerCallExecutorSupplier, AutoCloseable {

    private final HandlerPool pool;
    private final ThreadPoolExecutor aside;
    private final NonBlockingMethods nonBlocking;
    private final @Nullable LoadShedder shedder;
    private final long maxWaitNanos;

    /**
     * Creates it without a thread.
     *
     * @param settings how many threads, and how long calls may wait for them
     * @param shedder decides who is let in, {@code null} to let in everything
     * @param threads makes the threads of handlers
     * @param others makes the thread of everything else
     */
    public HandlerThreads(
            HandlerSettings settings, @Nullable LoadShedder shedder, ThreadFactory threads, ThreadFactory others) {
        this(settings, shedder, threads, others, System::nanoTime);
    }

    HandlerThreads(
            HandlerSettings settings,
            @Nullable LoadShedder shedder,
            ThreadFactory threads,
            ThreadFactory others,
            LongSupplier nanoTime) {
        this.pool = new HandlerPool(settings.threads(), threads, nanoTime);
        this.aside = new ThreadPoolExecutor(
                1, 1, 60, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), others, (task, ended) -> task.run());
        this.aside.allowCoreThreadTimeOut(true);
        this.nonBlocking = new NonBlockingMethods(settings.nonBlocking(), nanoTime);
        this.shedder = shedder;
        this.maxWaitNanos = settings.maxWait().toNanos();
    }

    @Override
    public <Q, P> Executor getExecutor(ServerCall<Q, P> call, Metadata headers) {
        MethodDescriptor<Q, P> method = call.getMethodDescriptor();
        if (InstanceGuard.isInfrastructure(method.getServiceName())) {
            return aside;
        }
        Executor here = nonBlocking.executor(method);
        boolean noThread = here == null && pool.longestWaitNanos() > maxWaitNanos;
        if (shedder != null && !shedder.letsIn(headers, noThread)) {
            return aside;
        }
        if (here != null) {
            return here;
        }
        if (pool.hasFreeThread()) {
            EarlyRequests.ask(call);
        }
        return pool;
    }

    /**
     * What asks for the messages of calls early, for a server whose calls these threads handle.
     *
     * @return must be the outermost interceptor
     */
    public EarlyRequests earlyRequests() {
        return new EarlyRequests(pool);
    }

    /**
     * How many threads are busy with calls.
     *
     * @return 0 or more
     */
    public int busy() {
        return pool.busy();
    }

    /**
     * How many calls wait for a thread.
     *
     * @return 0 or more
     */
    public int waiting() {
        return pool.waiting();
    }

    /** Makes no threads any more. For when the server has ended. */
    @Override
    public void close() {
        pool.close();
        aside.shutdown();
    }
}
