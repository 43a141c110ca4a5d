/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import io.grpc.MethodDescriptor;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Methods whose handlers, as the application says, never block: they run on the thread of the transport, which spares two wake-ups of a
 * call. One that holds this thread up all the same is named in the log, once. Thread-safe.
 */
final class NonBlockingMethods {

    private static final Logger log = LoggerFactory.getLogger(NonBlockingMethods.class);

    /** Longer than any work that does not wait, and than most pauses of a JVM. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Set<String> names;
    private final boolean all;
    private final LongSupplier nanoTime;
    private final Map<String, Executor> executors = new ConcurrentHashMap<>();

    /**
     * @param names full names of gRPC services or of their methods, {@value HandlerSettings#ALL} for all
     */
    NonBlockingMethods(Set<String> names, LongSupplier nanoTime) {
        this.names = names;
        this.all = names.contains(HandlerSettings.ALL);
        this.nanoTime = nanoTime;
    }

    /** What runs the handler of a method, {@code null} if it may block. */
    @Nullable
    Executor executor(MethodDescriptor<?, ?> method) {
        if (names.isEmpty()) {
            return null;
        }
        if (!all && !names.contains(method.getFullMethodName()) && !names.contains(method.getServiceName())) {
            return null;
        }
        // Asked for first: only a look-up never locks.
        Executor known = executors.get(method.getFullMethodName());
        return known != null ? known : executors.computeIfAbsent(method.getFullMethodName(), Here::new);
    }

    /** Runs everything where it is asked to. */
    private final class Here implements Executor {

        private final String method;
        private final AtomicBoolean warned = new AtomicBoolean();

        Here(String method) {
            this.method = method;
        }

        @Override
        public void execute(Runnable task) {
            long began = nanoTime.getAsLong();
            try {
                task.run();
            } catch (Throwable ex) {
                // gRPC has ended the call; the transport, whose thread this is, must not end the others of its
                // connection.
                log.error("The handler of {}, or an interceptor, failed", method, ex);
            } finally {
                long took = nanoTime.getAsLong() - began;
                if (took > LONG_NANOS && warned.compareAndSet(false, true)) {
                    log.warn(
                            "The handler of {}, or an interceptor, held the thread of the transport, and all other calls of its"
                                    + " connections, for {} ms: if that was no pause of the whole process, take it out of"
                                    + " rpc.provider.executor.non-blocking (said once)",
                            method,
                            TimeUnit.NANOSECONDS.toMillis(took));
                }
            }
        }
    }
}
