/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.peers;

import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.price.ClientProcess;
import io.clusterrpc.benchmarks.price.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lets clients of several projects take turns, each in a JVM of its own that it keeps over all rounds. Writes {@code peers.csv};
 * judges nothing.
 */
final class PeersRun implements AutoCloseable {

    private static final int ROUNDS = Integer.getInteger("peers.rounds", 5);
    private static final int[] CALLERS = {1, 16, 64};
    private static final int[] BYTES = {100, 1024};
    private static final int WARM_UP_MILLIS = 4000;
    private static final int MILLIS = 1000;
    private static final String LOOPBACK = "127.0.0.1";
    private static final String CLIENTS = "io.clusterrpc.benchmarks.price.";
    private static final String DUBBO = "io.clusterrpc.benchmarks.dubbo.";
    private static final Pattern GRPC_PORT =
            Pattern.compile("gRPC Server started, listening on address: .*port: (\\d+)");
    private static final Pattern DUBBO_PORT = Pattern.compile("serving on port: (\\d+)");

    private final Path results;
    private final List<ServerProcess> servers = new ArrayList<>();
    private final List<ClientProcess> clients = new ArrayList<>();

    private PeersRun(Path results) {
        this.results = results;
    }

    /**
     * Arguments: the folder for the samples, the folder of our classes, and four class paths: without the starter, what it adds, of
     * Dubbo, and of net.devh.
     */
    public static void main(String[] args) {
        try (PeersRun run = new PeersRun(Path.of(args[0]))) {
            run.launch(
                    args[1] + ":" + args[2],
                    args[1] + ":" + args[3] + ":" + args[2],
                    args[4] + ":" + args[1],
                    args[5] + ":" + args[1]);
            run.warmUp();
            run.run();
        }
    }

    private void launch(String plain, String starter, String dubbo, String netDevh) {
        String namespace = "--rpc.discovery.local.namespace=peers-" + UUID.randomUUID();
        List<String> grpc = serve(
                "grpc",
                starter,
                GRPC_PORT,
                CLIENTS + "PriceProvider",
                "--spring.application.name=servers",
                "--spring.grpc.server.address=" + LOOPBACK,
                "--spring.grpc.server.port=0",
                "--spring.grpc.server.observation.enabled=false",
                "--rpc.provider.drain.notice=0s",
                namespace);
        List<String> triple = serve("dubbo", dubbo, DUBBO_PORT, DUBBO + "DubboServer");
        call("starter", starter, List.of(CLIENTS + "StarterClient", "--spring.application.name=consumer", namespace));
        call("raw", plain, with(CLIENTS + "RawClient", grpc));
        call(
                "boot",
                plain,
                List.of(
                        CLIENTS + "BootClient",
                        String.join(",", grpc),
                        "--spring.application.name=consumer",
                        "--spring.grpc.client.channel.plain.target=ports:///servers",
                        "--spring.grpc.client.channel.plain.default.load-balancing-policy=round_robin"));
        call("net-devh", netDevh, with("io.clusterrpc.benchmarks.netdevh.NetDevhClient", grpc));
        call("dubbo", dubbo, with(DUBBO + "DubboClient", triple));
    }

    /** Starts three servers and waits for their ports. */
    private List<String> serve(String name, String classPath, Pattern port, String... command) {
        List<ServerProcess> own = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            ServerProcess server = ServerProcess.launch(
                    classPath, results.resolve("server-" + name + "-" + i + ".log"), port, List.of(command));
            servers.add(server);
            own.add(server);
        }
        return own.stream().map(ServerProcess::port).toList();
    }

    private void call(String name, String classPath, List<String> command) {
        clients.add(ClientProcess.launch(name, classPath, results.resolve("client-" + name + ".log"), command));
    }

    private static List<String> with(String main, List<String> ports) {
        return Stream.concat(Stream.of(main), ports.stream()).toList();
    }

    private void warmUp() {
        for (ClientProcess client : clients) {
            client.round("peak", 16, WARM_UP_MILLIS, 1024);
        }
    }

    private void run() {
        try (Samples samples = new Samples(
                results.resolve("peers.csv"),
                "round",
                "client",
                "callers",
                "size",
                "calls",
                "failed",
                "nanos",
                "cpuNanos",
                "bytes")) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int callers : CALLERS) {
                    for (int bytes : BYTES) {
                        for (ClientProcess client : clients) {
                            String[] counted = client.round("peak", callers, MILLIS, bytes);
                            samples.add(
                                    round,
                                    client.name(),
                                    callers,
                                    bytes,
                                    counted[0],
                                    counted[1],
                                    counted[2],
                                    counted[3],
                                    counted[4]);
                        }
                    }
                }
                // Every client goes first once in a while.
                Collections.rotate(clients, 1);
            }
        }
    }

    @Override
    public void close() {
        clients.forEach(ClientProcess::close);
        servers.forEach(ServerProcess::close);
    }
}
