/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to another hub, in either direction. Both sides say who they are, then that something changed whenever it did; a
 * line that is not understood is ignored. Owned by the hub's thread.
 */
final class Link implements Closeable {

    static final String CHANGED = "changed";

    private static final String GREETING = "rpc-local 1 ";
    private static final int LONGEST_LINE = 256;

    private final SocketChannel channel;
    private final @Nullable String expected;
    private final boolean trusted;
    private final long openedNanos;
    private final StringBuilder line = new StringBuilder();
    private final ByteBuffer buffer = ByteBuffer.allocate(512);
    private @Nullable String greeted;

    /**
     * @param expected the hub behind the address that was connected to, {@code null} for an accepted connection
     * @param trusted whether only processes of this user can be at the other end; a TCP port may have been taken over
     */
    Link(SocketChannel channel, @Nullable String expected, boolean trusted, long nowNanos) {
        this.channel = channel;
        this.expected = expected;
        this.trusted = trusted;
        this.openedNanos = nowNanos;
    }

    void greet(String self) {
        send(GREETING + self);
    }

    /** Sends what the peer's buffer takes: a peer with a full buffer has enough reasons to look already. */
    void send(String message) {
        try {
            channel.write(ByteBuffer.wrap((message + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException ignored) {
            // The read side notices.
        }
    }

    /**
     * Reads what arrived.
     *
     * @return {@code false} if the connection is over
     */
    boolean read(Consumer<String> messages) {
        try {
            int count = channel.read(buffer);
            while (count > 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    accept((char) (buffer.get() & 0xff), messages);
                }
                buffer.clear();
                count = channel.read(buffer);
            }
            return count == 0 && !isImpostor();
        } catch (IOException ex) {
            return false;
        }
    }

    private void accept(char next, Consumer<String> messages) {
        if (next != '\n') {
            if (line.length() < LONGEST_LINE) {
                line.append(next);
            }
            return;
        }
        String message = line.toString();
        line.setLength(0);
        if (message.startsWith(GREETING)) {
            greeted = message.substring(GREETING.length());
        }
        messages.accept(message);
    }

    /** Somebody else answers at the hub's address. */
    boolean isImpostor() {
        return expected != null && greeted != null && !expected.equals(greeted);
    }

    /** The hub that this connection proves to be alive, if any. */
    @Nullable
    String hub() {
        if (expected == null && !trusted) {
            return null;
        }
        return greeted != null ? greeted : expected;
    }

    @Nullable
    String expected() {
        return expected;
    }

    /** Connected, but what answers at the port does not say that it is a hub. */
    boolean isSilent(long nowNanos, long patienceNanos) {
        return !trusted && expected != null && greeted == null && nowNanos - openedNanos > patienceNanos;
    }

    SocketChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is of no further use either way.
        }
    }
}
