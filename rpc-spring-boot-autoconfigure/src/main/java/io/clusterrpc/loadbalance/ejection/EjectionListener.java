/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

/**
 * Hears what the {@link Ejector} does.
 *
 * @param <E> the instances
 */
public interface EjectionListener<E extends Ejectable> {

    /**
     * An instance was ejected.
     *
     * @param instance which
     * @param ejection why and until when
     */
    void ejected(E instance, EjectionView ejection);

    /**
     * An ejected instance passed its health call and gets calls again.
     *
     * @param instance which
     */
    void returned(E instance);

    /**
     * A health call ended.
     *
     * @param instance which was asked
     * @param alive whether it answered that it serves, or at least that it does not know health calls
     */
    void probed(E instance, boolean alive);
}
