/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.discovery.DiscoveryException;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into the directory: finds out which hubs are alive, cleans up behind the dead, and tells the watches what is new. Owned by
 * the hub's thread.
 */
final class Lookout {

    private static final Logger logger = LoggerFactory.getLogger(Lookout.class);
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long SWEEP_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final MeetingPoint place;
    private final Selector selector;
    private final Links links;
    private final Watches watches;
    private final Presence presence;
    private final RegistrationFiles files;
    private final Census census;
    private final String name;
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final Set<String> dead = new HashSet<>();
    private @Nullable Long lastSweep;
    private boolean failing;

    Lookout(
            String name,
            MeetingPoint place,
            boolean unixSockets,
            Selector selector,
            Watches watches,
            LongSupplier nanoTime,
            InstantSource clock) {
        this.name = name;
        this.place = place;
        this.selector = selector;
        this.watches = watches;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.links = new Links(name, selector, nanoTime, this::bury);
        this.presence = new Presence(name, place, unixSockets, links, nanoTime);
        this.files = new RegistrationFiles(clock);
        this.census = new Census(name, files::read);
    }

    boolean await(long waitMillis) throws IOException {
        return links.select(waitMillis);
    }

    void announce(OwnRegistration registration) {
        presence.add(registration);
    }

    void withdraw(OwnRegistration registration) {
        presence.withdraw(registration);
    }

    /**
     * One look. Never throws: what cannot be read or written is told, logged once, and tried again with the next look.
     *
     * @return how many files there were
     */
    int look() {
        int entries = 0;
        Set<String> left;
        DiscoveryException problem = null;
        links.acceptAgain();
        try {
            MeetingPoint.Listing listing = presence.appear();
            entries = listing.size();
            Set<String> present = meet(listing);
            files.forgetAllBut(new HashSet<>(listing.registrations().values()));
            left = census.update(listing, present, presence.registrations());
            sweep(listing);
            failing = false;
        } catch (IOException ex) {
            left = census.updateOwn(presence.registrations());
            problem = new DiscoveryException(
                    "local discovery cannot use " + place.directory() + " (" + ex + "); put it right, or point "
                            + LocalDiscovery.DIRECTORY_PROPERTY + " elsewhere",
                    ex);
            if (!failing) {
                logger.warn(problem.getMessage());
            }
            failing = true;
        }
        watches.tell(census, left, problem);
        // Only now: whoever waits to hear of a death should not have to wait for the cleaning.
        for (String hub : dead) {
            bury(hub);
        }
        dead.clear();
        return entries;
    }

    /** Connects to hubs not yet connected to; returns those that are alive or at least not surely dead. */
    private Set<String> meet(MeetingPoint.Listing listing) {
        List<String> silent = links.closeSilent(SILENCE_NANOS);
        Set<String> present = links.hubs();
        present.add(name);
        for (String hub : silent) {
            (processExists(hub) ? present : dead).add(hub);
        }
        for (Map.Entry<String, Path> entry : listing.hubs().entrySet()) {
            String hub = entry.getKey();
            if (!present.contains(hub) && Files.exists(entry.getValue()) && meet(hub, entry.getValue())) {
                present.add(hub);
            }
        }
        return present;
    }

    private boolean meet(String hub, Path file) {
        try {
            Endpoint endpoint = Presence.endpoint(file);
            Endpoint.Attempt attempt = endpoint.connect();
            SocketChannel channel = attempt.channel();
            if (channel != null) {
                links.add(channel, hub, endpoint instanceof Endpoint.Unix);
            } else if (attempt.dead()) {
                dead.add(hub);
            }
            return !attempt.dead();
        } catch (IOException ex) {
            logger.debug("Whether {} is alive cannot be told now", hub, ex);
            return Files.exists(file);
        }
    }

    private void bury(String hub) {
        logger.debug("Removing what the dead process {} left in {}", hub, place.directory());
        try {
            place.remove(hub);
        } catch (IOException ex) {
            logger.debug("Could not remove the files of {}, trying again later", hub, ex);
        }
    }

    private static boolean processExists(String hub) {
        try {
            return ProcessHandle.of(Long.parseLong(hub.substring(0, Math.max(0, hub.indexOf('_')))))
                    .isPresent();
        } catch (NumberFormatException ex) {
            return false;
        }
    }

    private void sweep(MeetingPoint.Listing listing) {
        long now = nanoTime.getAsLong();
        if (lastSweep == null || now - lastSweep >= SWEEP_EVERY_NANOS) {
            lastSweep = now;
            Set<String> hubs = new HashSet<>(listing.hubs().keySet());
            hubs.addAll(links.hubs());
            try {
                place.sweep(hubs, clock.instant());
            } catch (IOException ex) {
                logger.debug("Not everything in {} could be cleaned up", place.directory(), ex);
            }
        }
    }

    /** Withdraws everything and leaves the directory as if we had never been there. */
    void leave() {
        try {
            presence.leave();
        } catch (IOException ex) {
            logger.debug("Could not clean up in {}; others will", place.directory(), ex);
        }
    }

    /**
     * Gives up without withdrawing: others bury this hub, and it cleans up what it can itself.
     *
     * @return what was registered and is no longer
     */
    Collection<OwnRegistration> suspend(DiscoveryException problem) {
        Collection<OwnRegistration> registrations = List.copyOf(presence.registrations());
        registrations.forEach(registration -> registration.written(null));
        links.closeAll();
        bury(name);
        watches.tell(census, Set.of(), problem);
        return registrations;
    }

    void close() {
        links.closeAll();
        try {
            selector.close();
        } catch (IOException ex) {
            logger.debug("Closing a selector failed", ex);
        }
    }
}
