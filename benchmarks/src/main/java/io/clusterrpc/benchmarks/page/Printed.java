/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A verdict as an experiment printed it. Immutable.
 *
 * @param figures what was held against a bar
 * @param others the lines above them, such as tables without bars
 * @param held whether its last line says so
 */
record Printed(List<Figure> figures, List<String> others, boolean held) {

    private static final Pattern FIGURE =
            Pattern.compile("(\\S+)\\s+(\\S+)\\s{2}(\\S.*?)\\s+(held|missed)(?:\\s+(.*))?");
    private static final Pattern FINDING = Pattern.compile("  (held|missed|skipped): +(.*)");

    /** A line of the table. */
    record Figure(String metric, String value, String bar, String verdict, String remark) {}

    static Printed of(Path file) throws IOException {
        List<Figure> figures = new ArrayList<>();
        List<String> others = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        String last = lines.get(lines.size() - 1);
        for (String line : lines.subList(0, lines.size() - 1)) {
            Matcher figure = FIGURE.matcher(line);
            if (figure.matches()) {
                String remark = figure.group(5);
                figures.add(new Figure(
                        figure.group(1),
                        figure.group(2),
                        figure.group(3),
                        figure.group(4),
                        remark == null ? "" : remark));
            } else {
                others.add(line.stripTrailing());
            }
        }
        return new Printed(List.copyOf(figures), List.copyOf(others), last.endsWith(" held"));
    }

    /** The rows below the heading that begins so. */
    List<String> rows(String heading) {
        List<String> rows = others.stream()
                .dropWhile(line -> !line.startsWith(heading))
                .skip(1)
                .toList();
        return rows.stream().takeWhile(line -> !line.isBlank()).toList();
    }

    String markdown() {
        StringBuilder out = new StringBuilder();
        out.append("| figure | measured | bar | | computed from |\n|---|---:|---|---|---|\n");
        for (Figure f : figures) {
            row(out, f.metric, f.value, f.bar, f.verdict.equals("held") ? "held" : "**missed**", f.remark);
        }
        if (!others.isEmpty()) {
            out.append("\n```\n").append(String.join("\n", others)).append("\n```\n");
        }
        return out.toString();
    }

    /** The verdict of {@code faults.sh} as a table. */
    static String faults(Path file) throws IOException {
        StringBuilder out = new StringBuilder("| fault | expected | measured | |\n|---|---|---|---|\n");
        String fault = "";
        String expected = "";
        for (String line : Files.readAllLines(file)) {
            Matcher finding = FINDING.matcher(line);
            if (finding.matches()) {
                String verdict = finding.group(1);
                row(out, fault, expected, finding.group(2), verdict.equals("held") ? verdict : "**" + verdict + "**");
            } else if (line.startsWith("  expected: ")) {
                expected = line.substring("  expected: ".length());
            } else if (!line.startsWith(" ")) {
                fault = line;
            }
        }
        return out.append('\n').append(fault).append(".\n").toString();
    }

    private static void row(StringBuilder out, String... cells) {
        out.append('|');
        for (String cell : cells) {
            out.append(' ')
                    .append(cell.replace("|", "\\|").replace("<", "&lt;").replaceAll("/\\S*/benchmarks/results/", ""))
                    .append(" |");
        }
        out.append('\n');
    }
}
