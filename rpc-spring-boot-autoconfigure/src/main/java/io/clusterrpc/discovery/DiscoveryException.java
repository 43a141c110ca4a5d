/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import org.jspecify.annotations.Nullable;

/** A registry failed or refused. The message names the registry, what was asked, and the remedy. */
public final class DiscoveryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message names the registry, what was asked, and the remedy
     * @param cause the failure below, if any
     */
    public DiscoveryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
