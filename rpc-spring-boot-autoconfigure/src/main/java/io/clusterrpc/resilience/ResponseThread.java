/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

/** Where the answers of unary calls are read. */
public enum ResponseThread {
    /** On the executor of the call: each event by itself, as gRPC does it, or all together if the caller brought the executor. */
    EXECUTOR,
    /**
     * On the thread of the transport, which decodes the answer and hands it over in one piece: to the blocked thread of a caller that
     * waits, while callbacks of other callers run on the transport's thread and must not block.
     */
    TRANSPORT
}
