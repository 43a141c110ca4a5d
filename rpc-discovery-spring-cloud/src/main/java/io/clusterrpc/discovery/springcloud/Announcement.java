/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend.Registration;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance in the registries: written with one request at a time, always the newest record; kept, as far as the registry's client does
 * not do that itself, by looking now and then whether it is listed; taken away with a few attempts.
 *
 * <p>Public methods are for any thread; everything else is the owner's.
 */
final class Announcement implements Registration {

    private static final Logger logger = LoggerFactory.getLogger(Announcement.class);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final int LOOK_EVERY = 3;
    private static final int ATTEMPTS_TO_REMOVE = 3;

    private final PollThreads threads;
    private final Registrar registrar;
    private final RegistryClients clients;
    private final Duration lookInterval;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private volatile boolean registered;
    private volatile boolean closed;

    private ServiceInstance instance;
    private boolean outdated = true;
    private boolean busy;
    private boolean abandoned;
    private boolean written;
    private boolean seen;
    private int missed;
    private int failures;
    private int removals;
    private @Nullable Future<?> timer;

    Announcement(
            PollThreads threads,
            Registrar registrar,
            RegistryClients clients,
            SpringCloudSettings settings,
            ServiceInstance instance) {
        this.threads = threads;
        this.registrar = registrar;
        this.clients = clients;
        this.lookInterval = settings.interval().multipliedBy(LOOK_EVERY);
        this.instance = instance;
    }

    /** Completes when the instance is not registered any more and nothing more is done about it. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    boolean closed() {
        return closed;
    }

    @Override
    public boolean registered() {
        return registered && !closed;
    }

    @Override
    public void update(ServiceInstance changed) {
        threads.execute(() -> {
            instance = changed;
            outdated = true;
            step();
        });
    }

    @Override
    public void close() {
        closed = true;
        threads.execute(this::step);
    }

    /** Ends like a process that is killed. */
    void abandon() {
        abandoned = true;
        gone.complete(null);
    }

    void step() {
        if (busy || abandoned || gone.isDone()) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (closed) {
            remove();
        } else if (outdated) {
            write();
        } else {
            timer = threads.after(threads.between(lookInterval, 0.8, 1), this::look);
        }
    }

    private void again(Duration pause) {
        timer = threads.after(pause, this::step);
    }

    private void write() {
        outdated = false;
        busy = true;
        ServiceInstance record = instance;
        threads.inOrder(
                () -> {
                    registrar.register(record);
                    return true;
                },
                (done, failure) -> {
                    busy = false;
                    written = true;
                    if (failure == null) {
                        held();
                        step();
                    } else {
                        outdated = true;
                        failed(failure);
                    }
                });
    }

    private void held() {
        registered = true;
        missed = 0;
        if (failures > 0) {
            failures = 0;
            logger.info("{} is registered with Spring Cloud again", instance.id());
        }
    }

    private void failed(Throwable failure) {
        registered = false;
        if (failures == 0) {
            logger.warn(
                    "{} is not registered with Spring Cloud at present, trying again: {}",
                    instance.id(),
                    failure instanceof DiscoveryException ? failure.getMessage() : failure.toString());
        }
        Duration longer = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, 10));
        Duration pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        again(closed ? Duration.ZERO : threads.between(pause, 0.5, 1));
    }

    /** Clients keep what they registered, but not all of them notice that somebody else removed it. */
    private void look() {
        busy = true;
        threads.ask(() -> listed(), (listed, failure) -> {
            busy = false;
            if (listed != null && seen && !listed.contains(instance.id())) {
                missed++;
            } else if (listed != null) {
                seen |= listed.contains(instance.id());
                missed = 0;
            }
            if (missed == 2) {
                logger.info("Spring Cloud's registry does not list {} any more: registering it again", instance.id());
                registered = false;
                outdated = true;
                missed = 0;
            }
            step();
        });
    }

    private Set<String> listed() {
        return clients.instances(instance.service()).stream()
                .map(entry -> entry.getMetadata())
                .map(metadata -> metadata == null ? "" : metadata.getOrDefault(Vocabulary.ID, ""))
                .collect(Collectors.toSet());
    }

    private void remove() {
        registered = false;
        if (!written) {
            gone.complete(null);
            return;
        }
        busy = true;
        ServiceInstance record = instance;
        threads.inOrder(
                () -> {
                    registrar.deregister(record);
                    return true;
                },
                (done, failure) -> {
                    busy = false;
                    if (failure == null) {
                        gone.complete(null);
                    } else if (++removals < ATTEMPTS_TO_REMOVE) {
                        again(FIRST_PAUSE);
                    } else {
                        logger.warn(
                                "{} could not be deregistered from Spring Cloud; its registry will find out: {}",
                                record.id(),
                                failure.toString());
                        gone.complete(null);
                    }
                });
    }
}
