/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory that only its owner can look into, since what stands in it decides where calls go. Where the file system has no
 * POSIX permissions (Windows) the directory is taken as it is: the temporary directory there belongs to one user anyway.
 */
public final class PrivateDirectory {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private static final Path PROCESS = Path.of("/proc/self");
    private static final String NUMBER = "unix:uid";

    /** Of the user that this process runs as, which stays the same; {@code null} if the system does not tell. */
    private static final @Nullable Object SELF = number();

    private PrivateDirectory() {}

    /**
     * The place for the files of one user on this machine.
     *
     * @param suffix what sets several such places apart, may be empty
     * @return a directory below {@code java.io.tmpdir}, not yet created
     */
    public static Path ofUser(String suffix) {
        String user = System.getProperty("user.name", "unknown").replaceAll("[^A-Za-z0-9._-]", "_");
        return Path.of(System.getProperty("java.io.tmpdir"), "rpc-" + user + suffix);
    }

    /**
     * Creates the directory where it is missing and checks that nobody else can read or write it.
     *
     * @param directory which
     * @throws IOException if it cannot be created, is not writable, belongs to another user or is open to others; the message
     *     says what was found and what to do
     */
    public static void prepare(Path directory) throws IOException {
        boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!Files.isDirectory(directory)) {
            if (Files.exists(directory)) {
                throw new IOException(directory + " is a file (expected: a directory)");
            }
            create(directory, posix);
        }
        if (posix) {
            PosixFileAttributes found =
                    Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            check(directory, found, LinkOption.NOFOLLOW_LINKS);
            if (found.isSymbolicLink()) {
                check(directory, Files.readAttributes(directory, PosixFileAttributes.class));
            }
        }
        if (!Files.isWritable(directory)) {
            throw new IOException(directory + " is not writable");
        }
    }

    private static void create(Path directory, boolean posix) throws IOException {
        try {
            if (posix) {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } else {
                Files.createDirectories(directory);
            }
        } catch (IOException ex) {
            throw new IOException(directory + " cannot be created: " + ex, ex);
        }
    }

    private static void check(Path directory, PosixFileAttributes found, LinkOption... links) throws IOException {
        if (!belongsToSelf(directory, found, links)) {
            throw new IOException(directory + " belongs to " + found.owner().getName() + " (expected: " + self() + ")");
        }
        if (!found.isSymbolicLink() && !OWNER_ONLY.containsAll(found.permissions())) {
            throw new IOException(
                    directory + " is open to others: " + PosixFilePermissions.toString(found.permissions())
                            + " (expected: rwx------; chmod 700 " + directory + ")");
        }
    }

    /** By the number of the user where the system tells it: each look at a name reads the list of users. */
    private static boolean belongsToSelf(Path directory, PosixFileAttributes found, LinkOption... links)
            throws IOException {
        if (SELF != null) {
            return SELF.equals(Files.getAttribute(directory, NUMBER, links));
        }
        String self = self();
        return self.isEmpty() || found.owner().getName().equals(self);
    }

    private static @Nullable Object number() {
        try {
            return Files.exists(PROCESS) ? Files.getAttribute(PROCESS, NUMBER) : null;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException ex) {
            // No number to compare: the names are compared then, and what is wrong with those is told there.
            return null;
        }
    }

    /** The user that this process runs as: user.name is wrong where the user id has no name, as in some containers. */
    private static String self() throws IOException {
        if (Files.exists(PROCESS)) {
            return Files.getOwner(PROCESS).getName();
        }
        String name = System.getProperty("user.name", "");
        return name.equals("?") ? "" : name;
    }
}
