/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import io.clusterrpc.benchmarks.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Lets clients take turns on the same three servers, and those of the fast profile, raw grpc-java among them, on three that have the
 * provider's side of that profile. Each client has a JVM of its own, so that none runs code that was compiled for
 * the habits of another, and keeps it over many rounds, so that all are measured warm and a slow minute of the machine meets
 * all of them. What a JVM compiles, and how well, differs from one launch to the next by as much as what is measured here: so all
 * clients are launched anew a few times. Writes {@code peak.csv} and {@code rate.csv}; judges nothing.
 */
final class PriceRun implements AutoCloseable {

    private static final int LAUNCHES = Integer.getInteger("price.launches", 3);
    private static final int PAIRS_PER_LAUNCH = Integer.getInteger("price.pairs", 7);

    static final String[] PEAK_COLUMNS = {
        "launch",
        "pair",
        "client",
        "callers",
        "calls",
        "failed",
        "nanos",
        "cpuNanos",
        "bytes",
        "sleeps",
        "jvmNanos",
        "serverNanos"
    };

    static final String[] RATE_COLUMNS = {
        "launch", "pair", "client", "perSecond", "calls", "failed", "p50Nanos", "p99Nanos"
    };

    /** Who calls the servers that have the provider's side of the fast profile. */
    private static final List<String> FAST = List.of("fast-metered", "raw-fast-servers", "fast");

    /** Who is compared with whom, and therefore runs right after it. */
    private static final List<List<String>> COMPARED =
            List.of(List.of("raw", "starter", "fast-consumer"), FAST, List.of("boot-observed", "starter-observed"));

    /** The same at a fixed rate. */
    private static final List<List<String>> COMPARED_AT_RATE =
            List.of(List.of("raw", "starter"), List.of("raw-fast-servers", "fast"));

    static final int CALLERS = 16;

    /** Where the calls of those with fast servers are counted again: they make more than with 16. */
    static final int CROWD = 64;

    private static final int BYTES = 1024;
    private static final int WARM_UPS = 4;
    private static final int WARM_UP_MILLIS = 6000;
    /** Before each round, and not counted: a client that waited for its turn has lost threads and caches, and whoever begins pays most. */
    private static final int LEAD_MILLIS = 300;

    private static final int PEAK_MILLIS = 1500;
    private static final int RATE_MILLIS = 2500;
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

    private PriceRun(Path results, String classes, String plain, String starter, String tracing) {
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

    /**
     * Arguments: the folder for the samples, the folder of our classes, and three class paths: without the starter, with it, and
     * with both it and a tracer.
     */
    public static void main(String[] args) {
        try (PriceRun run = new PriceRun(Path.of(args[0]), args[1], args[2], args[3], args[4])) {
            run.serve();
            run.measure();
        }
    }

    private void serve() {
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

    private void launchClients() {
        List<String> ports = servers.stream().map(ServerProcess::port).toList();
        client("raw", plain, raw(ports));
        client("starter", starter, starter(namespace("standard")));
        String fast = "--rpc.references.servers.read-responses-on=transport";
        client("fast-consumer", starter, starter(namespace("standard"), fast));
        client(
                "raw-fast-servers",
                plain,
                raw(fastServers.stream().map(ServerProcess::port).toList()));
        client("fast-metered", starter, starter(namespace("fast"), fast));
        client("fast", starter, starter(namespace("fast"), fast, "--spring.grpc.client.observation.enabled=false"));
        List<String> boot = List.of(
                BootClient.class.getName(),
                String.join(",", ports),
                "--spring.application.name=consumer",
                "--spring.grpc.client.channel.plain.target=" + Ports.TARGET,
                "--spring.grpc.client.channel.plain.default.load-balancing-policy=round_robin");
        client("boot-observed", tracedPlain, boot);
        client("starter-observed", tracedStarter, starter(namespace("standard")));
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

    private void client(String name, String classPath, List<String> command) {
        clients.put(name, ClientProcess.launch(name, classPath, results.resolve("client-" + name + ".log"), command));
    }

    private void measure() {
        try (Samples peak = new Samples(results.resolve("peak.csv"), PEAK_COLUMNS);
                Samples rate = new Samples(results.resolve("rate.csv"), RATE_COLUMNS)) {
            for (int launch = 0; launch < LAUNCHES; launch++) {
                launchClients();
                warmUp();
                long most = peak(launch, peak);
                rate(launch, rate, most / 2);
                closeClients();
            }
        }
    }

    /** In turns, and long: the more code a client runs, the later it is compiled. */
    private void warmUp() {
        for (String name : FAST) {
            get(name).round("peak", CROWD, WARM_UP_MILLIS, BYTES);
        }
        for (int warmUp = 0; warmUp < WARM_UPS; warmUp++) {
            for (ClientProcess client : clients.values()) {
                client.round("peak", CALLERS, WARM_UP_MILLIS, BYTES);
            }
        }
    }

    /** Returns how many calls a second the raw client made. */
    private long peak(int launch, Samples samples) {
        List<Long> peaks = new ArrayList<>();
        for (int pair = 0; pair < PAIRS_PER_LAUNCH; pair++) {
            for (List<String> compared : COMPARED) {
                for (String name : turn(pair, compared)) {
                    String[] round = peak(launch, pair, name, CALLERS, samples);
                    if (name.equals("raw")) {
                        peaks.add(Long.parseLong(round[0]) * 1_000_000_000 / Long.parseLong(round[2]));
                    }
                }
            }
            for (String name : turn(pair, FAST)) {
                peak(launch, pair, name, CROWD, samples);
            }
        }
        Collections.sort(peaks);
        return peaks.get(peaks.size() / 2);
    }

    private String[] peak(int launch, int pair, String name, int callers, Samples samples) {
        get(name).round("peak", callers, LEAD_MILLIS, BYTES);
        long servedBefore = servedNanos(name);
        String[] round = get(name).round("peak", callers, PEAK_MILLIS, BYTES);
        String served = Long.toString(servedNanos(name) - servedBefore);
        add(samples, launch, pair, name, after(Integer.toString(callers), round), served);
        return round;
    }

    private void rate(int launch, Samples samples, long perSecond) {
        for (int pair = 0; pair < PAIRS_PER_LAUNCH; pair++) {
            for (List<String> compared : COMPARED_AT_RATE) {
                for (String name : turn(pair, compared)) {
                    get(name).round("rate", CALLERS, LEAD_MILLIS, BYTES, perSecond);
                    String[] round = get(name).round("rate", CALLERS, RATE_MILLIS, BYTES, perSecond);
                    add(samples, launch, pair, name, after(Long.toString(perSecond), round));
                }
            }
        }
    }

    private static String[] after(String first, String[] round) {
        String[] sample = new String[round.length + 1];
        sample[0] = first;
        System.arraycopy(round, 0, sample, 1, round.length);
        return sample;
    }

    /** The processor time of all servers of a client so far. */
    private long servedNanos(String client) {
        return (FAST.contains(client) ? fastServers : servers)
                .stream().mapToLong(ServerProcess::cpuNanos).sum();
    }

    private ClientProcess get(String name) {
        return Objects.requireNonNull(clients.get(name), name);
    }

    /** Back and forth, so that none always runs in the wake of another. */
    private static List<String> turn(int pair, List<String> clients) {
        List<String> order = new ArrayList<>(clients);
        if (pair % 2 == 1) {
            Collections.reverse(order);
        }
        return order;
    }

    private static void add(Samples samples, int launch, int pair, String client, String[] round, Object... more) {
        List<Object> sample = new ArrayList<>(List.of(launch, launch * PAIRS_PER_LAUNCH + pair, client));
        sample.addAll(List.of(round));
        sample.addAll(List.of(more));
        samples.add(sample.toArray());
    }

    private void closeClients() {
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
