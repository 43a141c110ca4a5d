/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import org.jspecify.annotations.Nullable;

/** A setting of discovery cannot work. Thrown while the application starts, never later. */
public final class DiscoveryConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String property;
    private final String remedy;

    /**
     * Creates the exception.
     *
     * @param property the property at fault, for example {@code rpc.discovery.backends}
     * @param found what is wrong with its value
     * @param remedy what to set instead
     * @param cause the failure below, if any
     */
    public DiscoveryConfigurationException(String property, String found, String remedy, @Nullable Throwable cause) {
        super(property + ": " + found, cause);
        this.property = property;
        this.remedy = remedy;
    }

    /**
     * The property at fault.
     *
     * @return its full name
     */
    public String property() {
        return property;
    }

    /**
     * What to do about it.
     *
     * @return a sentence
     */
    public String remedy() {
        return remedy;
    }
}
