/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks;

import java.util.Map;
import java.util.Objects;

/**
 * One line of a file of raw samples. Immutable.
 *
 * @param values the value of each column
 */
public record Sample(Map<String, String> values) {

    /**
     * The value of a column.
     *
     * @param column its name
     * @return the text
     * @throws NullPointerException if there is no such column; the message names those there are
     */
    public String text(String column) {
        return Objects.requireNonNull(
                values.get(column), () -> "column: " + column + " (expected: one of " + values.keySet() + ")");
    }

    /**
     * Whether a column has a value.
     *
     * @param column its name
     * @param value the value asked for
     * @return whether it is this one
     */
    public boolean is(String column, String value) {
        return text(column).equals(value);
    }

    /**
     * The value of a column as a number.
     *
     * @param column its name
     * @return the number
     */
    public long number(String column) {
        return Long.parseLong(text(column));
    }
}
