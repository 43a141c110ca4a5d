/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A server that speaks HTTP/2 frame by frame, so that it can do what no well-behaved server can be made to do. */
final class FrameServer implements AutoCloseable {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int PREFACE = 24;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int MAX_CONCURRENT_STREAMS = 3;

    static final int NO_ERROR = 0;
    static final int INTERNAL_ERROR = 2;
    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;
    static final int ENHANCE_YOUR_CALM = 11;

    final AtomicInteger streams = new AtomicInteger();
    final Collection<Connection> connections = new ConcurrentLinkedQueue<>();
    private final ServerSocket server;
    private final int maxStreams;

    /** What it does when the headers of a stream came. */
    volatile BiConsumer<Connection, Integer> onStream = (connection, stream) -> {};

    FrameServer() throws IOException {
        this(Integer.MAX_VALUE);
    }

    FrameServer(int maxStreams) throws IOException {
        this.maxStreams = maxStreams;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    ServiceInstance instance(String id) {
        return ServiceInstance.builder("orders", id, "127.0.0.1", server.getLocalPort())
                .build();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "frame-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Connection connection = new Connection(server.accept());
                connections.add(connection);
                daemon(connection::run);
            } catch (IOException e) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Connection connection : connections) {
            connection.close();
        }
    }

    /** One connection. */
    final class Connection {

        private final Socket socket;

        Connection(Socket socket) {
            this.socket = socket;
        }

        private void run() {
            try (socket) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                in.skipNBytes(PREFACE);
                ByteArrayOutputStream settings = new ByteArrayOutputStream();
                settings.writeBytes(new byte[] {0, MAX_CONCURRENT_STREAMS});
                settings.writeBytes(number(maxStreams));
                write(SETTINGS, 0, 0, settings.toByteArray());
                while (true) {
                    int lengthAndType = in.readInt();
                    int flags = in.readUnsignedByte();
                    int stream = in.readInt();
                    byte[] payload = new byte[lengthAndType >>> 8];
                    in.readFully(payload);
                    switch (lengthAndType & 0xff) {
                        case HEADERS -> {
                            streams.incrementAndGet();
                            onStream.accept(this, stream);
                        }
                        case SETTINGS -> acknowledge(SETTINGS, flags, new byte[0]);
                        case PING -> acknowledge(PING, flags, payload);
                        default -> {}
                    }
                }
            } catch (IOException e) {
                // the client is gone, or the test is over
            }
        }

        private void acknowledge(int type, int flags, byte[] payload) {
            if ((flags & ACK) == 0) {
                write(type, ACK, 0, payload);
            }
        }

        private synchronized void write(int type, int flags, int stream, byte[] payload) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.write(payload.length >> 16);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
            frame.write(type);
            frame.write(flags);
            frame.writeBytes(number(stream));
            frame.writeBytes(payload);
            try {
                socket.getOutputStream().write(frame.toByteArray());
            } catch (IOException e) {
                // the client is gone
            }
        }

        void reset(int stream, int code) {
            write(RST_STREAM, 0, stream, number(code));
        }

        void goAway(int lastStream, int code) {
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            payload.writeBytes(number(lastStream));
            payload.writeBytes(number(code));
            payload.writeBytes("for the test".getBytes(StandardCharsets.US_ASCII));
            write(GOAWAY, 0, 0, payload.toByteArray());
        }

        /** Answers with nothing but trailers. */
        void trailers(int stream, String status, String message) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.write(0x88); // :status 200
            literal(block, "content-type", "application/grpc");
            literal(block, "grpc-status", status);
            literal(block, "grpc-message", message);
            write(HEADERS, END_STREAM | END_HEADERS, stream, block.toByteArray());
        }

        void headers(int stream) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.write(0x88); // :status 200
            literal(block, "content-type", "application/grpc");
            write(HEADERS, END_HEADERS, stream, block.toByteArray());
        }

        /** An empty message, after {@link #headers}. */
        void message(int stream) {
            write(DATA, 0, stream, new byte[5]);
        }

        /** The end of the stream with so much of an empty message, instead of trailers. */
        void endsWithout(int stream, int bytesOfMessage) {
            write(DATA, END_STREAM, stream, new byte[bytesOfMessage]);
        }

        void trailersWithoutStatus(int stream) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            literal(block, "some", "trailer");
            write(HEADERS, END_STREAM | END_HEADERS, stream, block.toByteArray());
        }

        /** Answers with an empty message. */
        void answer(int stream) {
            headers(stream);
            message(stream);
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            literal(block, "grpc-status", "0");
            write(HEADERS, END_STREAM | END_HEADERS, stream, block.toByteArray());
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // it is closed
            }
        }

        private static void literal(ByteArrayOutputStream block, String name, String value) {
            block.write(0);
            text(block, name);
            text(block, value);
        }

        private static void text(ByteArrayOutputStream block, String value) {
            block.write(value.length());
            block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static byte[] number(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }
}
