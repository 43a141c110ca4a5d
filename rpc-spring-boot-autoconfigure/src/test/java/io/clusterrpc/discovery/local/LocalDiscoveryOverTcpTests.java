/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.discovery.store.RecordFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same, as it is where Unix domain sockets are missing. */
class LocalDiscoveryOverTcpTests extends LocalDiscoveryTests {

    @Override
    boolean unixSockets() {
        return false;
    }

    @Test
    void portTakenOverByAHubOfAnotherNameIsADeath(@TempDir Path other) throws IOException {
        try (LocalDiscovery stranger = new LocalDiscovery(other, "test", new Surroundings(false), false)) {
            stranger.watch(service, new Seen());
            eventually().until(() -> hubFile(other) != null);
            Path stale = stale(RecordFile.read(hubFile(other)).get("endpoint"));
            Seen seen = new Seen();
            opened().watch(service, seen);
            eventually().until(() -> !Files.exists(stale));
            eventually().until(seen::told);
            assertThat(seen.ids()).isEmpty();
        }
    }

    @Test
    void portTakenOverByASilentServerIsADeathOnceTheProcessIsGone() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
            Path stale = stale("tcp:127.0.0.1:" + silent.getLocalPort());
            opened().watch(service, new Seen());
            eventually().until(() -> !Files.exists(stale));
        }
    }

    private Path stale(String endpoint) throws IOException {
        Path place = Files.createDirectory(
                meetingPoint(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path stale = place.resolve("99999999_dead.hub");
        RecordFile.write(stale, Map.of("schema", "1", "endpoint", endpoint));
        return stale;
    }

    private static Path hubFile(Path base) {
        String[] names =
                base.resolve("test").toFile().list((dir, name) -> name.endsWith(".hub") && !name.startsWith("."));
        return names == null || names.length == 0 ? null : base.resolve("test").resolve(names[0]);
    }
}
