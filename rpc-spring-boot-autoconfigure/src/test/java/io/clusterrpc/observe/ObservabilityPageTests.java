/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of docs/observability.md are those that the enum makes. */
class ObservabilityPageTests {

    private static final PrometheusNamingConvention prometheus = new PrometheusNamingConvention();

    @Test
    void listsEveryMeter() throws IOException {
        assertThat(table("| meter |"))
                .isEqualTo(Arrays.stream(RpcMeter.values())
                        .map(ObservabilityPageTests::row)
                        .toList());
    }

    @Test
    void listsEveryTag() throws IOException {
        assertThat(table("| tag |"))
                .isEqualTo(Arrays.stream(RpcMeter.Tag.values())
                        .map(tag -> "| `" + tag.asString() + "` | " + tag.description() + " |")
                        .toList());
    }

    private static String row(RpcMeter meter) {
        String name = prometheus.name(meter.getName(), meter.getType(), meter.getBaseUnit());
        return "| `%s` | `%s` | %s | %s | %s |"
                .formatted(
                        meter.getName(),
                        meter.getType() == Meter.Type.COUNTER ? name + "_total" : name,
                        meter.getType().name().toLowerCase(Locale.ROOT),
                        Arrays.stream(meter.getKeyNames())
                                .map(tag -> "`" + tag.asString() + "`")
                                .collect(Collectors.joining(", ")),
                        meter.description());
    }

    private static List<String> table(String header) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "docs", "observability.md"));
        int start = 0;
        while (!lines.get(start).startsWith(header)) {
            start++;
        }
        return lines.stream()
                .skip(start + 2L)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }
}
