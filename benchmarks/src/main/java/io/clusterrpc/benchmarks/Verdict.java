/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The figures of an experiment, each with its bar. Not thread-safe. */
public final class Verdict {

    private final String experiment;
    private final List<Figure> figures = new ArrayList<>();

    private record Figure(String metric, double value, String bar, boolean held, String remark) {

        /** With more digits than the bar. */
        String shortValue() {
            if (Double.isNaN(value)) {
                return "none";
            }
            if (bar.contains(".")) {
                return String.format(Locale.ROOT, "%.3f", value);
            }
            return value == Math.rint(value)
                    ? String.format(Locale.ROOT, "%.0f", value)
                    : String.format(Locale.ROOT, "%.1f", value);
        }
    }

    /**
     * Starts without figures.
     *
     * @param experiment its name, which begins the last line
     */
    public Verdict(String experiment) {
        this.experiment = experiment;
    }

    /**
     * Adds a figure that must not exceed a bar.
     *
     * @param metric its name, without blanks
     * @param value NaN if nothing was measured, which misses the bar
     * @param bar the most that holds
     * @param remark what the value was computed from
     */
    public void atMost(String metric, double value, double bar, String remark) {
        figures.add(new Figure(metric, value, "<= " + plain(bar), value <= bar, remark));
    }

    /**
     * Adds a figure that must stay below a bar.
     *
     * @param metric its name, without blanks
     * @param value NaN if nothing was measured, which misses the bar
     * @param bar the first value that does not hold
     * @param remark what the value was computed from
     */
    public void below(String metric, double value, double bar, String remark) {
        figures.add(new Figure(metric, value, "< " + plain(bar), value < bar, remark));
    }

    /**
     * Adds a figure that must reach a bar.
     *
     * @param metric its name, without blanks
     * @param value NaN if nothing was measured, which misses the bar
     * @param bar the least that holds
     * @param remark what the value was computed from
     */
    public void atLeast(String metric, double value, double bar, String remark) {
        figures.add(new Figure(metric, value, ">= " + plain(bar), value >= bar, remark));
    }

    /**
     * Adds a figure that must be exactly a number: a check that the experiment measured what it set out to measure.
     *
     * @param metric its name, without blanks
     * @param value what was counted
     * @param bar what holds
     * @param remark what the value was computed from
     */
    public void exactly(String metric, double value, double bar, String remark) {
        figures.add(new Figure(metric, value, plain(bar), value == bar, remark));
    }

    /**
     * Adds a figure without a bar. It only has to be there.
     *
     * @param metric its name, without blanks
     * @param value NaN if nothing was measured, which counts as missed
     * @param remark what the value was computed from
     */
    public void measured(String metric, double value, String remark) {
        figures.add(new Figure(metric, value, "none", !Double.isNaN(value), remark));
    }

    private static String plain(double bar) {
        return String.format(Locale.ROOT, bar == Math.rint(bar) ? "%.0f" : "%.1f", bar);
    }

    /**
     * Prints the table, and the verdict as last line.
     *
     * @param out where to
     * @return whether every figure held
     */
    public boolean print(PrintStream out) {
        for (Figure f : figures) {
            out.printf(
                    "%-40s %10s  %-11s %-7s %s%n",
                    f.metric, f.shortValue(), f.bar, f.held ? "held" : "missed", f.remark);
        }
        boolean held = !figures.isEmpty() && figures.stream().allMatch(Figure::held);
        out.println(experiment + ": "
                + figures.stream()
                        .map(f -> f.metric + "=" + f.shortValue() + " (bar " + f.bar + ")")
                        .collect(Collectors.joining(", "))
                + (held ? " held" : " missed"));
        return held;
    }
}
