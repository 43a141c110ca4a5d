/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.discovery.DiscoveryException;
import io.clusterrpc.discovery.backend.Backoff;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the slices of one Service: lists them, watches them from there, and starts over when the watch ends, for whatever reason. A list
 * is told only when it can be followed: who may list but not watch knows nothing for sure. fabric8's own informer would hide from us
 * that its watch broke.
 *
 * <p>Owned by the event loop; only asking happens on other threads. A round that is over is not listened to any more.
 */
final class SliceWatch {

    private static final Logger logger = LoggerFactory.getLogger(SliceWatch.class);

    /** An API server sends a bookmark about once a minute, so a connection that says nothing for so long is dead. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(150);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** A watch that ends sooner without a word has been refused. */
    private static final Duration SHORTEST_WATCH = Duration.ofSeconds(1);

    private final ServiceName service;
    private final Threads threads;
    private final ClusterAccess access;
    private final Duration watchTime;
    private final EndpointReader reader;
    private final Told told;
    private final Backoff backoff;

    private final Map<String, EndpointSlice> slices = new TreeMap<>();
    private @Nullable Watch watch;
    private int round;
    private boolean established;
    private long establishedAt;
    private long heardAt;
    private boolean heard;
    private volatile boolean closed;

    SliceWatch(
            ServiceName service,
            Threads threads,
            ClusterAccess access,
            Duration watchTime,
            EndpointReader reader,
            Told told) {
        this.service = service;
        this.threads = threads;
        this.access = access;
        this.watchTime = watchTime;
        this.reader = reader;
        this.told = told;
        this.backoff = new Backoff(threads.owner, LONGEST_PAUSE);
    }

    void start() {
        if (closed) {
            return;
        }
        int current = ++round;
        established = false;
        heard = false;
        threads.ask(() -> ask(current));
    }

    void close() {
        closed = true;
        threads.execute(() -> {
            round++;
            release();
            slices.clear();
        });
    }

    boolean closed() {
        return closed;
    }

    /** One round, on a thread that may wait. */
    private void ask(int current) {
        String address = null;
        String verb = "list";
        String namespace = service.namespace();
        try {
            Cluster cluster = access.get();
            address = cluster.address();
            namespace = namespace != null ? namespace : cluster.namespace();
            EndpointSliceList list = cluster.list(namespace, service.name(), new ListOptionsBuilder().build());
            threads.execute(() -> listed(current, list));
            verb = "watch";
            Watch started = cluster.watch(
                    namespace,
                    service.name(),
                    new ListOptionsBuilder()
                            .withResourceVersion(list.getMetadata().getResourceVersion())
                            .withAllowWatchBookmarks(true)
                            .withTimeoutSeconds(
                                    threads.between(watchTime, 0.9, 1).toSeconds())
                            .build(),
                    new Events(current, address, namespace));
            threads.execute(() -> established(current, started));
        } catch (RuntimeException | LinkageError ex) {
            DiscoveryException problem = ApiProblems.describe(
                    address, verb, namespace == null ? "of the application" : namespace, service.name(), ex);
            threads.execute(() -> failed(current, problem));
        }
    }

    private void listed(int current, EndpointSliceList list) {
        if (current == round) {
            slices.clear();
            list.getItems().forEach(slice -> slices.put(slice.getMetadata().getName(), slice));
        }
    }

    private void established(int current, Watch started) {
        if (current != round) {
            closeQuietly(started);
            return;
        }
        watch = started;
        established = true;
        establishedAt = threads.nanoTime();
        heardAt = establishedAt;
        told.tell(reader.read(slices.values()));
        threads.after(LONGEST_SILENCE, () -> checkSilence(current));
    }

    private void changed(int current, Watcher.Action action, EndpointSlice slice) {
        if (current != round) {
            return;
        }
        heard = true;
        heardAt = threads.nanoTime();
        switch (action) {
            case ADDED, MODIFIED -> slices.put(slice.getMetadata().getName(), slice);
            case DELETED -> slices.remove(slice.getMetadata().getName());
            default -> {
                return;
            }
        }
        if (established) {
            told.tell(reader.read(slices.values()));
        }
    }

    private void ended(int current, DiscoveryException problem) {
        if (current != round) {
            return;
        }
        boolean lasted = established && threads.nanoTime() - establishedAt >= SHORTEST_WATCH.toNanos();
        if (!lasted && !heard) {
            failed(current, problem);
            return;
        }
        logger.debug("The watch on {} ended, starting over", service.full());
        release();
        if (lasted) {
            backoff.reset();
            start();
        } else {
            round++;
            threads.after(backoff.next(), this::start);
        }
    }

    private void failed(int current, DiscoveryException problem) {
        if (current != round) {
            return;
        }
        release();
        round++;
        told.failed(problem);
        threads.after(backoff.next(), this::start);
    }

    private void checkSilence(int current) {
        if (current != round) {
            return;
        }
        Duration rest = LONGEST_SILENCE.minusNanos(threads.nanoTime() - heardAt);
        if (rest.isNegative() || rest.isZero()) {
            logger.debug("The watch on {} is silent, starting over", service.full());
            release();
            start();
        } else {
            threads.after(rest, () -> checkSilence(current));
        }
    }

    private void release() {
        Watch old = watch;
        watch = null;
        if (old != null) {
            closeQuietly(old);
        }
    }

    private static void closeQuietly(Watch watch) {
        try {
            watch.close();
        } catch (RuntimeException ex) {
            logger.debug("Closing a watch failed", ex);
        }
    }

    /** Called by the client, on threads of its own. */
    private final class Events implements Watcher<EndpointSlice> {

        private final int round;
        private final String address;
        private final String namespace;

        Events(int round, String address, String namespace) {
            this.round = round;
            this.address = address;
            this.namespace = namespace;
        }

        @Override
        public void eventReceived(Action action, EndpointSlice slice) {
            threads.execute(() -> changed(round, action, slice));
        }

        @Override
        public void onClose(WatcherException cause) {
            DiscoveryException problem = ApiProblems.describe(address, "watch", namespace, service.name(), cause);
            threads.execute(() -> ended(round, problem));
        }
    }
}
