/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A TCP proxy in front of one provider that delays, swallows or cuts what goes through it. Thread-safe. */
final class Proxy implements AutoCloseable {

    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile long delayMillis;
    private volatile boolean blackHole;
    private volatile boolean refusing;
    private volatile Consumer<String> listener = what -> {};

    Proxy(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("proxy-" + target, this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Holds back every piece of data for so long. */
    void delay(long millis) {
        delayMillis = millis;
    }

    /** Whether data vanishes, in both directions, while connections stay open. New connections are accepted and get no answer. */
    void blackHole(boolean on) {
        blackHole = on;
    }

    /** Whether connections are reset as soon as they are made, as on a machine where nothing listens; those there are end with their provider. */
    void refuse(boolean on) {
        refusing = on;
    }

    /** Who is told of each connection when it is made: {@code connected} or {@code refused}. */
    void listener(Consumer<String> listener) {
        this.listener = listener;
    }

    /** Resets all connections there are. */
    void reset() {
        sockets.forEach(this::reset);
    }

    private void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // closed already
        }
        close(socket);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket caller = listening.accept();
                boolean refused = refusing;
                listener.accept(refused ? "refused" : "connected");
                if (refused) {
                    reset(caller);
                    continue;
                }
                sockets.add(caller);
                Socket callee = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(callee);
                caller.setTcpNoDelay(true);
                callee.setTcpNoDelay(true);
                start("proxy-there", () -> copy(caller, callee));
                start("proxy-back", () -> copy(callee, caller));
            } catch (IOException e) {
                // the provider is gone, or we are
            }
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                long delay = delayMillis;
                if (delay > 0) {
                    LockSupport.parkNanos(delay * 1_000_000);
                }
                if (!blackHole) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // the end of both, below
        }
        if (!blackHole) {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        sockets.forEach(this::close);
    }
}
