/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
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

    @Test
    void tcpEndpointNamesTheAddressThatItIsBoundTo() throws IOException {
        try (ServerSocketChannel server = Endpoint.listenTcp()) {
            InetSocketAddress bound = (InetSocketAddress) server.getLocalAddress();
            assertThat(bound.getAddress().getHostAddress()).isEqualTo("127.0.0.1");
            String text = Endpoint.format(server);
            assertThat(text).isEqualTo("tcp:127.0.0.1:" + bound.getPort());
            try (SocketChannel channel = Endpoint.parse(text).connect().channel()) {
                assertThat(channel.getRemoteAddress()).isEqualTo(bound);
            }
            server.close();
            assertThat(Endpoint.parse(text).connect()).isEqualTo(new Endpoint.Attempt(null, true));
        }
        assertThat(Endpoint.parse("tcp:[::1]:80")).isEqualTo(new Endpoint.Tcp(new InetSocketAddress("::1", 80)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tcp:80", "tcp:127.0.0.1:0", "tcp:127.0.0.1:65536", "tcp:10.0.0.1:80"})
    void everythingElseIsNoEndpoint(String text) {
        assertThat(Endpoint.parse(text)).isNull();
        assertThat(Endpoint.parse("unix:" + (char) 0)).isNull();
    }
}
