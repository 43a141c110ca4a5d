/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.page;

import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.page.Chart.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which plot an experiment has. No plot where its samples are missing. */
final class Plots {

    /** As {@code SpineRun} configures it. */
    private static final int WARM_UP_SECONDS = 20;

    private static final int WINDOW = 2_000_000;
    private static final Pattern INTERVAL = Pattern.compile("interval ([\\d.]+) to ([\\d.]+)");

    private Plots() {}

    static Optional<Chart> of(String experiment, Path results) throws IOException {
        return switch (experiment) {
            case "ramp" -> has(results, "runs.csv") ? ramp(results) : Optional.empty();
            case "scale" -> has(results, "picks.csv") ? scale(results) : Optional.empty();
            case "spine" -> has(results, "picks.csv") && has(results, "events.csv") ? spine(results) : Optional.empty();
            case "linkerd" -> linkerd(Printed.of(results.resolve("verdict.txt")));
            case "price" -> price(Printed.of(results.resolve("verdict.txt")));
            default -> Optional.empty();
        };
    }

    private static boolean has(Path results, String file) {
        return Files.exists(results.resolve(file));
    }

    private static Optional<Chart> ramp(Path results) throws IOException {
        List<Sample> runs = Samples.read(results.resolve("runs.csv")).stream()
                .filter(run -> Character.isDigit(run.text("column").charAt(0)))
                .toList();
        List<String> columns =
                runs.stream().map(run -> run.text("column")).distinct().toList();
        List<Series> series = new ArrayList<>();
        grouped(runs, run -> run.text("policy")).forEach((policy, its) -> {
            List<double[]> points = new ArrayList<>();
            grouped(its, run -> run.text("column"))
                    .forEach((column, seeds) -> points.add(new double[] {
                        columns.indexOf(column), median(seeds, run -> run.number("p99micros") / 1e3)
                    }));
            series.add(new Series(policy, points));
        });
        return series.isEmpty()
                ? Optional.empty()
                : Optional.of(Chart.bars(
                        "p99 in simulated clusters (clients x servers @ load %), lower is better",
                        "ms, logarithmic", true, columns, series));
    }

    private static Optional<Chart> scale(Path results) throws IOException {
        List<Series> series = new ArrayList<>();
        grouped(Samples.read(results.resolve("picks.csv")), pick -> pick.text("algorithm"))
                .forEach((algorithm, its) -> {
                    Map<Long, Double> medians = new TreeMap<>();
                    grouped(its, pick -> pick.text("instances"))
                            .forEach((size, batches) -> medians.put(
                                    Long.parseLong(size), median(batches, pick -> pick.number("picoseconds") / 1e3)));
                    List<double[]> points = new ArrayList<>();
                    medians.forEach((size, nanos) -> points.add(new double[] {size, nanos}));
                    series.add(new Series(algorithm, points));
                });
        return series.isEmpty()
                ? Optional.empty()
                : Optional.of(new Chart(
                        "What a pick costs",
                        "instances, logarithmic",
                        "ns a pick, median",
                        true,
                        false,
                        List.of(),
                        series));
    }

    private static Optional<Chart> spine(Path results) throws IOException {
        Optional<Sample> ready = Samples.read(results.resolve("events.csv")).stream()
                .filter(event -> event.is("phase", "join") && event.is("event", "ready"))
                .findFirst();
        if (ready.isEmpty()) {
            return Optional.empty();
        }
        String port = ready.get().text("port");
        long from = ready.get().number("micros");
        Map<Long, Map<String, Long>> windows = Samples.read(results.resolve("picks.csv")).stream()
                .filter(pick -> pick.number("micros") >= from)
                .collect(Collectors.groupingBy(
                        pick -> (pick.number("micros") - from) / WINDOW,
                        TreeMap::new,
                        Collectors.groupingBy(pick -> pick.text("port"), TreeMap::new, Collectors.counting())));
        List<double[]> measured = new ArrayList<>();
        List<double[]> expected = new ArrayList<>();
        windows.forEach((window, counts) -> {
            double seconds = (window + 0.5) * WINDOW / 1e6;
            double own = counts.getOrDefault(port, 0L);
            double others = counts.entrySet().stream()
                    .filter(count -> !count.getKey().equals(port))
                    .mapToLong(Map.Entry::getValue)
                    .average()
                    .orElse(0);
            // The last window may be too short to say anything.
            if (others > 0 && seconds <= WARM_UP_SECONDS + 1) {
                measured.add(new double[] {seconds, 100 * own / others});
                expected.add(new double[] {seconds, 100 * Math.min(1, 0.1 + 0.9 * seconds / WARM_UP_SECONDS)});
            }
        });
        return measured.size() < 2
                ? Optional.empty()
                : Optional.of(new Chart(
                        "Calls of an instance that joins",
                        "seconds after it was ready",
                        "% of the mean of the others",
                        false,
                        false,
                        List.of(),
                        List.of(new Series("measured", measured), new Series("warm-up ramp", expected))));
    }

    /** Its samples are single calls, too many to keep: what the verdict computed of them. */
    private static Optional<Chart> linkerd(Printed printed) {
        List<String> names = new ArrayList<>();
        List<double[]> points = new ArrayList<>();
        for (String row : printed.rows("medians of the rounds")) {
            String[] cells = row.trim().split("\\s+");
            points.add(new double[] {names.size(), 100 - Double.parseDouble(cells[1])});
            names.add(cells[0]);
        }
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            series.add(new Series(names.get(i), List.of(new double[] {0, points.get(i)[1]})));
        }
        return series.isEmpty()
                ? Optional.empty()
                : Optional.of(Chart.bars(
                        "Linkerd's experiment: calls not answered within 1 s, lower is better",
                        "% of all calls",
                        false,
                        List.of("median of the rounds"),
                        series));
    }

    /** The intervals of the verdict. */
    private static Optional<Chart> price(Printed printed) {
        List<String> names = new ArrayList<>();
        List<double[]> points = new ArrayList<>();
        for (Printed.Figure figure : printed.figures()) {
            Matcher interval = INTERVAL.matcher(figure.remark());
            if (interval.find()
                    && !figure.value().equals("none")
                    && !figure.bar().equals("none")) {
                points.add(new double[] {
                    names.size(),
                    Double.parseDouble(figure.value()),
                    Double.parseDouble(interval.group(1)),
                    Double.parseDouble(interval.group(2))
                });
                names.add(figure.metric().replace("-percent", ""));
            }
        }
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(Chart.bars(
                        "The starter in % of its reference, median of the pairs with 95 % interval",
                        "%", false, names, List.of(new Series("starter", points))));
    }

    /** Sorted by name, so that the order in which threads wrote samples does not show. */
    private static Map<String, List<Sample>> grouped(List<Sample> samples, Function<Sample, String> key) {
        return samples.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        double[] sorted = samples.stream().mapToDouble(figure).sorted().toArray();
        return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
    }
}
