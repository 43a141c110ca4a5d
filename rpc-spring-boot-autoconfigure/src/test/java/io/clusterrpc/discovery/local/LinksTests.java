/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LinksTests {

    @Test
    void connectionThatCannotBeAcceptedIsNotTriedAgainBeforeTheNextLook() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        Links.Acceptor failing = server -> {
            tries.incrementAndGet();
            throw new IOException("Too many open files");
        };
        try (Selector selector = Selector.open();
                ServerSocketChannel server = Endpoint.listenTcp();
                SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
            assertThat(client.isConnected()).isTrue();
            Links links = new Links("1_a", selector, () -> 0, hub -> {}, failing);
            links.listen(server);
            links.select(10_000);
            assertThat(tries).hasValue(1);
            links.select(0);
            links.select(50);
            assertThat(tries).hasValue(1);
            links.acceptAgain();
            links.select(10_000);
            assertThat(tries).hasValue(2);
            links.closeAll();
        }
    }
}
