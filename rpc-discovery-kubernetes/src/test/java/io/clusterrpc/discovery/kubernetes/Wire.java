/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A line to a server that can be cut. Only the caller notices: the server's end stays open, and what it goes on to say is lost, until the
 * line is closed. fabric8's server would block one of its event loops for up to a minute when a connection with something left to
 * send is reset.
 */
final class Wire implements AutoCloseable {

    private final URI target;
    private final ServerSocket server;
    private final Set<Socket> callers = ConcurrentHashMap.newKeySet();
    private final Set<Socket> servers = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    Wire(String target) {
        this.target = URI.create(target);
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        daemon(this::accept);
    }

    String url() {
        return target.getScheme() + "://127.0.0.1:" + server.getLocalPort();
    }

    int connections() {
        return callers.size();
    }

    /** Resets what is connected; until repaired also whoever connects. */
    void cut() {
        cut = true;
        hangUp();
    }

    void hangUp() {
        callers.forEach(Wire::reset);
        callers.clear();
    }

    void repair() {
        cut = false;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                if (cut) {
                    reset(near);
                    continue;
                }
                int standard = target.getScheme().equals("https") ? 443 : 80;
                Socket far = new Socket(target.getHost(), target.getPort() < 0 ? standard : target.getPort());
                callers.add(near);
                servers.add(far);
                daemon(() -> ask(near, far));
                daemon(() -> answer(far, near));
            } catch (IOException ignored) {
                // The server is down, or the test is over.
            }
        }
    }

    private void ask(Socket near, Socket far) {
        try {
            near.getInputStream().transferTo(far.getOutputStream());
        } catch (IOException ignored) {
            // Reset by either side, or by the test.
        }
        reset(near);
        callers.remove(near);
    }

    private void answer(Socket far, Socket near) {
        byte[] buffer = new byte[8192];
        boolean heard = true;
        try {
            InputStream in = far.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                heard = heard && passes(near, buffer, count);
            }
        } catch (IOException ignored) {
            // Reset by the server, or by the test.
        }
        reset(near);
        reset(far);
        callers.remove(near);
        servers.remove(far);
    }

    private static boolean passes(Socket near, byte[] buffer, int count) {
        try {
            near.getOutputStream().write(buffer, 0, count);
            return true;
        } catch (IOException ignored) {
            return false; // Nobody listens any more.
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
        cut();
        servers.forEach(Wire::reset);
    }
}
