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
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
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

    /** Where selectors come from; tests take one away. */
    @FunctionalInterface
    interface Selectors {

        Selector open() throws IOException;
    }

    /** A look into the directory follows every task. */
    private static final Consumer<Lookout> NOTHING = lookout -> {};

    private static final Logger logger = LoggerFactory.getLogger(Hub.class);
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_NANOS_PER_FILE = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long CLOSE_MILLIS = 2000;

    private final String name;

    private final MeetingPoint place;
    private final boolean unixSockets;
    private final Selectors selectors;
    private final LongSupplier nanoTime = System::nanoTime;
    private final Queue<Consumer<Lookout>> tasks = new ConcurrentLinkedQueue<>();
    private final Watches watches = new Watches();
    private final AtomicInteger registrations = new AtomicInteger();

    private @Nullable Thread thread;
    private @Nullable Selector selector;
    private volatile boolean ended;
    private volatile boolean abandoned;

    private Collection<OwnRegistration> survivors = List.of();
    private boolean stopped;
    private boolean lookRequested;
    private long nextLook;
    private long notBefore;

    Hub(MeetingPoint place, boolean unixSockets) {
        this(place, unixSockets, Selector::open);
    }

    Hub(MeetingPoint place, boolean unixSockets, Selectors selectors) {
        // With the moment, since process numbers are used again, and are the same in several containers.
        this.name =
                ProcessHandle.current().pid() + "_" + HexFormat.of().toHexDigits(Long.hashCode(nanoTime.getAsLong()));
        this.place = place;
        this.unixSockets = unixSockets;
        this.selectors = selectors;
    }

    Subscription watch(String service, DiscoveryBackend.Listener listener) {
        Subscription watch = watches.add(service, listener);
        execute(NOTHING);
        return watch;
    }

    Subscription watchCatalog(String grpcService, Consumer<List<String>> listener) {
        Subscription watch = watches.addCatalog(grpcService, listener);
        execute(NOTHING);
        return watch;
    }

    DiscoveryBackend.Registration register(ServiceInstance instance) {
        OwnRegistration registration = new OwnRegistration(
                name + "-" + registrations.incrementAndGet(),
                instance,
                () -> execute(NOTHING),
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
        synchronized (this) {
            if (ended) {
                return false;
            }
            tasks.add(task);
            if (thread == null || !thread.isAlive()) {
                thread = start();
            }
            awaken();
        }
        return true;
    }

    private Thread start() {
        Thread started = new Thread(this::run, "rpc-local-" + place.directory().getFileName());
        started.setDaemon(true);
        started.start();
        return started;
    }

    /** Wherever the thread waits; holding the lock. */
    private void awaken() {
        if (selector != null) {
            selector.wakeup();
        }
        notifyAll();
    }

    private void end(boolean abandon) {
        Thread running;
        synchronized (this) {
            ended = true;
            abandoned = abandoned || abandon;
            running = thread;
            awaken();
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

    /** Works until closed: what ends the work otherwise is told, and everything starts anew after a second. */
    private void run() {
        while (!ended) {
            Lookout active = null;
            try {
                active = open();
                work(active);
            } catch (Throwable ex) {
                tell(ex);
                suspend(active, ex);
            } finally {
                release(active);
            }
        }
    }

    private void tell(Throwable cause) {
        if (!stopped) {
            logger.error(
                    "Local discovery in {} stopped working, and starts anew every second; until it works again others do not find"
                            + " the instances of this process",
                    place.directory(),
                    cause);
        }
        stopped = true;
    }

    private Lookout open() throws IOException {
        Selector opened = selectors.open();
        Lookout created = new Lookout(name, place, unixSockets, opened, watches, nanoTime, InstantSource.system());
        synchronized (this) {
            selector = opened;
        }
        survivors.forEach(created::announce);
        survivors = List.of();
        return created;
    }

    private void work(Lookout active) throws IOException {
        lookRequested = true;
        nextLook = nanoTime.getAsLong();
        notBefore = nextLook;
        while (!ended) {
            lookRequested |= active.await(waitMillis());
            runTasks(active);
            if (!ended && waitMillis() == 0) {
                look(active);
            }
        }
        runTasks(active);
        if (!abandoned) {
            active.leave();
        }
    }

    /** Leaves the directory as if dead, which is what others take this process for from now on, and rests. */
    private void suspend(@Nullable Lookout failed, Throwable cause) {
        if (failed != null) {
            survivors = failed.suspend(new DiscoveryException(
                    "local discovery in " + place.directory() + " stopped working (" + cause + "), and starts anew",
                    cause));
            release(failed);
        }
        long until = nanoTime.getAsLong() + LOOK_EVERY_NANOS;
        synchronized (this) {
            try {
                for (long rest = LOOK_EVERY_NANOS; !ended && rest > 0; rest = until - nanoTime.getAsLong()) {
                    TimeUnit.NANOSECONDS.timedWait(this, rest);
                }
            } catch (InterruptedException ex) {
                // Nobody but the user's own code has this thread, and close() ends it.
                logger.debug("Interrupted", ex);
            }
        }
    }

    private void release(@Nullable Lookout active) {
        synchronized (this) {
            selector = null;
        }
        if (active != null) {
            active.close();
        }
    }

    private void runTasks(Lookout active) {
        for (Consumer<Lookout> task = tasks.poll(); task != null; task = tasks.poll()) {
            lookRequested = true;
            try {
                task.accept(active);
            } catch (Throwable ex) {
                logger.error("A task of local discovery in {} failed", place.directory(), ex);
            }
        }
    }

    /** A look costs some microseconds a file: rest several times as long, so that a storm of changes cannot eat a processor. */
    private void look(Lookout active) {
        lookRequested = false;
        int files = 0;
        try {
            files = active.look();
            stopped = false;
        } catch (Throwable ex) {
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
