/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.resilience.CallRuntime;
import io.clusterrpc.resilience.CallTimer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads of calls: one that times deadlines and backoffs, and a pool that runs what follows them. Idle threads end after a minute. Closed
 * with the context.
 */
final class CallThreads implements AutoCloseable {

    private final CallTimer scheduler = new CallTimer(daemons("rpc-timer-"));
    private final ExecutorService executor = Executors.newCachedThreadPool(daemons("rpc-call-"));

    CallRuntime runtime() {
        return new CallRuntime(scheduler, executor);
    }

    private static CustomizableThreadFactory daemons(String prefix) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(prefix);
        factory.setDaemon(true);
        return factory;
    }

    /** Lets calls that wait for their next attempt come to their end; what is due later than that runs on daemon threads. */
    @Override
    public void close() {
        scheduler.shutdown();
        executor.shutdown();
    }
}
