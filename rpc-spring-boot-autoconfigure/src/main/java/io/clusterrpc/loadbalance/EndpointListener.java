/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.ejection.EjectionView;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens to the instances of references, for meters. Called on the threads of channels, for one reference never
 * concurrently: implementations return quickly. What they throw is logged and changes nothing.
 */
public interface EndpointListener {

    /**
     * The listener was added to the registry of a reference, and hears of changes from now on.
     *
     * @param reference name of the reference
     * @param endpoints the registry, for figures
     */
    default void listening(String reference, EndpointRegistry endpoints) {}

    /**
     * An instance became known to the reference.
     *
     * @param reference name of the reference
     * @param instance the instance
     */
    default void added(String reference, ServiceInstance instance) {}

    /**
     * An instance is not part of the reference's cluster any more.
     *
     * @param reference name of the reference
     * @param instance the instance as it was last known
     * @param reason a short text
     */
    default void removed(String reference, ServiceInstance instance, String reason) {}

    /**
     * The state of an instance changed. Each reconnect attempt is a change. When the first instance is connected, calls already
     * reach it when listeners hear of it.
     *
     * @param reference name of the reference
     * @param instance the instance
     * @param state the new state
     * @param reason a short text, {@code null} if the state says it all
     */
    default void stateChanged(
            String reference, ServiceInstance instance, EndpointState state, @Nullable String reason) {}

    /**
     * An instance was ejected: it gets no calls for a while.
     *
     * @param reference name of the reference
     * @param instance the instance
     * @param ejection why and until when
     */
    default void ejected(String reference, ServiceInstance instance, EjectionView ejection) {}

    /**
     * An ejected instance passed a health call and gets calls again, a small share first.
     *
     * @param reference name of the reference
     * @param instance the instance
     */
    default void returned(String reference, ServiceInstance instance) {}

    /**
     * An instance was asked by a health call, because nothing came back from it or because its ejection is over.
     *
     * @param reference name of the reference
     * @param instance the instance
     * @param alive whether it answered
     */
    default void probed(String reference, ServiceInstance instance, boolean alive) {}

    /**
     * An instance is connected after there was none, also for the very first time. Follows its {@link #stateChanged}.
     *
     * @param reference name of the reference
     */
    default void recovered(String reference) {}
}
