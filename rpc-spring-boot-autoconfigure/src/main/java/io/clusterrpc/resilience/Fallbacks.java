/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.RpcFallback;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/** Who answers failed calls of a reference, by method. Asked once a failed call: implementations are quick and thread-safe. */
@FunctionalInterface
public interface Fallbacks {

    /** Nobody. */
    Fallbacks NONE = method -> null;

    /**
     * Finds the fallback of a method.
     *
     * @param method a unary method that wants one
     * @return {@code null} for an empty answer
     * @throws RuntimeException if it cannot be told which one; the call then fails as it did
     */
    @Nullable
    RpcFallback<?, ?> of(MethodDescriptor<?, ?> method);
}
