/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What one of several instances made of a call. Immutable.
 *
 * @param instance the instance
 * @param response its answer, {@code null} if it gave none
 * @param status how its part of the call ended; OK exactly when there is a response
 * @param <R> response message
 */
public record InstanceResult<R>(
        ServiceInstance instance, @Nullable R response, Status status) {

    /** Checks that response and status fit together. */
    public InstanceResult {
        if (status.isOk() != (response != null)) {
            throw new IllegalArgumentException(
                    "status: " + status.getCode() + " (expected: OK with a response, anything else without)");
        }
    }

    /**
     * Whether the instance answered.
     *
     * @return {@code true} if there is a response
     */
    public boolean isOk() {
        return status.isOk();
    }
}
