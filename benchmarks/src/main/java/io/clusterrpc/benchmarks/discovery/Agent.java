/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A Consul server of its own on free loopback ports, whose data survives a restart. Not thread-safe. */
final class Agent implements AutoCloseable {

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path executable;
    private final Path data;
    private final Path log;
    private final List<Integer> ports = new ArrayList<>();
    private Process process;

    Agent(Path executable, Path data, Path log) throws IOException, InterruptedException {
        this.executable = executable;
        this.data = data;
        this.log = log;
        List<ServerSocket> taken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            taken.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : taken) {
            socket.close();
        }
        this.process = start();
    }

    int port() {
        return ports.get(0);
    }

    private Process start() throws IOException, InterruptedException {
        Process started = new ProcessBuilder(
                        executable.toString(),
                        "agent",
                        "-server",
                        "-bootstrap-expect=1",
                        "-data-dir=" + data,
                        "-bind=127.0.0.1",
                        "-client=127.0.0.1",
                        "-http-port=" + ports.get(0),
                        "-server-port=" + ports.get(1),
                        "-serf-lan-port=" + ports.get(2),
                        "-serf-wan-port=-1",
                        "-dns-port=-1",
                        "-grpc-port=-1",
                        "-log-level=warn",
                        "-hcl=performance { raft_multiplier = 1 }",
                        "-hcl=limits { http_max_conns_per_client = 1000 }")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!ready()) {
            if (!started.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("Consul did not start: see " + log);
            }
            LockSupport.parkNanos(20_000_000);
        }
        return started;
    }

    private boolean ready() throws InterruptedException {
        try {
            return ask("GET", "/v1/catalog/nodes", "").contains("\"Node\"");
        } catch (IOException notYet) {
            return false;
        }
    }

    void stop() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    void startAgain() throws IOException, InterruptedException {
        process = start();
    }

    /** As a disk that was lost. While it is stopped. */
    void forget() throws IOException {
        try (var files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    String ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(path + ": HTTP " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
