/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.nodes;

import io.clusterrpc.benchmarks.Verdict;
import io.clusterrpc.benchmarks.backends.Call;
import io.clusterrpc.benchmarks.backends.CallLog;
import io.clusterrpc.benchmarks.backends.Contender;
import io.clusterrpc.benchmarks.backends.Median;
import io.grpc.Status.Code;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What the samples of {@link NodesRun} say, median of the clients; overshoot is that of the worst client. A share is that of the node
 * in trouble, fair is one of so many nodes.
 */
final class NodesVerdict {

    private static final int WINDOW = 2;
    private static final int SLOW_FOR_TEN_SECONDS = NodesRun.TROUBLE_FROM + 10;
    private static final int RECOVERED = NodesRun.TROUBLE_UNTIL + 30;

    /** By cluster and contender, one for each client. */
    private final Map<String, Map<String, Map<Integer, Client>>> clients = new TreeMap<>();

    /** The calls of one client by the second in which they were scheduled. */
    private static final class Client {

        private final int nodes;
        private final int[] calls = new int[NodesRun.SECONDS];
        private final int[] succeeded = new int[NodesRun.SECONDS];
        private final int[] toNode = new int[NodesRun.SECONDS];

        Client(String cluster) {
            nodes = cluster.equals(NodesRun.FAILING) ? NodesRun.FAILING_OF : NodesRun.SLOW_OF;
        }

        void add(Call call) {
            int second = call.scheduledMicros() / 1_000_000;
            calls[second]++;
            succeeded[second] += call.code() == Code.OK ? 1 : 0;
            toNode[second] += call.backend() == NodesRun.NODE ? 1 : 0;
        }

        double succeededPercent() {
            return percent(succeeded, NodesRun.TROUBLE_FROM, NodesRun.TROUBLE_UNTIL);
        }

        double percentInTrouble(int from) {
            return percent(toNode, from, NodesRun.TROUBLE_UNTIL);
        }

        double fairPercent(int from, int until) {
            return nodes * percent(toNode, from, until);
        }

        /** The most that it got in any window since it was well again. */
        double overshoot() {
            double most = 0;
            for (int from = NodesRun.TROUBLE_UNTIL; from + WINDOW <= NodesRun.SECONDS; from++) {
                most = Math.max(most, fairPercent(from, from + WINDOW));
            }
            return most;
        }

        private double percent(int[] some, int from, int until) {
            return 100.0
                    * IntStream.range(from, until).map(second -> some[second]).sum()
                    / IntStream.range(from, until).map(second -> calls[second]).sum();
        }
    }

    private NodesVerdict(Path results) throws IOException {
        CallLog.read(
                results,
                call -> clients.computeIfAbsent(call.scenario(), cluster -> new TreeMap<>())
                        .computeIfAbsent(call.contender(), contender -> new TreeMap<>())
                        .computeIfAbsent(call.round(), client -> new Client(call.scenario()))
                        .add(call));
    }

    /** Argument: the folder with the samples. Exit code 0 only if all figures hold. */
    public static void main(String[] args) throws IOException {
        NodesVerdict samples = new NodesVerdict(Path.of(args[0]));
        samples.printShares(System.out);
        System.exit(samples.verdict().print(System.out) ? 0 : 1);
    }

    static Verdict of(Path results) throws IOException {
        return new NodesVerdict(results).verdict();
    }

    private Verdict verdict() {
        Verdict verdict = new Verdict("nodes");
        for (Contender contender : List.of(Contender.DEFAULT, Contender.DEFAULT_ALONE)) {
            String name = contender.name();
            List<Double> succeeded = each(NodesRun.FAILING, name, Client::succeededPercent);
            verdict.atLeast(
                    name + "-failing-success-%",
                    Median.of(succeeded),
                    99,
                    "of the calls while 1 of 10 fails at once" + spread(succeeded));
            List<Double> slow = each(NodesRun.SLOW, name, client -> client.percentInTrouble(SLOW_FOR_TEN_SECONDS));
            verdict.atMost(
                    name + "-slow-share-%",
                    Median.of(slow),
                    5,
                    "of the calls to 1 of 5 that takes 500 ms more, from 10 s after" + spread(slow));
            for (String cluster : List.of(NodesRun.FAILING, NodesRun.SLOW)) {
                List<Double> back = each(cluster, name, client -> client.fairPercent(RECOVERED, NodesRun.SECONDS));
                verdict.atLeast(
                        name + "-" + cluster + "-recovered-%",
                        Median.of(back),
                        80,
                        "of its fair share from 30 s after it was well" + spread(back));
                List<Double> over = each(cluster, name, Client::overshoot);
                verdict.atMost(
                        name + "-" + cluster + "-overshoot-%",
                        over.stream().mapToDouble(it -> it).max().orElse(Double.NaN),
                        150,
                        "of its fair share in any 2 s since it was well, worst client" + spread(over));
            }
        }
        return verdict;
    }

    private List<Double> each(String cluster, String contender, ToDoubleFunction<Client> figure) {
        return clients.getOrDefault(cluster, Map.of()).getOrDefault(contender, Map.of()).values().stream()
                .map(figure::applyAsDouble)
                .toList();
    }

    private static String spread(List<Double> values) {
        return values.isEmpty()
                ? ": nothing was measured"
                : String.format(
                        Locale.ROOT, "; clients %.1f to %.1f", Collections.min(values), Collections.max(values));
    }

    private void printShares(PrintStream out) {
        out.println("Share of the node in trouble (seconds " + NodesRun.TROUBLE_FROM + " to " + NodesRun.TROUBLE_UNTIL
                + ") in % of its fair share, median of the clients");
        out.printf("%-9s %-24s %8s", "cluster", "from second", "success");
        for (int from = 0; from < NodesRun.SECONDS; from += 2 * WINDOW) {
            out.printf(" %4d", from);
        }
        out.println();
        clients.forEach((cluster, contenders) -> contenders.keySet().forEach(contender -> {
            double succeeded = Median.of(each(cluster, contender, Client::succeededPercent));
            out.printf(Locale.ROOT, "%-9s %-24s %8.2f", cluster, contender, succeeded);
            for (int at = 0; at < NodesRun.SECONDS; at += 2 * WINDOW) {
                int from = at;
                out.printf(
                        Locale.ROOT,
                        " %4.0f",
                        Median.of(each(cluster, contender, client -> client.fairPercent(from, from + 2 * WINDOW))));
            }
            out.println();
        }));
    }
}
