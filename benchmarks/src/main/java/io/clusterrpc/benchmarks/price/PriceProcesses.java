/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The JVMs of {@link PriceRun}: three servers as they come, three with the provider's side of the fast profile, and the clients that
 * call the ones or the others. Not thread-safe.
 */
final class PriceProcesses implements AutoCloseable {

    /** Who calls the servers that have the provider's side of the fast profile. */
    static final List<String> FAST = List.of("fast-metered", "raw-fast-servers", "fast");

    private static final Pattern PORT = Pattern.compile("gRPC Server started, listening on address: .*port: (\\d+)");

    private final Path results;
    private final String plain;
    private final String starter;
    private final String tracedStarter;
    private final String tracedPlain;
    private final String run = UUID.randomUUID().toString();
    private final List<ServerProcess> servers = new ArrayList<>();
    private final List<ServerProcess> fastServers = new ArrayList<>();
    private final Map<String, ClientProcess> clients = new LinkedHashMap<>();

    /**
     * Starts nothing yet.
     *
     * @param results folder for the logs
     * @param classes our own classes
     * @param plain class path without the starter
     * @param starter what the starter adds to it
     * @param tracing class path with both the starter and a tracer
     */
    PriceProcesses(Path results, String classes, String plain, String starter, String tracing) {
        this.results = results;
        this.plain = String.join(":", classes, plain);
        this.starter = String.join(":", classes, starter, plain);
        this.tracedStarter = String.join(":", classes, tracing);
        List<String> untraced = List.of(plain.split(":"));
        List<String> ours = new ArrayList<>(List.of(starter.split(":")));
        ours.removeAll(untraced);
        List<String> others = new ArrayList<>(List.of(tracing.split(":")));
        others.removeAll(ours);
        this.tracedPlain = classes + ":" + String.join(":", others);
    }

    /** Starts the servers. */
    void serve() {
        for (int i = 1; i <= 3; i++) {
            servers.add(server("server-" + i, namespace("standard")));
            fastServers.add(server("fast-server-" + i, namespace("fast"), "--rpc.provider.executor.non-blocking=*"));
        }
    }

    private ServerProcess server(String name, String... properties) {
        List<String> command = new ArrayList<>(List.of(
                PriceProvider.class.getName(),
                "--spring.application.name=servers",
                "--spring.grpc.server.address=127.0.0.1",
                "--spring.grpc.server.port=0",
                "--spring.grpc.server.observation.enabled=false",
                "--rpc.provider.drain.notice=0s"));
        Collections.addAll(command, properties);
        return ServerProcess.launch(starter, results.resolve(name + ".log"), PORT, command);
    }

    /** Starts all clients and waits until each has made a call. */
    void launchClients() {
        List<String> ports = servers.stream().map(ServerProcess::port).toList();
        launch("raw", plain, raw(ports));
        launch("starter", starter, starter(namespace("standard")));
        String fast = "--rpc.references.servers.read-responses-on=transport";
        launch("fast-consumer", starter, starter(namespace("standard"), fast));
        launch(
                "raw-fast-servers",
                plain,
                raw(fastServers.stream().map(ServerProcess::port).toList()));
        launch("fast-metered", starter, starter(namespace("fast"), fast));
        launch("fast", starter, starter(namespace("fast"), fast, "--spring.grpc.client.observation.enabled=false"));
        List<String> boot = List.of(
                BootClient.class.getName(),
                String.join(",", ports),
                "--spring.application.name=consumer",
                "--spring.grpc.client.channel.plain.target=" + Ports.TARGET,
                "--spring.grpc.client.channel.plain.default.load-balancing-policy=round_robin");
        launch("boot-observed", tracedPlain, boot);
        launch("starter-observed", tracedStarter, starter(namespace("standard")));
    }

    private String namespace(String servers) {
        return "--rpc.discovery.local.namespace=price-" + servers + "-" + run;
    }

    private static List<String> raw(List<String> ports) {
        List<String> command = new ArrayList<>(List.of(RawClient.class.getName()));
        command.addAll(ports);
        return command;
    }

    private static List<String> starter(String... properties) {
        List<String> command =
                new ArrayList<>(List.of(StarterClient.class.getName(), "--spring.application.name=consumer"));
        Collections.addAll(command, properties);
        return command;
    }

    private void launch(String name, String classPath, List<String> command) {
        clients.put(name, ClientProcess.launch(name, classPath, results.resolve("client-" + name + ".log"), command));
    }

    /** The processor time of all servers of a client so far. */
    long servedNanos(String client) {
        return (FAST.contains(client) ? fastServers : servers)
                .stream().mapToLong(ServerProcess::cpuNanos).sum();
    }

    ClientProcess client(String name) {
        return Objects.requireNonNull(clients.get(name), name);
    }

    Collection<ClientProcess> clients() {
        return clients.values();
    }

    void closeClients() {
        clients.values().forEach(ClientProcess::close);
        clients.clear();
    }

    @Override
    public void close() {
        closeClients();
        servers.forEach(ServerProcess::close);
        fastServers.forEach(ServerProcess::close);
    }
}
