/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

/** A registry with a backend of ours: the seam for further ones. */
public interface Registry extends AutoCloseable {

    /** An instance in it. Closing signs it off as a provider of this library does. */
    interface Membership extends AutoCloseable {

        /**
         * Whether the registry holds it.
         *
         * @return {@code true} once the registry said so
         */
        boolean registered();

        @Override
        void close();
    }

    /**
     * First column of the samples.
     *
     * @return a word
     */
    String name();

    /**
     * What tells an application to use it.
     *
     * @return arguments of the command line
     */
    String[] arguments();

    /**
     * Announces an instance of the service {@code greeter} on this machine.
     *
     * @param id unique in the run
     * @param port where it serves
     * @return signs it off when closed
     */
    Membership join(String id, int port);

    @Override
    void close();
}
