/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import java.io.IOException;
import java.nio.channels.Selector;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of local discovery, and the door to it. Everything but the fields guarded by {@code this} belongs to that thread;
 * others hand it tasks. It sleeps until a task, a message, the end of a connection or a second has come, and then looks into the
 * directory ({@link Lookout}).
 */
final class Hub {

    private static final Logger logger = LoggerFactory.getLogger(Hub.class);
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_NANOS_PER_FILE = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long CLOSE_MILLIS = 2000;

    private final String name =
            ProcessHandle.current().pid() + "_" + UUID.randomUUID().toString().substring(0, 8);
    private final MeetingPoint place;
    private final boolean unixSockets;
    private final LongSupplier nanoTime = System::nanoTime;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Watches watches = new Watches();
    private final AtomicInteger registrations = new AtomicInteger();

    private @Nullable Thread thread;
    private @Nullable Selector selector;
    private @Nullable Lookout lookout;
    private volatile boolean ended;
    private volatile boolean abandoned;

    private boolean lookRequested = true;
    private long nextLook;
    private long notBefore;

    Hub(MeetingPoint place, boolean unixSockets) {
        this.place = place;
        this.unixSockets = unixSockets;
    }

    Subscription watch(String service, DiscoveryBackend.Listener listener) {
        Subscription watch = watches.add(service, listener);
        execute(lookout -> {});
        return watch;
    }

    Subscription watchCatalog(String grpcService, Consumer<List<String>> listener) {
        Subscription watch = watches.addCatalog(grpcService, listener);
        execute(lookout -> {});
        return watch;
    }

    DiscoveryBackend.Registration register(ServiceInstance instance) {
        OwnRegistration registration = new OwnRegistration(
                name + "-" + registrations.incrementAndGet(),
                instance,
                () -> execute(lookout -> {}),
                closing -> execute(lookout -> lookout.withdraw(closing)));
        if (!execute(lookout -> lookout.announce(registration))) {
            throw new DiscoveryException(
                    "Local discovery is closed: " + instance.service() + " is not registered", null);
        }
        return registration;
    }

    void close() {
        end(false);
    }

    void abandon() {
        end(true);
    }

    /** Has a task done, and looks into the directory afterwards. Starts the thread if need be. */
    private boolean execute(Consumer<Lookout> task) {
        Selector awaken;
        synchronized (this) {
            if (ended) {
                return false;
            }
            awaken = start();
            Lookout running = Objects.requireNonNull(lookout);
            tasks.add(() -> task.accept(running));
        }
        awaken.wakeup();
        return true;
    }

    private Selector start() {
        Selector running = selector;
        if (running != null) {
            return running;
        }
        try {
            running = Selector.open();
        } catch (IOException ex) {
            throw new DiscoveryException("Local discovery cannot start: " + ex, ex);
        }
        Lookout created = new Lookout(name, place, unixSockets, running, watches, nanoTime, InstantSource.system());
        selector = running;
        lookout = created;
        thread = new Thread(() -> run(created), "rpc-local-" + place.directory().getFileName());
        thread.setDaemon(true);
        thread.start();
        return running;
    }

    private void end(boolean abandon) {
        Thread running;
        synchronized (this) {
            ended = true;
            abandoned = abandoned || abandon;
            running = thread;
            if (selector != null) {
                selector.wakeup();
            }
        }
        if (running == null || running == Thread.currentThread()) {
            return;
        }
        try {
            running.join(CLOSE_MILLIS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Lookout active) {
        nextLook = nanoTime.getAsLong();
        notBefore = nextLook;
        try {
            while (!ended) {
                lookRequested |= active.await(waitMillis());
                runTasks();
                if (!ended && waitMillis() == 0) {
                    look(active);
                }
            }
            runTasks();
            if (!abandoned) {
                active.leave();
            }
        } catch (IOException ex) {
            logger.error("Local discovery ends: what it found so far stays, nothing new will be found", ex);
        } finally {
            active.close();
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            lookRequested = true;
        }
    }

    /** A look costs some microseconds a file: rest several times as long, so that a storm of changes cannot eat a processor. */
    private void look(Lookout active) {
        lookRequested = false;
        int files = 0;
        try {
            files = active.look();
        } catch (RuntimeException ex) {
            logger.error("A look into {} failed, trying again", place.directory(), ex);
        }
        long end = nanoTime.getAsLong();
        nextLook = end + LOOK_EVERY_NANOS;
        notBefore = end + Math.min(files * PAUSE_NANOS_PER_FILE, LONGEST_PAUSE_NANOS);
    }

    private long waitMillis() {
        long due = lookRequested ? notBefore : nextLook;
        long nanos = due - nanoTime.getAsLong();
        return nanos <= 0 ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    @Override
    public String toString() {
        return place.directory() + " as " + name;
    }
}
