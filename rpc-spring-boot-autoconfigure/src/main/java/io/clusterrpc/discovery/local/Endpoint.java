/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a hub listens: a Unix domain socket, or a TCP port on the loopback address. */
sealed interface Endpoint {

    /** The kernel's limit is 108 bytes on Linux and 104 on macOS, with the terminating zero. */
    int LONGEST_PATH = 103;

    int BACKLOG = 256;

    record Unix(Path path) implements Endpoint {}

    record Tcp(int port) implements Endpoint {}

    /** How connecting went. A null channel with {@code dead == false} says that nobody can tell. */
    record Attempt(@Nullable SocketChannel channel, boolean dead) {}

    static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_PATH;
    }

    static ServerSocketChannel listenUnix(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            return server;
        } catch (IOException | RuntimeException ex) {
            server.close();
            throw ex;
        }
    }

    static ServerSocketChannel listenTcp() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            return server;
        } catch (IOException | RuntimeException ex) {
            server.close();
            throw ex;
        }
    }

    static @Nullable Endpoint parse(@Nullable String text) {
        if (text != null && text.startsWith("unix:")) {
            return new Unix(Path.of(text.substring("unix:".length())));
        }
        if (text != null && text.matches("tcp:[1-9][0-9]{0,4}")) {
            return new Tcp(Integer.parseInt(text.substring("tcp:".length())));
        }
        return null;
    }

    static String format(ServerSocketChannel server) throws IOException {
        SocketAddress address = server.getLocalAddress();
        return address instanceof InetSocketAddress tcp
                ? "tcp:" + tcp.getPort()
                : "unix:" + ((UnixDomainSocketAddress) address).getPath();
    }

    /** Connects without waiting for the other side: that the kernel accepted is all that matters. */
    default Attempt connect() {
        try {
            if (this instanceof Unix unix) {
                return new Attempt(connectUnix(unix.path()), false);
            }
            return new Attempt(connectTcp(((Tcp) this).port()), false);
        } catch (IOException | UnsupportedOperationException ex) {
            return new Attempt(null, provesDeath(ex));
        }
    }

    /**
     * What a failure to connect says. The text of an exception is in the language of the machine, so only its type counts: a frozen
     * process accepts (Unix: until its backlog is full, then {@code connect} returns {@code false}; TCP: then it times out).
     */
    default boolean provesDeath(Exception failure) {
        return failure instanceof ConnectException || (this instanceof Unix unix && !Files.exists(unix.path()));
    }

    private static @Nullable SocketChannel connectUnix(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            if (channel.connect(UnixDomainSocketAddress.of(path))) {
                return channel;
            }
            channel.close();
            return null;
        } catch (IOException | RuntimeException ex) {
            channel.close();
            throw ex;
        }
    }

    private static SocketChannel connectTcp(int port) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            channel.configureBlocking(false);
            return channel;
        } catch (IOException | RuntimeException ex) {
            channel.close();
            throw ex;
        }
    }
}
