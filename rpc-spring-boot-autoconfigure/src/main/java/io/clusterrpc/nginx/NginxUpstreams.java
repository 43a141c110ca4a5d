/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.nginx.NginxState.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the upstream file of an nginx in step with the directory.
 *
 * <ul>
 *   <li>A change is handed over at once, unless nginx was reloaded within the debounce time before: then at its end, together with
 *       what came until then.
 *   <li>Whatever fails is tried again, after a second at first and half a minute at last, and with the next change. No failure
 *       ends the application.
 *   <li>When it is closed, file and nginx stay as they are.
 * </ul>
 *
 * <p>Thread-safe. Programs run on a thread of its own. Whoever creates it closes it, before the directory.
 */
public final class NginxUpstreams implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(NginxUpstreams.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final NginxSettings settings;
    private final Directory directory;
    private final Follower follower;
    private final ScheduledExecutorService executor;
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final Map<String, ClusterSnapshot> known = new ConcurrentHashMap<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private volatile boolean closed;

    // All below: the executor's.
    private boolean due;
    private long dueAt;
    private @Nullable Long lastAttempt;

    /**
     * Creates it; nothing happens before {@link #start}.
     *
     * @param settings what is written where
     * @param directory knows the instances
     */
    public NginxUpstreams(NginxSettings settings, Directory directory) {
        this(
                settings,
                directory,
                thread(),
                System::nanoTime,
                InstantSource.system(),
                new ServerAddresses(InetAddress::getAllByName));
    }

    /** For tests; the executor is shut down with it. */
    NginxUpstreams(
            NginxSettings settings,
            Directory directory,
            ScheduledExecutorService executor,
            LongSupplier nanoTime,
            InstantSource clock,
            ServerAddresses addresses) {
        this.settings = settings;
        this.directory = directory;
        this.executor = executor;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.follower = new Follower(settings, addresses, clock);
    }

    private static ScheduledExecutorService thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "rpc-nginx");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    /** Follows the services. The first file is written when all of them are known, or after the debounce time without. */
    public void start() {
        executor.execute(() -> wakeIn(settings.debounce()));
        for (String service : settings.upstreams().values()) {
            subscriptions.add(directory.subscribe(service, snapshot -> {
                known.put(service, snapshot);
                changed();
            }));
        }
    }

    /**
     * How far nginx follows.
     *
     * @return the state now
     */
    public NginxState state() {
        return follower.state();
    }

    /**
     * How often attempts ended so, since the start.
     *
     * @param outcome how they ended
     * @return their number
     */
    public long attempts(Outcome outcome) {
        return follower.attempts(outcome);
    }

    /**
     * For how long nginx has not known what the registry says.
     *
     * @return zero if it does
     */
    public Duration behind() {
        Instant since = state().behindSince();
        return since == null ? Duration.ZERO : Duration.between(since, clock.instant());
    }

    private void changed() {
        try {
            executor.execute(this::debounced);
        } catch (RejectedExecutionException ignored) {
            // Closed: nginx stays as it is.
        }
    }

    private void debounced() {
        if (lastAttempt == null) {
            if (known.size() == settings.upstreams().size()) {
                follow();
            }
            return;
        }
        Duration rest = settings.debounce().minusNanos(nanoTime.getAsLong() - lastAttempt);
        if (rest.isNegative() || rest.isZero()) {
            follow();
        } else {
            wakeIn(rest);
        }
    }

    /** Of several wishes the earliest counts, and {@link #follow} ends them all. */
    private void wakeIn(Duration delay) {
        long at = nanoTime.getAsLong() + delay.toNanos();
        if (due && dueAt - at <= 0) {
            return;
        }
        due = true;
        dueAt = at;
        Runnable task = () -> {
            if (due && dueAt == at) {
                follow();
            }
        };
        executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void follow() {
        due = false;
        if (closed) {
            return;
        }
        Follower.Result result;
        try {
            result = follower.follow(known);
        } catch (RuntimeException | Error ex) {
            logger.error("{} could not be kept in step, in an unexpected way", settings.upstreamFile(), ex);
            result = new Follower.Result(true, Duration.ofSeconds(30));
        }
        if (result.attempted()) {
            lastAttempt = nanoTime.getAsLong();
        }
        if (result.again() != null && !closed) {
            wakeIn(result.again());
        }
    }

    /** Waits a little for a reload that is under way, so that the file is not left unchecked. Idempotent. */
    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(Subscription::close);
        executor.shutdown();
        try {
            if (!executor.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                follower.abort();
                executor.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException ex) {
            follower.abort();
            Thread.currentThread().interrupt();
        }
    }
}
