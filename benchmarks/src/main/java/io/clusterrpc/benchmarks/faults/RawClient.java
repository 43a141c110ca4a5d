/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client that writes HTTP/2 frames by hand, so that it can write wrong ones. For one thread. */
final class RawClient implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int CONTINUATION = 9;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** What every connection begins with. */
    void hello() throws IOException {
        write(PREFACE);
        write(frame(SETTINGS, 0, 0, new byte[0]));
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return frame(payload.length, type, flags, stream, payload);
    }

    /** A frame that may lie about its length. */
    static byte[] frame(int length, int type, int flags, int stream, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(length >> 16);
        frame.write(length >> 8);
        frame.write(length);
        frame.write(type);
        frame.write(flags);
        frame.writeBytes(number(stream));
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    static byte[] number(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    /** The headers of a call. */
    static byte[] headers(int stream, String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83); // :method POST
        block.write(0x86); // :scheme http
        literal(block, 0x44, path);
        literal(block, 0x41, "localhost");
        block.write(0x0f); // content-type, not indexed
        literal(block, 0x10, "application/grpc");
        literal(block, 0x40, "te");
        text(block, "trailers");
        return frame(HEADERS, 0x4, stream, block.toByteArray());
    }

    private static void literal(ByteArrayOutputStream block, int prefix, String value) {
        block.write(prefix);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String value) {
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] reset(int stream) {
        return frame(RST_STREAM, 0, stream, number(8));
    }

    /** Reads what there is without waiting. */
    void drain() throws IOException {
        InputStream in = socket.getInputStream();
        while (in.available() > 0) {
            in.skipNBytes(in.available());
        }
    }

    /** Whether the other side ends the connection within a time. */
    boolean endedWithin(int millis) throws IOException {
        socket.setSoTimeout(millis);
        byte[] buffer = new byte[8192];
        try {
            while (socket.getInputStream().read(buffer) >= 0) {
                continue;
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // a reset ends it, too
        }
    }

    /** Whether the other side ends a stream (trailers or a reset) or the whole connection within a time. */
    boolean streamEndsWithin(int stream, int millis) throws IOException {
        socket.setSoTimeout(millis);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        try {
            while (true) {
                int lengthAndType = in.readInt();
                int flags = in.readUnsignedByte();
                int id = in.readInt();
                in.skipNBytes(lengthAndType >>> 8);
                int type = lengthAndType & 0xff;
                if (id == stream && (type == RST_STREAM || (type == HEADERS && (flags & 0x1) != 0))) {
                    return true;
                }
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
