/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs({OS.LINUX, OS.MAC})
class PrivateDirectoryTests {

    @TempDir
    private Path temporary;

    @Test
    void createsItForTheOwnerOnly() throws IOException {
        Path directory = temporary.resolve("a/b");
        PrivateDirectory.prepare(directory);
        PrivateDirectory.prepare(directory);
        assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwxrwx", "rwxr-xr-x", "rwx--x---", "rwx---r--"})
    void refusesWhatIsOpenToOthers(String permissions) throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("open"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
        assertThatIOException()
                .isThrownBy(() -> PrivateDirectory.prepare(directory))
                .withMessage(directory + " is open to others: " + permissions + " (expected: rwx------; chmod 700 "
                        + directory + ")");
    }

    @Test
    void refusesWhatBelongsToAnother() throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("theirs"));
        give(directory);
        assertThatIOException()
                .isThrownBy(() -> PrivateDirectory.prepare(directory))
                .withMessageStartingWith(directory + " belongs to nobody (expected: ");
    }

    @Test
    void refusesALinkThatLeadsToAnothersDirectory() throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("theirs"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), directory);
        PrivateDirectory.prepare(Files.createDirectory(
                temporary.resolve("mine"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
        give(directory);
        assertThatIOException()
                .isThrownBy(() -> PrivateDirectory.prepare(link))
                .withMessageContaining("belongs to nobody");
    }

    @Test
    void refusesAFileAndWhatCannotBeCreated() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        assertThatIOException()
                .isThrownBy(() -> PrivateDirectory.prepare(file))
                .withMessage(file + " is a file (expected: a directory)");
        assertThatIOException()
                .isThrownBy(() -> PrivateDirectory.prepare(file.resolve("below")))
                .withMessageStartingWith(file.resolve("below") + " cannot be created: ");
    }

    @Test
    void placeOfAUserIsBelowTheTemporaryDirectory() {
        assertThat(PrivateDirectory.ofUser("-x"))
                .isEqualTo(
                        Path.of(System.getProperty("java.io.tmpdir"), "rpc-" + System.getProperty("user.name") + "-x"));
    }

    /** Only root can do that. */
    private static void give(Path directory) {
        try {
            UserPrincipal nobody =
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
            Files.setOwner(directory, nobody);
        } catch (IOException ex) {
            Assumptions.abort("needs the right to give files away: " + ex);
        }
    }
}
