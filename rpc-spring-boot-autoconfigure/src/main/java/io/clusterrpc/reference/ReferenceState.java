/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.resilience.RetryBudgetState;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.ConnectivityState;
import org.jspecify.annotations.Nullable;

/** A live view of one reference. Each method answers for the moment of the call. Thread-safe. */
public interface ReferenceState {

    /**
     * The name of the reference.
     *
     * @return its name
     */
    String name();

    /**
     * The application that it refers to.
     *
     * @return {@code null} while the catalog has not named one yet
     */
    @Nullable
    String service();

    /**
     * The target that {@code spring.grpc.client.channel.<name>.target} puts in place of discovery.
     *
     * @return {@code null} if discovery is in charge
     */
    @Nullable
    String explicitTarget();

    /**
     * The settings in force.
     *
     * @return the settings
     */
    ReferenceSettings settings();

    /**
     * What the directory knows of the application.
     *
     * @return the newest snapshot
     */
    ClusterSnapshot snapshot();

    /**
     * The statistics of the instances.
     *
     * @return the registry that the balancer fills; empty with an explicit target
     */
    EndpointRegistry endpoints();

    /**
     * The circuit breaker around the reference. Made at its first call, or when this is first asked for.
     *
     * @return the breaker, which is in Resilience4j's registry from then on
     */
    CircuitBreaker breaker();

    /**
     * The retry budget of the reference.
     *
     * @return how it is now
     */
    RetryBudgetState retryBudget();

    /**
     * How many attempts surely reached nobody and were made again, which neither the budget nor any other count knows.
     *
     * @return a count since the start
     */
    long undelivered();

    /**
     * The state of the channel.
     *
     * @return READY if at least one instance is connected
     */
    ConnectivityState connectivity();
}
