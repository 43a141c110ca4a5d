/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

/** What an instance is to a reference. */
public enum EndpointState {
    /** Not connected because the reference's channel rests; the next call connects. */
    IDLE,
    /** A connection is being made. */
    CONNECTING,
    /** Connected. */
    READY,
    /** The last try to connect failed; the next one waits for its backoff. */
    TRANSIENT_FAILURE
}
