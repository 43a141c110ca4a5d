/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Samples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.StringJoiner;

/** A registry with ten thousand instances, and a process that follows few of its services. */
final class Bulk {

    static final int SERVICES = 1000;
    static final int INSTANCES = 10;
    static final int FOLLOWED = 20;
    static final int WINDOW_SECONDS = 60;

    private static final int OPERATIONS_A_TRANSACTION = 60;

    private final Stage stage;
    private final Agent agent;

    Bulk(Stage stage, Agent agent) {
        this.stage = stage;
        this.agent = agent;
    }

    void run(int port) throws Exception {
        fill();
        Process consumer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BulkConsumer.class.getName(),
                        String.valueOf(port))
                .redirectError(stage.results.resolve("bulk-consumer.log").toFile())
                .start();
        try (Samples samples = new Samples(stage.results.resolve("consumer.csv"), BulkConsumer.COLUMNS);
                BufferedReader says =
                        new BufferedReader(new InputStreamReader(consumer.getInputStream(), StandardCharsets.UTF_8))) {
            copy(says, samples, "before");
            consumer.outputWriter(StandardCharsets.UTF_8).append("follow\n").flush();
            copy(says, samples, "following");
            stage.happened("bulk", "window", 0);
            elsewhere();
            stage.happened("bulk", "over", 0);
            consumer.outputWriter(StandardCharsets.UTF_8).append("measure\n").flush();
            copy(says, samples, "after");
        } finally {
            consumer.destroyForcibly();
        }
    }

    private static void copy(BufferedReader says, Samples samples, String moment) throws IOException {
        for (String line = says.readLine(); line != null; line = says.readLine()) {
            if (line.startsWith("MEASURED " + moment + " ")) {
                samples.add((Object[]) line.substring("MEASURED ".length()).split(" "));
                return;
            }
        }
        throw new IOException("the consumer ended: see bulk-consumer.log");
    }

    private void fill() throws Exception {
        agent.ask("PUT", "/v1/catalog/register", "{\"Node\":\"bulk\",\"Address\":\"10.0.0.1\"}");
        StringJoiner operations = new StringJoiner(",", "[", "]");
        int pending = 0;
        for (int service = 0; service < SERVICES; service++) {
            for (int instance = 0; instance < INSTANCES; instance++) {
                operations.add(operation(service, instance, 7000));
                if (++pending == OPERATIONS_A_TRANSACTION) {
                    agent.ask("PUT", "/v1/txn", operations.toString());
                    operations = new StringJoiner(",", "[", "]");
                    pending = 0;
                }
            }
        }
        if (pending > 0) {
            agent.ask("PUT", "/v1/txn", operations.toString());
        }
    }

    /** Ten changes a second of services that nobody follows. */
    private void elsewhere() throws Exception {
        for (int i = 0; i < WINDOW_SECONDS * 10; i++) {
            int service = FOLLOWED + i % (SERVICES - FOLLOWED);
            agent.ask("PUT", "/v1/txn", "[" + operation(service, i % INSTANCES, 8000 + i % 1000) + "]");
            Stage.pause(90);
        }
    }

    private static String operation(int service, int instance, int port) {
        return "{\"Service\":{\"Verb\":\"set\",\"Node\":\"bulk\",\"Service\":{\"ID\":\"bulk-" + service + "-" + instance
                + "\",\"Service\":\"bulk-" + service + "\",\"Address\":\"10.1." + service % 250 + "." + instance
                + "\",\"Port\":" + port + "}}}";
    }
}
