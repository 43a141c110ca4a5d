/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import java.util.List;

/**
 * What enough instances agree about. Immutable.
 *
 * @param answer what they answered
 * @param results what every instance that was heard made of the call, those that answered otherwise or failed among them
 * @param <R> response message
 */
public record Agreement<R>(R answer, List<InstanceResult<R>> results) {

    /** Copies the list. */
    public Agreement {
        results = List.copyOf(results);
    }

    /**
     * Whether all that answered agree.
     *
     * @return {@code false} if an instance gave another answer
     */
    public boolean isUnanimous() {
        return results.stream().noneMatch(result -> result.isOk() && !answer.equals(result.response()));
    }
}
