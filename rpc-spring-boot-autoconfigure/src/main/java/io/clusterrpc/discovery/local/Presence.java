/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.store.MalformedRecordException;
import io.clusterrpc.discovery.store.RecordFile;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What others see of this process: its socket and its files, put back whenever they are missing. Owned by the hub's thread.
 *
 * <p>The order keeps anybody from taking a starting process for a dead one: first it listens, then it says so, then it lists
 * instances.
 */
final class Presence {

    private static final Logger logger = LoggerFactory.getLogger(Presence.class);
    private static final long REMEMBER_WITHDRAWN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int TRIES = 3;

    private final String name;
    private final MeetingPoint place;
    private final Links links;
    private final LongSupplier nanoTime;
    private final Map<String, OwnRegistration> registrations = new LinkedHashMap<>();
    private final Set<String> toWithdraw = new LinkedHashSet<>();
    private final Map<String, Long> withdrawn = new HashMap<>();
    private boolean unixSockets;
    private @Nullable String endpoint;
    private boolean failing;

    Presence(String name, MeetingPoint place, boolean unixSockets, Links links, LongSupplier nanoTime) {
        this.name = name;
        this.place = place;
        this.unixSockets = unixSockets;
        this.links = links;
        this.nanoTime = nanoTime;
    }

    static Endpoint endpoint(Path hubFile) throws IOException {
        String text = RecordFile.read(hubFile).get("endpoint");
        Endpoint endpoint = Endpoint.parse(text);
        if (endpoint == null) {
            throw new MalformedRecordException("endpoint: " + text);
        }
        return endpoint;
    }

    void add(OwnRegistration registration) {
        registrations.put(registration.name(), registration);
    }

    void withdraw(OwnRegistration registration) {
        if (registrations.remove(registration.name()) != null) {
            registration.written(null);
            toWithdraw.add(registration.name());
        }
    }

    Collection<OwnRegistration> registrations() {
        return registrations.values();
    }

    /**
     * Sees to it that others find this process, and returns what stands in the directory. What cannot be written, on a full disk
     * for example, is logged once and tried again the next time.
     *
     * @throws IOException if the directory cannot be read
     */
    MeetingPoint.Listing appear() throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return tryAppear();
            } catch (IOException ex) {
                // The last one to leave may have removed the directory under our feet.
                if (tries == TRIES || Files.isDirectory(place.directory())) {
                    registrations.values().forEach(registration -> registration.written(null));
                    throw ex;
                }
            }
        }
    }

    private MeetingPoint.Listing tryAppear() throws IOException {
        place.prepare();
        MeetingPoint.Listing listing = place.list();
        try {
            // Withdrawing comes first: it works on a full disk as well.
            boolean changed = withdraw();
            changed |= listen(listing);
            changed |= write(listing);
            if (changed) {
                links.announce();
            }
            if (failing) {
                logger.info("Registered again in {}", place.directory());
            }
            failing = false;
        } catch (IOException ex) {
            if (!Files.isDirectory(place.directory())) {
                throw ex;
            }
            if (!failing) {
                logger.warn(
                        "Other processes do not find the instances of this one, because {} cannot be written ({}); make room,"
                                + " or point {} elsewhere. Trying again every second",
                        place.directory(),
                        ex,
                        LocalDiscovery.DIRECTORY_PROPERTY);
            }
            failing = true;
        }
        return listing;
    }

    private boolean listen(MeetingPoint.Listing listing) throws IOException {
        boolean socketGone = unixSockets && !Files.exists(place.socket(name));
        if (links.isListening() && !socketGone && listing.hubs().containsKey(name)) {
            return false;
        }
        if (!links.isListening() || socketGone) {
            open();
        }
        RecordFile.write(place.hub(name), describe());
        return true;
    }

    private void open() throws IOException {
        if (unixSockets && !Endpoint.fits(place.socket(name))) {
            logger.info(
                    "{} is too long for a Unix domain socket (at most {} bytes), using TCP on loopback instead; a shorter {} avoids"
                            + " that",
                    place.socket(name),
                    Endpoint.LONGEST_PATH,
                    LocalDiscovery.DIRECTORY_PROPERTY);
            unixSockets = false;
        }
        ServerSocketChannel server;
        try {
            server = unixSockets ? Endpoint.listenUnix(place.socket(name)) : Endpoint.listenTcp();
        } catch (UnsupportedOperationException ex) {
            logger.info("No Unix domain sockets here, using TCP on loopback instead");
            unixSockets = false;
            server = Endpoint.listenTcp();
        }
        endpoint = Endpoint.format(server);
        links.listen(server);
    }

    private Map<String, String> describe() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("schema", String.valueOf(ServiceInstance.SCHEMA));
        entries.put("pid", String.valueOf(ProcessHandle.current().pid()));
        entries.put("endpoint", String.valueOf(endpoint));
        return entries;
    }

    private boolean write(MeetingPoint.Listing listing) throws IOException {
        boolean changed = false;
        for (OwnRegistration registration : registrations.values()) {
            ServiceInstance instance = registration.instance();
            if (registration.isWritten(instance) && listing.registrations().containsKey(registration.name())) {
                continue;
            }
            registration.written(null);
            RegistrationFiles.write(place.registration(registration.name()), instance);
            registration.written(instance);
            changed = true;
        }
        return changed;
    }

    private boolean withdraw() throws IOException {
        boolean changed = !toWithdraw.isEmpty();
        long now = nanoTime.getAsLong();
        for (String registration : Set.copyOf(toWithdraw)) {
            place.withdraw(registration);
            toWithdraw.remove(registration);
            withdrawn.put(registration, now);
        }
        for (Map.Entry<String, Long> note : Map.copyOf(withdrawn).entrySet()) {
            if (now - note.getValue() > REMEMBER_WITHDRAWN_NANOS) {
                Files.deleteIfExists(place.withdrawn(note.getKey()));
                withdrawn.remove(note.getKey());
            }
        }
        return changed;
    }

    /** Withdraws everything, says so, and only then hangs up and removes the notes: others see a leave, not a death. */
    void leave() throws IOException {
        registrations.values().forEach(registration -> {
            registration.written(null);
            toWithdraw.add(registration.name());
        });
        registrations.clear();
        withdraw();
        links.announce();
        Files.deleteIfExists(place.hub(name));
        Files.deleteIfExists(place.socket(name));
        links.closeAll();
        place.remove(name);
        place.removeIfEmpty();
    }
}
