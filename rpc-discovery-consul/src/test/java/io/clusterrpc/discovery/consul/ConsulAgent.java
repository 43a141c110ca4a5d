/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real Consul agent on free loopback ports with a folder of its own; a server that is its own cluster. Ended by {@link #close}. */
public final class ConsulAgent implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static String executable;
    private static String problem;

    private final Path folder;
    private final List<String> options;
    private final int httpPort;
    private final int serverPort;
    private final int serfPort;
    private String token = "";
    private Process process;

    /**
     * Prepares an agent; skips the test where no Consul can be had.
     *
     * @param options further command line arguments
     */
    public ConsulAgent(String... options) {
        requireConsul();
        try {
            this.folder = Files.createTempDirectory("consul-it");
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        int[] ports = freePorts(3);
        this.httpPort = ports[0];
        this.serverPort = ports[1];
        this.serfPort = ports[2];
        this.options = List.of(options);
    }

    /** Aborts the test, with the reason in the report and on the console, where no Consul can be had. */
    public static synchronized void requireConsul() {
        if (executable == null && problem == null) {
            find();
        }
        if (executable == null) {
            System.out.println("SKIPPED, " + problem);
        }
        assumeTrue(executable != null, problem);
    }

    private static void find() {
        try {
            Process script = new ProcessBuilder(
                            "bash", projectFolder().resolve("config/consul.sh").toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (script.waitFor() == 0) {
                executable = output;
            } else {
                problem = output;
            }
        } catch (IOException ex) {
            problem = "no Consul: config/consul.sh cannot be run: " + ex.getMessage();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            problem = "no Consul: interrupted";
        }
    }

    /** The folder that holds the project. */
    public static Path projectFolder() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("config/consul.sh"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    static int[] freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        int[] ports = new int[count];
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                ports[i] = socket.getLocalPort();
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return ports;
    }

    /** The token for {@link #ask} and for knowing that the agent is ready. */
    public ConsulAgent token(String master) {
        this.token = master;
        return this;
    }

    /** Starts the agent, again after {@link #stop}, and waits for its leader. */
    public ConsulAgent start() {
        List<String> command = new ArrayList<>(List.of(
                executable,
                "agent",
                "-dev",
                "-bind=127.0.0.1",
                "-client=127.0.0.1",
                "-http-port=" + httpPort,
                "-server-port=" + serverPort,
                "-serf-lan-port=" + serfPort,
                "-serf-wan-port=-1",
                "-dns-port=-1",
                "-grpc-port=-1",
                "-log-level=warn"));
        command.addAll(options);
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .pollInterval(20, TimeUnit.MILLISECONDS)
                .until(this::ready);
        return this;
    }

    private boolean ready() {
        if (!process.isAlive()) {
            throw new IllegalStateException("Consul ended: " + log());
        }
        try {
            return !ask("GET", "/v1/catalog/nodes", null).equals("[]");
        } catch (IllegalStateException ex) {
            return false;
        }
    }

    String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException ex) {
            return ex.toString();
        }
    }

    /** Kills the agent; what it knew is lost with it, unless it was given a data folder. */
    public void stop() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    public int port() {
        return httpPort;
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    /** A request of a bystander; fails on any other status than 200. */
    public String ask(String method, String path, String body) {
        return ask(httpPort, token, method, path, body);
    }

    static String ask(int port, String token, String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("X-Consul-Token", token);
        }
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(path + ": HTTP " + response.statusCode() + " " + response.body());
            }
            return response.body();
        } catch (IOException ex) {
            throw new IllegalStateException(path + ": " + ex, ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            stop();
        }
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
