/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.discovery.store.PrivateDirectory;
import io.clusterrpc.discovery.store.RecordFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The directory of one namespace and the names of the files in it:
 *
 * <pre>
 * HUB.hub       a JVM, and where it listens; written when it already does, so refusing means dead
 * HUB.s         its Unix domain socket
 * HUB-N.reg     an instance that it offers
 * HUB-N.gone    an instance that it withdrew, kept for a minute
 * </pre>
 *
 * Stateless besides the path; several processes work in the directory at once, and each call copes with files that disappear.
 */
record MeetingPoint(Path base, Path directory) {

    /** What stands in the directory: hubs and registrations by file name without suffix. */
    record Listing(Map<String, Path> hubs, Map<String, Path> registrations, Set<String> withdrawn) {

        int size() {
            return hubs.size() + registrations.size() + withdrawn.size();
        }
    }

    private static final String HUB = ".hub";
    private static final String SOCKET = ".s";
    private static final String REGISTRATION = ".reg";
    private static final String WITHDRAWN = ".gone";
    private static final Duration LEFTOVER_AGE = Duration.ofMinutes(1);

    /** Takes an absolute path once and for all: it stands in files that processes with other working directories read. */
    static MeetingPoint of(Path base, String namespace) {
        Path absolute = base.toAbsolutePath().normalize();
        return new MeetingPoint(absolute, absolute.resolve(namespace));
    }

    /** The hub that a registration belongs to. */
    static String hubOf(String registration) {
        int hyphen = registration.lastIndexOf('-');
        return hyphen < 0 ? registration : registration.substring(0, hyphen);
    }

    void prepare() throws IOException {
        PrivateDirectory.prepare(base);
        PrivateDirectory.prepare(directory);
    }

    Path hub(String hub) {
        return directory.resolve(hub + HUB);
    }

    Path socket(String hub) {
        return directory.resolve(hub + SOCKET);
    }

    Path registration(String name) {
        return directory.resolve(name + REGISTRATION);
    }

    Path withdrawn(String name) {
        return directory.resolve(name + WITHDRAWN);
    }

    Listing list() throws IOException {
        Map<String, Path> hubs = new HashMap<>();
        Map<String, Path> registrations = new HashMap<>();
        Set<String> withdrawn = new HashSet<>();
        for (Path file : files()) {
            String name = String.valueOf(file.getFileName());
            if (name.startsWith(".")) {
                continue;
            }
            if (name.endsWith(HUB)) {
                hubs.put(stem(name, HUB), file);
            } else if (name.endsWith(REGISTRATION)) {
                registrations.put(stem(name, REGISTRATION), file);
            } else if (name.endsWith(WITHDRAWN)) {
                withdrawn.add(stem(name, WITHDRAWN));
            }
        }
        return new Listing(hubs, registrations, withdrawn);
    }

    /** Turns a registration into the note that it was withdrawn; needs no space on the disk. */
    void withdraw(String name) throws IOException {
        try {
            Files.move(registration(name), withdrawn(name));
        } catch (NoSuchFileException ignored) {
            // Never written, or removed behind our back: nobody can see it any more.
        }
    }

    /** Removes everything of a hub: what names it first, what proves its death last, should the remover die in between. */
    void remove(String hub) throws IOException {
        for (Path file : files()) {
            if (hubOf(String.valueOf(file.getFileName())).equals(hub)) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(socket(hub));
        Files.deleteIfExists(hub(hub));
    }

    /** Removes what is old and belongs to no hub: left by processes that died half-way through starting or writing. */
    void sweep(Set<String> hubs, Instant now) throws IOException {
        Instant before = now.minus(LEFTOVER_AGE);
        RecordFile.sweep(directory, before);
        for (Path file : files()) {
            String name = String.valueOf(file.getFileName());
            boolean ours = name.endsWith(SOCKET) || name.endsWith(REGISTRATION) || name.endsWith(WITHDRAWN);
            String hub = hubOf(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
            if (ours && !hubs.contains(hub) && olderThan(file, before)) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Removes the directory if nobody is in it any more. */
    void removeIfEmpty() throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException ignored) {
            // Others still meet here.
        }
    }

    private List<Path> files() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                found.add(file);
            }
        } catch (DirectoryIteratorException ex) {
            throw ex.getCause();
        }
        return found;
    }

    private static boolean olderThan(Path file, Instant before) throws IOException {
        try {
            FileTime written = Files.getLastModifiedTime(file);
            return written.toInstant().isBefore(before);
        } catch (NoSuchFileException ex) {
            return false;
        }
    }

    private static String stem(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }
}
