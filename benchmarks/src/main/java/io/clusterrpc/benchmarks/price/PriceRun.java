/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import io.clusterrpc.benchmarks.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Lets clients take turns on the same three servers, and those of the fast profile, raw grpc-java among them, on three that have the
 * provider's side of that profile. Each client has a JVM of its own, so that none runs code that was compiled for
 * the habits of another, and keeps it over many rounds, so that all are measured warm and a slow minute of the machine meets
 * all of them. What a JVM compiles, and how well, differs from one launch to the next by as much as what is measured here: so all
 * clients are launched anew a few times. Writes {@code peak.csv} and {@code rate.csv}; judges nothing.
 */
final class PriceRun {

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

    /** Who is compared with whom, and therefore runs right after it. */
    private static final List<List<String>> COMPARED = List.of(
            List.of("raw", "starter", "fast-consumer"),
            PriceProcesses.FAST,
            List.of("boot-observed", "starter-observed"));

    /** The same at a fixed rate. */
    private static final List<List<String>> COMPARED_AT_RATE =
            List.of(List.of("raw", "starter"), List.of("raw-fast-servers", "fast"));

    static final int CALLERS = 16;

    /** Where the calls of those with fast servers are counted again: they make more than with 16. */
    static final int CROWD = 64;

    private static final int BYTES = 1024;
    private static final int WARM_UPS = 4;
    private static final int WARM_UP_MILLIS = 6000;

    /** Before each round, and not counted: without it the p99 of whoever began a turn was a fifth higher. */
    private static final int LEAD_MILLIS = 300;

    private static final int PEAK_MILLIS = 1500;
    private static final int RATE_MILLIS = 2500;
    private final Path results;
    private final PriceProcesses processes;

    private PriceRun(Path results, PriceProcesses processes) {
        this.results = results;
        this.processes = processes;
    }

    /**
     * Arguments: the folder for the samples, the folder of our classes, and three class paths: without the starter, with it, and
     * with both it and a tracer.
     */
    public static void main(String[] args) {
        Path results = Path.of(args[0]);
        try (PriceProcesses processes = new PriceProcesses(results, args[1], args[2], args[3], args[4])) {
            processes.serve();
            new PriceRun(results, processes).measure();
        }
    }

    private void measure() {
        try (Samples peak = new Samples(results.resolve("peak.csv"), PEAK_COLUMNS);
                Samples rate = new Samples(results.resolve("rate.csv"), RATE_COLUMNS)) {
            for (int launch = 0; launch < LAUNCHES; launch++) {
                processes.launchClients();
                warmUp();
                long most = peak(launch, peak);
                rate(launch, rate, most / 2);
                processes.closeClients();
            }
        }
    }

    /** In turns, and long: the more code a client runs, the later it is compiled. */
    private void warmUp() {
        for (String name : PriceProcesses.FAST) {
            processes.client(name).round("peak", CROWD, WARM_UP_MILLIS, BYTES);
        }
        for (int warmUp = 0; warmUp < WARM_UPS; warmUp++) {
            for (ClientProcess client : processes.clients()) {
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
            for (String name : turn(pair, PriceProcesses.FAST)) {
                peak(launch, pair, name, CROWD, samples);
            }
        }
        Collections.sort(peaks);
        return peaks.get(peaks.size() / 2);
    }

    private String[] peak(int launch, int pair, String name, int callers, Samples samples) {
        processes.client(name).round("peak", callers, LEAD_MILLIS, BYTES);
        long servedBefore = processes.servedNanos(name);
        String[] round = processes.client(name).round("peak", callers, PEAK_MILLIS, BYTES);
        String served = Long.toString(processes.servedNanos(name) - servedBefore);
        add(samples, launch, pair, name, after(Integer.toString(callers), round), served);
        return round;
    }

    private void rate(int launch, Samples samples, long perSecond) {
        for (int pair = 0; pair < PAIRS_PER_LAUNCH; pair++) {
            for (List<String> compared : COMPARED_AT_RATE) {
                for (String name : turn(pair, compared)) {
                    processes.client(name).round("rate", CALLERS, LEAD_MILLIS, BYTES, perSecond);
                    String[] round = processes.client(name).round("rate", CALLERS, RATE_MILLIS, BYTES, perSecond);
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
}
