/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A real Consul agent on free ports that keeps nothing; it can be killed and started again. */
final class Consul implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String executable;
    private final Path log;
    private final List<Integer> ports;
    private @Nullable Process process;

    /** Starts an agent. */
    Consul(Path log) throws IOException, InterruptedException, Fault.NotHere {
        this.executable = Script.path("config/consul.sh");
        this.log = log;
        this.ports = freePorts(3);
        start();
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    /** Starts it, and waits until it leads itself. */
    void start() throws IOException {
        process = new ProcessBuilder(
                        executable,
                        "agent",
                        "-dev",
                        "-bind=127.0.0.1",
                        "-client=127.0.0.1",
                        "-http-port=" + ports.get(0),
                        "-server-port=" + ports.get(1),
                        "-serf-lan-port=" + ports.get(2),
                        "-serf-wan-port=-1",
                        "-dns-port=-1",
                        "-grpc-port=-1",
                        "-log-level=warn")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        for (int i = 0; i < 300; i++) {
            Lab.pause(100);
            try {
                if (get("/v1/catalog/nodes").body().contains("ID")) {
                    return;
                }
            } catch (IOException e) {
                // it does not listen yet
            }
        }
        throw new IOException("Consul does not answer: see " + log);
    }

    void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    int port() {
        return ports.get(0);
    }

    HttpResponse<String> get(String path) throws IOException {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** How many instances pass their checks. */
    int passing() throws IOException {
        JsonArray all = JsonParser.parseString(
                        get("/v1/health/service/greeter?passing").body())
                .getAsJsonArray();
        return all.size();
    }

    /** What makes an application use the agent that listens on a port. */
    static String[] arguments(int port, Path cache) {
        return new String[] {
            "--rpc.discovery.backends=consul",
            "--rpc.discovery.consul.agents=127.0.0.1:" + port,
            "--rpc.discovery.disk-cache.path=" + cache
        };
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
