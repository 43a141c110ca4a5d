/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A table of properties in the documentation. Several stand in one row as {@code `a.b.one`, `.two`}, the second being {@code a.b.two};
 * names are shortened where the header says {@code property under `prefix`}. Durations may be written with a space, numbers with commas,
 * switches as on and off.
 *
 * @param page where it stands
 * @param rows the rows
 */
record PropertyTable(Path page, List<Row> rows) {

    private static final Pattern CODE = Pattern.compile("`([^`]*)`");
    private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h)");

    /** One row: the names in it, in full, and the text that has their defaults. */
    record Row(Set<String> properties, String defaults) {}

    static PropertyTable read(Path page, String header) throws IOException {
        List<String> lines = Files.readAllLines(page);
        int start = 0;
        while (!lines.get(start).startsWith(header)) {
            start++;
        }
        List<String> heads = cells(lines.get(start));
        int nameColumn = column(heads, "property");
        int defaultColumn = column(heads, "default");
        Matcher under = CODE.matcher(heads.get(nameColumn));
        String prefix = under.find() ? under.group(1) + "." : "";
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(start + 2, lines.size())) {
            if (!line.startsWith("|")) {
                break;
            }
            List<String> cells = cells(line);
            rows.add(new Row(names(cells.get(nameColumn), prefix), cells.get(defaultColumn)));
        }
        return new PropertyTable(page, rows);
    }

    private static List<String> cells(String line) {
        String[] cells = line.substring(1).split("\\|");
        return Arrays.stream(cells).map(String::strip).toList();
    }

    private static int column(List<String> heads, String name) {
        for (int i = 0; i < heads.size(); i++) {
            if (heads.get(i).startsWith(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no column '" + name + "' in " + heads);
    }

    private static Set<String> names(String cell, String prefix) {
        Set<String> names = new LinkedHashSet<>();
        Matcher code = CODE.matcher(cell);
        String last = "";
        while (code.find()) {
            String text = code.group(1);
            last = text.startsWith(".") ? last.substring(0, Math.max(0, last.lastIndexOf('.'))) + text : prefix + text;
            names.add(last);
        }
        return names;
    }

    /** What is missing: the property, or the values that it has by default. */
    List<String> gaps(String property, @Nullable Object defaultValue) {
        List<Row> found =
                rows.stream().filter(row -> row.properties().contains(property)).toList();
        if (found.isEmpty()) {
            return List.of(property + " (default: " + defaultValue + ") is in no row");
        }
        List<String> gaps = new ArrayList<>();
        for (String value : values(defaultValue)) {
            if (found.stream().noneMatch(row -> shows(row.defaults(), value))) {
                gaps.add(property + " is " + value + " by default, not "
                        + found.get(0).defaults());
            }
        }
        return gaps;
    }

    private static List<String> values(@Nullable Object defaultValue) {
        if (defaultValue == null) {
            return List.of();
        }
        String text = String.valueOf(defaultValue);
        boolean list = text.startsWith("[") && text.endsWith("]");
        return list ? List.of(text.substring(1, text.length() - 1).split(",\\s*")) : List.of(text);
    }

    private static boolean shows(String cell, String value) {
        return forms(value).stream()
                .anyMatch(form -> Pattern.compile("(?<![\\w.,])" + Pattern.quote(form) + "(?!\\w|[.,]\\d)")
                        .matcher(cell)
                        .find());
    }

    private static List<String> forms(String value) {
        Matcher duration = DURATION.matcher(value);
        if (duration.matches()) {
            long number = Long.parseLong(duration.group(1));
            return switch (duration.group(2)) {
                case "ms" -> List.of(value, number + " ms", String.format(Locale.ROOT, "%.1f s", number / 1000.0));
                case "m" -> List.of(value, number + " min");
                default -> List.of(value, number + " " + duration.group(2));
            };
        }
        if (value.matches("\\d+")) {
            return List.of(value, String.format(Locale.ROOT, "%,d", Long.parseLong(value)));
        }
        return switch (value) {
            case "true" -> List.of(value, "on");
            case "false" -> List.of(value, "off");
            default -> List.of(value);
        };
    }

    @Override
    public String toString() {
        return "the table of " + page.getFileName();
    }
}
