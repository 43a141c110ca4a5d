/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

/** A reference can never work as configured. The message says what was found and the property to set. */
public final class UnresolvableReferenceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String remedy;

    /**
     * Creates the exception.
     *
     * @param message what was found and what was expected
     * @param remedy what to change
     */
    public UnresolvableReferenceException(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    /**
     * What to change.
     *
     * @return a sentence naming the property or annotation
     */
    public String remedy() {
        return remedy;
    }
}
