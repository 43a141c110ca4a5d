/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP connection to an agent that a test can cut, and mend: a port that hands everything on, until it does not. */
final class Wire implements AutoCloseable {

    /** What becomes of bytes. */
    enum State {
        CONNECTED,
        /** Connections are reset, and new ones too. */
        CUT,
        /** Connections stand and nothing arrives, like behind a dead router. */
        SILENT
    }

    private final int target;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile State state = State.CONNECTED;

    Wire(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        daemon(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    void set(State next) {
        state = next;
        if (next != State.SILENT) {
            // What was silent has lost bytes: such a connection is of no use any more.
            sockets.forEach(Wire::reset);
            sockets.clear();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (state == State.CUT) {
                    reset(client);
                    continue;
                }
                Socket agent = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(agent);
                daemon(() -> pump(client, agent));
                daemon(() -> pump(agent, client));
            } catch (IOException ignored) {
                // The agent is down, or the test is over.
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16_384];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (state == State.CONNECTED) {
                    out.write(buffer, 0, n);
                }
            }
        } catch (IOException ignored) {
            // Reset by either side, or by the test.
        }
        if (state != State.SILENT) {
            reset(from);
            reset(to);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException ignored) {
            // It is closed.
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException ignored) {
            // It is closed.
        }
        set(State.CUT);
    }
}
