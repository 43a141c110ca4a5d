/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * A plot as SVG, readable on light and on dark pages: groups of bars, or lines. The same data give the same text. Immutable.
 *
 * @param title what is drawn
 * @param xLabel below the horizontal axis, may be empty
 * @param yLabel unit of the vertical axis
 * @param logX whether the horizontal axis is logarithmic (lines only)
 * @param logY whether the vertical axis is logarithmic; otherwise it begins at 0
 * @param groups names of the groups of bars; none for lines
 * @param series what is drawn
 */
record Chart(
        String title,
        String xLabel,
        String yLabel,
        boolean logX,
        boolean logY,
        List<String> groups,
        List<Series> series) {

    private static final int LEFT = 70;
    private static final int RIGHT = 640;
    private static final int TOP = 50;
    private static final int BOTTOM = 340;

    /** So many groups have room for their names beside each other; those of more stand in three rows. */
    private static final int ONE_ROW = 6;

    private static final int LABELED_BARS = 14;
    private static final String[] COLORS = {
        "#2f81f7", "#e8710a", "#2da44e", "#d1242f", "#8957e5", "#9a6700", "#1b9aaa", "#bf3989", "#8b949e", "#57606a"
    };

    /** A name and its points: x, y and, for an interval, its ends. The x of a bar is the number of its group. */
    record Series(String name, List<double[]> points) {}

    static Chart bars(String title, String yLabel, boolean logY, List<String> groups, List<Series> series) {
        return new Chart(title, "", yLabel, false, logY, groups, series);
    }

    String svg() {
        double[] xs = range(0);
        double[] ys = range(1);
        double[] xTicks = logX ? powers(xs[0], xs[1]) : steps(xs[0], xs[1]);
        double[] yTicks = logY ? powers(ys[0], ys[1]) : steps(0, ys[1]);
        DoubleUnaryOperator x = groups.isEmpty()
                ? scale(logX, xs[0], xs[1], LEFT, RIGHT)
                : at -> LEFT + (at + 0.5) * (RIGHT - LEFT) / groups.size();
        DoubleUnaryOperator y = scale(logY, yTicks[0], yTicks[yTicks.length - 1], BOTTOM, TOP);
        StringBuilder out = new StringBuilder();
        out.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 400" width="840" height="400" role="img">
                <style>
                text { font: 12px sans-serif; fill: #1f2328 }
                .title { font-size: 15px; font-weight: bold }
                .back { fill: #ffffff }
                .grid { stroke: #d0d7de }
                .axis { stroke: #57606a }
                @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 } .back { fill: #0d1117 } .grid { stroke: #30363d } .axis { stroke: #9198a1 }
                }
                </style>
                <rect class="back" width="840" height="400" rx="6"/>
                """);
        text(out, LEFT, 28, "start", " class=\"title\"", title);
        text(out, (LEFT + RIGHT) / 2.0, 386, "middle", "", xLabel);
        text(out, 18, 195, "middle", " transform=\"rotate(-90 18 195)\"", yLabel);
        for (double tick : yTicks) {
            line(out, "grid", LEFT, y.applyAsDouble(tick), RIGHT, y.applyAsDouble(tick));
            text(out, LEFT - 8, y.applyAsDouble(tick) + 4, "end", "", number(tick));
        }
        for (int i = 0; i < groups.size(); i++) {
            int row = groups.size() > ONE_ROW ? i % 3 : 0;
            text(out, x.applyAsDouble(i), BOTTOM + 20 + 14 * row, "middle", "", groups.get(i));
        }
        for (double tick : groups.isEmpty() ? xTicks : new double[0]) {
            if (tick >= xs[0] && tick <= xs[1]) {
                text(out, x.applyAsDouble(tick), BOTTOM + 20, "middle", "", number(tick));
            }
        }
        for (int i = 0; i < series.size(); i++) {
            String color = COLORS[i % COLORS.length];
            if (groups.isEmpty()) {
                lines(out, series.get(i), color, x, y);
            } else {
                bars(out, i, color, x, y);
            }
            if (series.size() > 1) {
                out.append(at(
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"12\" fill=\"%s\"/>%n",
                        RIGHT + 18.0, TOP + 20.0 * i, color));
                text(
                        out,
                        RIGHT + 36,
                        TOP + 20.0 * i + 11,
                        "start",
                        "",
                        series.get(i).name());
            }
        }
        line(out, "axis", LEFT, BOTTOM, RIGHT, BOTTOM);
        line(out, "axis", LEFT, TOP, LEFT, BOTTOM);
        return out.append("</svg>\n").toString();
    }

    private void bars(StringBuilder out, int number, String color, DoubleUnaryOperator x, DoubleUnaryOperator y) {
        double width = 0.8 * (RIGHT - LEFT) / groups.size() / series.size();
        double drawn = Math.min(width, 60);
        for (double[] point : series.get(number).points()) {
            double middle = x.applyAsDouble(point[0]) + (number - (series.size() - 1) / 2.0) * width;
            double top = y.applyAsDouble(point[1]);
            out.append(at(
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>%s: %s</title></rect>%n",
                    middle - drawn / 2,
                    top,
                    drawn * 0.94,
                    BOTTOM - top,
                    color,
                    escaped(series.get(number).name()),
                    number(point[1])));
            double above = top;
            if (point.length > 2) {
                above = y.applyAsDouble(point[3]);
                line(out, "axis", middle, y.applyAsDouble(point[2]), middle, above);
            }
            if (groups.size() * series.size() <= LABELED_BARS) {
                text(out, middle, above - 5, "middle", "", number(point[1]));
            }
        }
    }

    private static void lines(
            StringBuilder out, Series series, String color, DoubleUnaryOperator x, DoubleUnaryOperator y) {
        StringBuilder points = new StringBuilder();
        for (double[] point : series.points()) {
            points.append(at("%.1f,%.1f ", x.applyAsDouble(point[0]), y.applyAsDouble(point[1])));
        }
        out.append(at(
                "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\" points=\"%s\"/>%n",
                color, points.toString().trim()));
    }

    private double[] range(int axis) {
        double least = Double.MAX_VALUE;
        double most = -Double.MAX_VALUE;
        for (Series one : series) {
            for (double[] point : one.points()) {
                least = Math.min(least, point[axis]);
                most = Math.max(most, axis == 1 && point.length > 2 ? point[3] : point[axis]);
            }
        }
        return new double[] {least, most > least ? most : least + 1};
    }

    private static double[] powers(double least, double most) {
        List<Double> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(least)); ; power++) {
            ticks.add(Math.pow(10, power));
            if (ticks.size() > 1 && Math.pow(10, power) >= most) {
                return ticks.stream().mapToDouble(tick -> tick).toArray();
            }
        }
    }

    private static double[] steps(double least, double most) {
        double rough = (most - least) / 6;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.floor(least / step); ticks.isEmpty() || (i - 1) * step < most; i++) {
            ticks.add(i * step);
        }
        return ticks.stream().mapToDouble(tick -> tick).toArray();
    }

    private static DoubleUnaryOperator scale(boolean log, double least, double most, double from, double to) {
        DoubleUnaryOperator value = log ? Math::log10 : v -> v;
        double low = value.applyAsDouble(least);
        double high = value.applyAsDouble(most);
        return v -> from + (value.applyAsDouble(v) - low) / (high - low) * (to - from);
    }

    private static void line(StringBuilder out, String style, double x1, double y1, double x2, double y2) {
        out.append(at("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n", style, x1, y1, x2, y2));
    }

    private static void text(StringBuilder out, double x, double y, String anchor, String more, String text) {
        if (!text.isEmpty()) {
            out.append(at(
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>%n", x, y, anchor, more, escaped(text)));
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String number(double value) {
        String text = at(Math.abs(value) >= 1000 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    private static String at(String format, Object... values) {
        return String.format(Locale.ROOT, format.replace("%n", "\n"), values);
    }
}
