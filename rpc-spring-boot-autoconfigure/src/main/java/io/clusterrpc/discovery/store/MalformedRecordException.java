/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.store;

import java.io.IOException;

/** A file is there but does not hold what it should; the message says what is wrong with it. */
public final class MalformedRecordException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was found and what was expected
     */
    public MalformedRecordException(String message) {
        super(message);
    }
}
