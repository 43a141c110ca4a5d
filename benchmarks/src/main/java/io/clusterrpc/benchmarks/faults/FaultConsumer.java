/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Timeline;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * A consumer in a process of its own, for faults that the process suffers. Calls when it reads {@code load NUMBER}, that many a
 * second, until it reads {@code stop}; ends with its input.
 */
final class FaultConsumer {

    private final Timeline timeline = new Timeline();
    private final Samples calls;
    private final GreeterStub greeter;
    private @Nullable Load load;

    private FaultConsumer(Path samples, GreeterStub greeter) {
        this.calls = new Samples(samples, Load.COLUMNS);
        this.greeter = greeter;
    }

    /** Arguments: the file for the samples, and those of the application. */
    public static void main(String[] args) throws Exception {
        GreeterStub greeter = new SpringApplicationBuilder(Lab.Consumer.class)
                .web(WebApplicationType.NONE)
                .run(Arrays.copyOfRange(args, 1, args.length))
                .getBean(Lab.Consumer.Stub.class)
                .greeter();
        FaultConsumer consumer = new FaultConsumer(Path.of(args[0]), greeter);
        Lab.settle(consumer.timeline, consumer.calls, greeter);
        // Nothing else keeps a consumer alive.
        new Thread(consumer::read, "commands").start();
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                behave(line);
            }
        } catch (IOException | InterruptedException e) {
            // As if it had ended.
        }
        Runtime.getRuntime().halt(0); // whoever started us is gone
    }

    private void behave(String line) throws InterruptedException {
        String[] words = line.strip().split(" ");
        if (words[0].equals("load")) {
            load = Load.start(
                    timeline,
                    calls,
                    Lab.FAULT,
                    greeter,
                    Load.Kinds.SAFE_AND_UNSAFE,
                    Integer.parseInt(words[1]),
                    Long.MAX_VALUE);
        } else if (words[0].equals("stop") && load != null) {
            load.close();
        }
        System.out.println("BEHAVES " + line + ", clock " + System.currentTimeMillis());
    }
}
