/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

/** A connection of its own to a server, which says when the server's end was closed: nobody can know by a connection any earlier. */
final class Witness implements AutoCloseable {

    private final Socket socket;
    private final Thread thread;

    Witness(Stage stage, String phase, int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        thread = new Thread(() -> watch(stage, phase, port), "witness");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(Stage stage, String phase, int port) {
        try {
            InputStream in = socket.getInputStream();
            byte[] greeting = new byte[1024];
            while (in.read(greeting) >= 0) {
                // the server's settings
            }
        } catch (IOException e) {
            // reset: an end like any other
        }
        stage.happened(phase, "closed", port);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        thread.join(10_000);
        socket.close();
    }
}
