/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.Directory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** A process that follows services, and says what that costs it. Obeys its standard input. */
final class BulkConsumer {

    static final String[] COLUMNS = {"moment", "instances", "threads", "heapBytes", "threadNames"};

    private BulkConsumer() {}

    /** Argument: the port of the agent. */
    public static void main(String[] args) throws IOException {
        try (var context = new SpringApplicationBuilder(QuietApplication.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--rpc.discovery.backends=consul",
                        "--rpc.discovery.consul.agents=http://127.0.0.1:" + args[0],
                        "--rpc.discovery.disk-cache.enabled=false")) {
            Directory directory = context.getBean(Directory.class);
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            // The client and its threads are there with the first service, the others are what is counted.
            follow(directory, 0, 1);
            measure(directory, "before");
            orders.readLine();
            follow(directory, 1, Bulk.FOLLOWED);
            measure(directory, "following");
            orders.readLine();
            measure(directory, "after");
            orders.readLine();
        }
    }

    private static void follow(Directory directory, int from, int to) {
        for (int service = from; service < to; service++) {
            directory.subscribe("bulk-" + service, snapshot -> {});
        }
        Stage.until(
                "all are known",
                () -> directory.snapshots().stream()
                        .allMatch(snapshot -> snapshot.source() == ClusterSnapshot.Source.LIVE));
        Stage.pause(2_000);
    }

    private static void measure(Directory directory, String moment) {
        System.gc();
        System.gc();
        long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        var threads = Thread.getAllStackTraces().keySet();
        int instances = directory.snapshots().stream()
                .mapToInt(snapshot -> snapshot.members().size())
                .sum();
        System.out.println("MEASURED " + moment + " " + instances + " " + threads.size() + " " + heap + " "
                + threads.stream()
                        .map(thread -> thread.getName().replace(' ', '_').replace(',', '_'))
                        .sorted()
                        .collect(Collectors.joining(";")));
    }
}
