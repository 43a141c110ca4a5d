/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

/** A registry with a backend of ours: the seam for further ones. */
interface Registry extends AutoCloseable {

    /** An instance in it. Closing signs it off as a provider of this library does. */
    interface Membership extends AutoCloseable {

        /** Whether the registry holds it. */
        boolean registered();

        @Override
        void close();
    }

    /** First column of the samples. */
    String name();

    /** What tells an application to use it. */
    String[] arguments();

    /** Announces an instance of the service {@code greeter} on this machine. */
    Membership join(String id, int port);

    @Override
    void close();
}
