/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.CallListener;
import io.clusterrpc.loadbalance.EndpointListener;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.resilience.CallRuntime;
import io.clusterrpc.resilience.Registries;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.grpc.client.GrpcChannelFactory;

/** What every reference is made with; the auto-configuration answers from properties and beans. Implementations are thread-safe. */
public interface ReferenceBlueprint {

    /**
     * The settings of a reference.
     *
     * @param reference its name
     * @return the same ones each time
     */
    ReferenceSettings settings(String reference);

    /**
     * The application that offers a gRPC service, for references without a name.
     *
     * @param grpcService full name of the service
     * @return {@code null} if configuration does not say
     */
    @Nullable
    String application(String grpcService);

    /**
     * Whether a name is the gRPC service of an injection point without a name, so that the catalog has to name its application.
     *
     * @param reference name of a reference
     * @return {@code false} for one that is named
     */
    boolean isNameless(String reference);

    /**
     * Whether injection points or settings name a reference.
     *
     * @param name a name
     * @return whether it is that of a reference
     */
    boolean isKnown(String name);

    /**
     * The target that takes the place of discovery.
     *
     * @param reference name of the reference
     * @return {@code null} for discovery
     */
    @Nullable
    String explicitTarget(String reference);

    /**
     * Whether the channel of a reference has settings that can be wrong.
     *
     * @param reference name of the reference
     * @return {@code false} if everything about it is a default
     */
    boolean isChannelConfigured(String reference);

    /**
     * The balancing algorithm of a reference.
     *
     * @param settings those of the reference
     * @return one that no other reference has
     * @throws UnresolvableReferenceException if there is none of that name
     */
    LoadBalancingAlgorithm algorithm(ReferenceSettings settings);

    /**
     * Builds stubs.
     *
     * @return the same one each time
     */
    StubFactories stubs();

    /**
     * Spring gRPC's factory of channels.
     *
     * @return the factory
     * @throws RuntimeException if there is none
     */
    GrpcChannelFactory channels();

    /**
     * Where Resilience4j's instances live.
     *
     * @return the registries
     */
    Registries registries();

    /**
     * The beans that answer failed calls.
     *
     * @return the same ones each time
     */
    FallbackBeans fallbacks();

    /**
     * The beans that make one answer of several.
     *
     * @return the same ones each time
     */
    MergerBeans mergers();

    /**
     * What calls run on.
     *
     * @return threads and clock
     */
    CallRuntime runtime();

    /**
     * Who hears about calls.
     *
     * @return listeners in their order
     */
    List<CallListener> callListeners();

    /**
     * Who hears about instances.
     *
     * @return listeners in their order
     */
    List<EndpointListener> endpointListeners();
}
