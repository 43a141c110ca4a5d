/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.RpcMerger;
import io.grpc.MethodDescriptor;

/** Who makes one answer of those of all instances, by method. Thread-safe. */
@FunctionalInterface
public interface Mergers {

    /**
     * Finds the merger of a method.
     *
     * @param method a unary method with mode broadcast
     * @return the merger
     * @throws RuntimeException if there is none, or it cannot be told which; the call then fails and says so
     */
    RpcMerger<?> of(MethodDescriptor<?, ?> method);
}
