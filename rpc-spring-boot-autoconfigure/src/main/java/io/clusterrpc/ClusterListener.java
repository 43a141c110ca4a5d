/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

/**
 * Hears how registries behave, for meters. Called on the threads that bring the news: implementations are thread-safe and never
 * block. What they throw is logged and disturbs nobody.
 */
public interface ClusterListener {

    /** A listener that does nothing. */
    ClusterListener NONE = new ClusterListener() {};

    /**
     * A registry told its list of a service, changed or not.
     *
     * @param backend name of the registry, for example {@code local}
     * @param service the application's name
     * @param instances how many instances the registry lists
     */
    default void registryAnswered(String backend, String service, int instances) {}

    /**
     * A registry could not be asked about a service; repeated at every failed attempt.
     *
     * @param backend name of the registry
     * @param service the application's name
     */
    default void registryFailed(String backend, String service) {}
}
