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
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What every reference is made with; the auto-configuration fills it from properties and beans. Immutable, the functions are
 * thread-safe.
 *
 * @param settings the settings of a reference by its name
 * @param services applications by the gRPC service that they offer, for references without a name
 * @param nameless whether the name of a reference is the gRPC service of an injection point without a name, so that the catalog
 *     has to name its application
 * @param known whether a name is that of a reference that injection points or settings name
 * @param explicitTargets the target that takes the place of discovery by name of the reference, or {@code null}
 * @param configuredChannels whether a channel has settings that can be wrong, by name of the reference
 * @param algorithms balancing algorithms by name; throws {@link UnresolvableReferenceException} for an unknown one
 * @param registries where Resilience4j's instances live
 * @param fallbacks beans that answer failed calls
 * @param mergers beans that make one answer of several
 * @param runtime what calls run on
 * @param callListeners who hears about calls
 * @param endpointListeners who hears about instances
 */
public record ReferenceBlueprint(
        Function<String, ReferenceSettings> settings,
        Map<String, String> services,
        Predicate<String> nameless,
        Predicate<String> known,
        Function<String, @Nullable String> explicitTargets,
        Predicate<String> configuredChannels,
        Function<ReferenceSettings, LoadBalancingAlgorithm> algorithms,
        Registries registries,
        FallbackBeans fallbacks,
        MergerBeans mergers,
        CallRuntime runtime,
        List<CallListener> callListeners,
        List<EndpointListener> endpointListeners) {

    /** Copies the collections. */
    public ReferenceBlueprint {
        services = Map.copyOf(services);
        callListeners = List.copyOf(callListeners);
        endpointListeners = List.copyOf(endpointListeners);
    }
}
