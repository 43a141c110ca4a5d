/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of a hub and the socket it listens on. Owned by the hub's thread. */
final class Links {

    /** Takes the next connection, if any; tests fail here. */
    @FunctionalInterface
    interface Acceptor {

        @Nullable
        SocketChannel accept(ServerSocketChannel server) throws IOException;
    }

    private static final Logger logger = LoggerFactory.getLogger(Links.class);

    private final String self;
    private final Selector selector;
    private final LongSupplier nanoTime;
    private final Consumer<String> onImpostor;
    private final Acceptor acceptor;
    private final Set<Link> links = new HashSet<>();
    private @Nullable ServerSocketChannel server;

    /** @param onImpostor told the name of a hub whose TCP port now belongs to somebody else */
    Links(String self, Selector selector, LongSupplier nanoTime, Consumer<String> onImpostor) {
        this(self, selector, nanoTime, onImpostor, ServerSocketChannel::accept);
    }

    Links(String self, Selector selector, LongSupplier nanoTime, Consumer<String> onImpostor, Acceptor acceptor) {
        this.acceptor = acceptor;
        this.self = self;
        this.selector = selector;
        this.nanoTime = nanoTime;
        this.onImpostor = onImpostor;
    }

    /** Takes a new listening socket in place of the old one. */
    void listen(ServerSocketChannel next) throws IOException {
        closeServer();
        server = next;
        next.configureBlocking(false);
        next.register(selector, SelectionKey.OP_ACCEPT);
    }

    boolean isListening() {
        return server != null;
    }

    void closeServer() {
        if (server != null) {
            try {
                server.close();
            } catch (IOException ex) {
                logger.debug("Closing a socket failed", ex);
            }
            server = null;
        }
    }

    void add(SocketChannel channel, @Nullable String expected, boolean trusted) throws IOException {
        Link link = new Link(channel, expected, trusted, nanoTime.getAsLong());
        try {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, link);
        } catch (IOException ex) {
            link.close();
            throw ex;
        }
        links.add(link);
        link.greet(self);
    }

    /**
     * Waits for something to arrive, and takes it.
     *
     * @param waitMillis 0 not to wait
     * @return whether anything says that it is time to look into the directory
     */
    boolean select(long waitMillis) throws IOException {
        if (waitMillis <= 0) {
            selector.selectNow();
        } else {
            selector.select(waitMillis);
        }
        boolean news = false;
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.attachment() instanceof Link link) {
                news |= read(link);
            } else {
                accept();
            }
        }
        selector.selectedKeys().clear();
        return news;
    }

    private boolean read(Link link) {
        // A greeting is news as well: it may come from a hub that we do not know yet.
        boolean[] news = {false};
        if (!link.read(message -> news[0] = true)) {
            String expected = link.expected();
            if (link.isImpostor() && expected != null) {
                onImpostor.accept(expected);
            }
            close(link);
            return true;
        }
        return news[0];
    }

    private void accept() {
        try {
            while (server != null) {
                SocketChannel channel = acceptor.accept(server);
                if (channel == null) {
                    return;
                }
                add(channel, null, server.getLocalAddress() instanceof UnixDomainSocketAddress);
            }
        } catch (IOException ex) {
            // Out of file descriptors, say. The connection stays in the queue: asked at once again, we would never
            // rest.
            logger.debug("A connection could not be accepted, trying again later", ex);
            interest(0);
        }
    }

    /** Accepts connections again after that failed. */
    void acceptAgain() {
        interest(SelectionKey.OP_ACCEPT);
    }

    private void interest(int operations) {
        SelectionKey key = server == null ? null : server.keyFor(selector);
        if (key != null && key.isValid()) {
            key.interestOps(operations);
        }
    }

    /** The hubs that a connection proves to be alive. */
    Set<String> hubs() {
        Set<String> hubs = new HashSet<>();
        for (Link link : links) {
            String hub = link.hub();
            if (hub != null) {
                hubs.add(hub);
            }
        }
        return hubs;
    }

    /** Gives up connections to TCP ports where nobody said that it is a hub, and names the hubs expected there. */
    List<String> closeSilent(long patienceNanos) {
        List<String> silent = new ArrayList<>();
        long now = nanoTime.getAsLong();
        for (Link link : List.copyOf(links)) {
            String expected = link.expected();
            if (expected != null && link.isSilent(now, patienceNanos)) {
                silent.add(expected);
                close(link);
            }
        }
        return silent;
    }

    void announce() {
        for (Link link : links) {
            link.send(Link.CHANGED);
        }
    }

    private void close(Link link) {
        links.remove(link);
        link.close();
    }

    /** Closes everything; the selector stays open. */
    void closeAll() {
        closeServer();
        List.copyOf(links).forEach(this::close);
    }
}
