/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

/**
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
     */
    default void registryAnswered(String backend, String service, int instances) {}

    /**
     * A registry could not be asked; the last list stays in use.
     *
     * @param backend name of the registry's backend
     * @param service the application looked up
     */
    default void registryFailed(String backend, String service) {}
}
