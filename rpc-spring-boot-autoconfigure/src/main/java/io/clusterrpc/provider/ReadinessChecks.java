/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.clusterrpc.RpcReadiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the application's {@link RpcReadiness} beans again and again, and tells the {@link ProviderLifecycle} who is not ready.
 *
 * <p>Thread-safe. The beans are asked by one thread at a time; another one notices when that takes long.
 */
public final class ReadinessChecks implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RpcProvider.class);

    /** After how long it is worth a warning that a bean does not return. */
    private static final Duration SLOW = Duration.ofSeconds(5);

    private final Map<String, RpcReadiness> checks;
    private final ProviderLifecycle provider;
    private final ReadinessSettings settings;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService scheduler;
    private final Set<String> failing = new HashSet<>();
    private volatile @Nullable Asked asked;
    private volatile List<String> notReady = List.of();
    private volatile boolean wasReady;
    private boolean started;
    private long startedNanos;
    private boolean warned;
    private @Nullable Asked slow;

    /** A bean that has not returned yet. */
    private record Asked(String name, long sinceNanos) {}

    /**
     * Creates checks that nobody asks yet; the provider knows from here on that it must wait for them.
     *
     * @param checks the beans by name
     * @param provider told who is not ready
     * @param settings how often, and when to warn
     * @param nanoTime monotonic time
     * @param scheduler has two threads; shut down by {@link #close}
     */
    public ReadinessChecks(
            Map<String, RpcReadiness> checks,
            ProviderLifecycle provider,
            ReadinessSettings settings,
            LongSupplier nanoTime,
            ScheduledExecutorService scheduler) {
        this.checks = new LinkedHashMap<>(checks);
        this.provider = provider;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.scheduler = scheduler;
        provider.waitFor(List.copyOf(this.checks.keySet()));
    }

    /** Begins to ask, at once and then periodically. Only the first call does anything. */
    public synchronized void start() {
        if (started) {
            return;
        }
        started = true;
        startedNanos = nanoTime.getAsLong();
        scheduler.scheduleWithFixedDelay(this::ask, 0, settings.interval().toNanos(), TimeUnit.NANOSECONDS);
        scheduler.scheduleWithFixedDelay(this::watch, 1, 1, TimeUnit.SECONDS);
    }

    void ask() {
        List<String> waiting = new ArrayList<>();
        for (Map.Entry<String, RpcReadiness> check : checks.entrySet()) {
            if (!isReady(check.getKey(), check.getValue())) {
                waiting.add(check.getKey());
            }
        }
        tell(waiting);
        if (!waiting.isEmpty() && !waiting.equals(notReady) && !(wasReady && notReady.isEmpty())) {
            log.info("Not announced to consumers yet, waiting for {}", String.join(", ", waiting));
        }
        notReady = waiting;
        wasReady |= waiting.isEmpty();
    }

    private void tell(List<String> waiting) {
        try {
            provider.waitFor(waiting);
        } catch (RuntimeException e) {
            log.error(
                    "Consumers could not be told that this application is {}",
                    waiting.isEmpty() ? "ready" : "not ready",
                    e);
        }
    }

    private boolean isReady(String name, RpcReadiness check) {
        asked = new Asked(name, nanoTime.getAsLong());
        try {
            boolean ready = check.isReady();
            failing.remove(name);
            return ready;
        } catch (RuntimeException | LinkageError e) {
            if (failing.add(name)) {
                log.warn("RpcReadiness bean '{}' failed, which counts as not ready", name, e);
            }
            return false;
        } finally {
            asked = null;
        }
    }

    void watch() {
        long now = nanoTime.getAsLong();
        Asked open = asked;
        if (open != null && open != slow && now - open.sinceNanos() >= SLOW.toNanos()) {
            slow = open;
            log.warn(
                    "RpcReadiness bean '{}' has not returned for {} s; until it does, nothing changes for consumers",
                    open.name(),
                    SLOW.toSeconds());
        }
        if (!warned && !wasReady && now - startedNanos >= settings.warnAfter().toNanos()) {
            warned = true;
            log.warn(
                    "Consumers have not been told of this application for {} s: waiting for {}",
                    settings.warnAfter().toMillis() / 1000.0,
                    open == null ? String.join(", ", notReady) : open.name());
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
