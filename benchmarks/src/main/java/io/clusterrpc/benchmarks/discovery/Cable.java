/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The network to an agent, which can be cut: nothing arrives while connections stand. Writes down every HTTP request. Thread-safe. */
final class Cable implements AutoCloseable {

    private final ServerSocket listening;
    private final int target;
    private final Timeline timeline;
    private final Samples requests;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    Cable(int target, Timeline timeline, Path file) throws IOException {
        this.target = target;
        this.timeline = timeline;
        this.requests = new Samples(file, "micros", "request");
        this.listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        daemon("accept", this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    void cut() {
        cut = true;
    }

    /** Connections that lost bytes are of no use any more. */
    void mend() {
        cut = false;
        sockets.forEach(this::close);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket caller = listening.accept();
                sockets.add(caller);
                daemon("there", () -> connect(caller));
            } catch (IOException e) {
                // it is closed
            }
        }
    }

    private void connect(Socket caller) {
        try {
            Socket agent = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(agent);
            caller.setTcpNoDelay(true);
            agent.setTcpNoDelay(true);
            daemon("back", () -> copy(agent, caller, false));
            copy(caller, agent, true);
        } catch (IOException e) {
            close(caller);
        }
    }

    private void copy(Socket from, Socket to, boolean asks) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (asks) {
                    note(new String(buffer, 0, Math.min(read, 300), StandardCharsets.ISO_8859_1));
                }
                if (!cut) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // the end of both, below
        }
        if (!cut) {
            close(from);
            close(to);
        }
    }

    private void note(String text) {
        int end = text.indexOf(" HTTP/1.1\r\n");
        if (end > 0 && (text.startsWith("GET ") || text.startsWith("PUT "))) {
            requests.add(timeline.micros(), text.substring(0, end));
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, "cable-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut = false;
        sockets.forEach(this::close);
    }
}
