/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

/** Who sends a request anew that surely reached no handler: a stream that was refused, or never left. */
public enum TransparentRetry {
    /** The failover of the reference; gRPC keeps no copies of requests, which saves a third of the CPU of a call. */
    FAILOVER,
    /** gRPC, by its retry buffer. */
    GRPC
}
