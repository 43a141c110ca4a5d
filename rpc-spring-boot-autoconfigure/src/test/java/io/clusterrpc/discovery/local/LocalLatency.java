/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Measures from the call or the signal in one JVM to the notification in another. The clock is the machine's, which all processes
 * share on Linux. Arguments: rounds (60), file for the raw samples (none).
 */
final class LocalLatency {

    private LocalLatency() {}

    public static void main(String[] args) throws IOException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
        Path directory = Files.createTempDirectory("rpc-latency");
        List<String> raw = new ArrayList<>();
        List<Long> joins = new ArrayList<>();
        List<Long> leaves = new ArrayList<>();
        List<Long> kills = new ArrayList<>();
        Observer observer = new Observer();
        try (LocalDiscovery consumer = new LocalDiscovery(directory, "test")) {
            consumer.watch("orders", observer);
            try (Peer peer = new Peer(directory)) {
                // The first rounds load classes.
                for (int i = -10; i < rounds; i++) {
                    String id = "a" + i;
                    long join = peer.join(id);
                    long joined = observer.joined(id) - join;
                    long leave = peer.leave(id);
                    long left = observer.left(id) - leave;
                    if (i >= 0) {
                        joins.add(joined);
                        leaves.add(left);
                        raw.add("join," + joined);
                        raw.add("leave," + left);
                    }
                }
            }
            for (int i = 0; i < rounds; i++) {
                try (Peer peer = new Peer(directory)) {
                    String id = "k" + i;
                    peer.join(id);
                    observer.joined(id);
                    long kill = peer.kill();
                    long killed = observer.left(id) - kill;
                    kills.add(killed);
                    raw.add("sigkill," + killed);
                }
            }
        }
        print("join", joins);
        print("leave", leaves);
        print("SIGKILL", kills);
        if (args.length > 1) {
            Files.write(Path.of(args[1]), raw);
        }
        Files.deleteIfExists(directory);
    }

    private static void print(String event, List<Long> nanos) {
        Collections.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-8s n=%d median %.2f ms, p90 %.2f ms, max %.2f ms%n",
                event,
                nanos.size(),
                nanos.get(nanos.size() / 2) / 1e6,
                nanos.get(nanos.size() * 9 / 10) / 1e6,
                nanos.get(nanos.size() - 1) / 1e6);
    }
}
