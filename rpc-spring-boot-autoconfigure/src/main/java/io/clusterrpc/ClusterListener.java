/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

/**
<<<<<<< HEAD
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
=======
 * Hears how the registries answer, for meters and logs. Called on the threads of the backends: implementations are thread-safe
 * and never block. What they throw is logged and changes nothing.
 */
public interface ClusterListener {

    /**
     * A registry gave its current list of a service.
     *
     * @param backend name of the registry's backend
     * @param service the application looked up
     * @param instances how many instances it listed
>>>>>>> origin/sight
     */
    default void registryAnswered(String backend, String service, int instances) {}

    /**
<<<<<<< HEAD
     * A registry could not be asked about a service; repeated at every failed attempt.
     *
     * @param backend name of the registry
     * @param service the application's name
=======
     * A registry could not be asked; the last list stays in use.
     *
     * @param backend name of the registry's backend
     * @param service the application looked up
>>>>>>> origin/sight
     */
    default void registryFailed(String backend, String service) {}
}
