/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.page;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes {@code docs/performance.md}, its plots, {@code docs/reliability.md} and the kept samples. */
final class Page {

    private static final List<String> ORDER =
            List.of("price", "peers", "linkerd", "ramp", "nodes", "hash", "scale", "spine", "discovery");
    private static final String FAULTS = "faults";
    private static final String GENERATED = "<!-- Written by benchmarks/run.sh page: do not edit. -->\n";

    private final Path root;
    private final Map<String, Path> given = new HashMap<>();

    private Page(Path root, List<Path> folders) {
        this.root = root;
        folders.forEach(folder -> given.put(experimentOf(folder), folder));
    }

    /** Arguments: the root of the project, then folders of samples which are used instead of the newest ones. */
    public static void main(String[] args) throws IOException {
        write(Path.of(args[0]), Stream.of(args).skip(1).map(Path::of).toList());
    }

    static void write(Path root, List<Path> folders) throws IOException {
        Page page = new Page(root, folders);
        page.performance();
        page.reliability();
    }

    private void performance() throws IOException {
        StringBuilder out = new StringBuilder(GENERATED);
        out.append("""
                # Performance

                Each section is one experiment, `benchmarks/run.sh NAME`: what it asks, where it ran, what it measured against
                which bar, and what it does not show. All figures are computed from raw samples; those are in
                [benchmarks/samples](../benchmarks/samples). Bars that were missed are listed like those that held.

                """);
        StringBuilder sections = new StringBuilder();
        out.append("| experiment | question | |\n|---|---|---|\n");
        for (String experiment : experiments()) {
            Optional<Path> kept = keep(experiment);
            if (kept.isEmpty()) {
                continue;
            }
            try (FileSystem zip = FileSystems.newFileSystem(kept.get())) {
                Path results = zip.getPath("/");
                Printed printed = Printed.of(results.resolve("verdict.txt"));
                out.append("| [%s](#%s) | %s | %s |\n"
                        .formatted(
                                experiment, experiment, question(experiment), printed.held() ? "held" : "**missed**"));
                section(sections, experiment, results, printed);
            }
        }
        Files.writeString(root.resolve("docs/performance.md"), out.append(sections));
    }

    private void section(StringBuilder out, String experiment, Path results, Printed printed) throws IOException {
        out.append("\n## ").append(experiment).append("\n");
        Path text = root.resolve("benchmarks/experiments/" + experiment + ".md");
        out.append(Files.exists(text) ? Files.readString(text) : question(experiment) + "\n");
        out.append('\n').append(machine(experiment, results)).append('\n');
        Path plot = root.resolve("docs/performance/" + experiment + ".svg");
        Optional<Chart> chart = Plots.of(experiment, results);
        if (chart.isPresent()) {
            Files.createDirectories(plot.toAbsolutePath().getParent());
            Files.writeString(plot, chart.get().svg());
            out.append("![%s](performance/%s.svg)\n\n".formatted(chart.get().title(), experiment));
        } else {
            Files.deleteIfExists(plot);
        }
        out.append(printed.markdown());
    }

    private void reliability() throws IOException {
        Optional<Path> kept = keep(FAULTS);
        if (kept.isEmpty()) {
            return;
        }
        try (FileSystem zip = FileSystems.newFileSystem(kept.get())) {
            Path results = zip.getPath("/");
            Files.writeString(
                    root.resolve("docs/reliability.md"),
                    GENERATED + """
                            # Reliability

                            `./faults.sh` injects faults into real provider processes under load and judges, from raw samples, what the
                            consumer noticed. All processes share one machine, so that what a real network does beyond these faults does not
                            show; a fault that the machine does not allow is skipped and says why.

                            """ + machine(FAULTS, results) + "\n" + Printed.faults(results.resolve("verdict.txt")));
        }
    }

    /** The zip of the samples: made anew if there is a run, otherwise the one there is. */
    private Optional<Path> keep(String experiment) throws IOException {
        Path zip = root.resolve("benchmarks/samples/" + experiment + ".zip");
        Optional<Path> run = Optional.ofNullable(given.get(experiment));
        if (run.isEmpty()) {
            run = newest(experiment);
        }
        if (run.isPresent()) {
            Kept.keep(run.get(), zip);
        }
        return Optional.of(zip).filter(Files::exists);
    }

    /** The newest run that has a verdict. Of faults the newest of those with the most faults: one may ask for few. */
    private Optional<Path> newest(String experiment) throws IOException {
        Path results = root.resolve("benchmarks/results");
        if (!Files.isDirectory(results)) {
            return Optional.empty();
        }
        List<Path> runs = new ArrayList<>();
        try (Stream<Path> all = Files.list(results)) {
            for (Path run : all.sorted().toList()) {
                Path verdict = run.resolve("verdict.txt");
                if (experimentOf(run).equals(experiment) && Files.exists(verdict) && Files.size(verdict) > 0) {
                    runs.add(run);
                }
            }
        }
        Comparator<Path> order = Comparator.comparing(Path::toString);
        return runs.stream()
                .max(
                        experiment.equals(FAULTS)
                                ? Comparator.comparingLong(Page::faults).thenComparing(order)
                                : order);
    }

    private static long faults(Path run) {
        return Objects.requireNonNull(run.toFile().listFiles(File::isDirectory)).length;
    }

    private List<String> experiments() throws IOException {
        List<String> names = new ArrayList<>(ORDER);
        try (Stream<Path> files = Files.list(root.resolve("benchmarks/experiments"))) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.endsWith(".sh"))
                    .map(file -> file.substring(0, file.length() - ".sh".length()))
                    .filter(name -> !names.contains(name))
                    .sorted()
                    .forEach(names::add);
        }
        return names;
    }

    private String question(String experiment) throws IOException {
        Path file = root.resolve("benchmarks/experiments/" + experiment + ".sh");
        String line = Files.exists(file) ? Files.readAllLines(file).get(0) : experiment;
        return line.replaceFirst("^# ", "").replaceFirst(" \\(about .*\\)$", "");
    }

    private static String machine(String experiment, Path results) throws IOException {
        Path file = results.resolve("machine.txt");
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of("date unknown");
        String leftOut = Files.readString(results.resolve("left-out"));
        return "Run on %s: %s. Samples: [%s.zip](../benchmarks/samples/%s.zip)%s.\n"
                .formatted(
                        lines.get(0),
                        String.join(", ", lines.subList(1, lines.size())),
                        experiment,
                        experiment,
                        leftOut.isEmpty() ? "" : ", without the largest (" + leftOut.replace("\n", ", ") + ")");
    }

    private static String experimentOf(Path folder) {
        return String.valueOf(folder.getFileName()).replaceFirst("-.*", "");
    }
}
