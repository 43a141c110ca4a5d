/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTests {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"Connection refused", "Connexion refus\u00e9e", "Verbindungsaufbau abgelehnt", ""})
    void refusalIsADeathInEveryLanguage(String text) throws IOException {
        Endpoint socket = new Endpoint.Unix(Files.createFile(directory.resolve("s")));
        assertThat(socket.provesDeath(new ConnectException(text))).isTrue();
        assertThat(socket.provesDeath(new IOException(text))).isFalse();
        assertThat(socket.provesDeath(new SocketTimeoutException(text))).isFalse();
    }

    @Test
    void socketWithoutAProcessIsDeadAndSoIsAMissingOne() throws IOException {
        Path path = directory.resolve("s");
        Endpoint.listenUnix(path).close();
        assertThat(path).exists();
        assertThat(new Endpoint.Unix(path).connect()).isEqualTo(new Endpoint.Attempt(null, true));
        Files.delete(path);
        assertThat(new Endpoint.Unix(path).connect()).isEqualTo(new Endpoint.Attempt(null, true));
    }

    @Test
    void fullBacklogOfAFrozenProcessIsNoDeath() throws IOException {
        Path path = directory.resolve("s");
        List<SocketChannel> connected = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path), 1);
            Endpoint.Attempt attempt = new Endpoint.Unix(path).connect();
            while (attempt.channel() != null && connected.size() < 10) {
                connected.add(attempt.channel());
                attempt = new Endpoint.Unix(path).connect();
            }
            assertThat(attempt).isEqualTo(new Endpoint.Attempt(null, false));
        } finally {
            for (SocketChannel channel : connected) {
                channel.close();
            }
        }
    }
}
