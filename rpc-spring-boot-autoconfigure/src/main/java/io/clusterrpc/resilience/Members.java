/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.ServiceInstance;
import io.grpc.MethodDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The instances of a reference, for calls that go to several of them. Thread-safe, never blocks. */
@FunctionalInterface
public interface Members {

    /**
     * Lists them.
     *
     * @param method the method called
     * @return those that may be called, the connected ones first; {@code null} while nobody knows yet
     */
    @Nullable
    List<ServiceInstance> of(MethodDescriptor<?, ?> method);
}
