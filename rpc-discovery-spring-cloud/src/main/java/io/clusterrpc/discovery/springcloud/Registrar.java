/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;

/** Writes instances into the registries of Spring Cloud. Its methods block; they are called one after the other, off any caller's thread. */
interface Registrar {

    /**
     * Registers an instance, or replaces what is registered of it.
     *
     * @param instance what to register
     */
    void register(ServiceInstance instance);

    /**
     * Takes it away; nothing happens if it is not registered any more.
     *
     * @param instance what was registered
     */
    void deregister(ServiceInstance instance);

    /**
     * Whether an application can register one instance only.
     *
     * @return {@code true} if a second one has to be refused
     */
    boolean single();

    /**
     * Why nothing can be registered.
     *
     * @return with the remedy; empty if it can
     */
    String obstacle();

    /** For applications that only look up. */
    static Registrar none(String obstacle) {
        return new Registrar() {
            @Override
            public void register(ServiceInstance instance) {
                throw new IllegalStateException(obstacle);
            }

            @Override
            public void deregister(ServiceInstance instance) {}

            @Override
            public boolean single() {
                return true;
            }

            @Override
            public String obstacle() {
                return obstacle;
            }
        };
    }
}
