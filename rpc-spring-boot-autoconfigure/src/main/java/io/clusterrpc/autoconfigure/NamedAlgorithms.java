/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.clusterrpc.reference.ReferenceSettings;
import io.clusterrpc.reference.UnresolvableReferenceException;
import java.util.List;

/** The balancing algorithms of the library and of the application, by the name that a property gives. Immutable. */
final class NamedAlgorithms {

    private final Algorithms algorithms;

    NamedAlgorithms(List<LoadBalancingAlgorithm> beans) {
        this.algorithms = new Algorithms(beans);
    }

    LoadBalancingAlgorithm of(ReferenceSettings settings) {
        if (!algorithms.names().contains(settings.algorithm())) {
            throw new UnresolvableReferenceException(
                    "rpc.references." + settings.name() + ".balancing.algorithm: '" + settings.algorithm()
                            + "' (expected: one of " + algorithms.names() + ")",
                    "Correct rpc.references." + settings.name()
                            + ".balancing.algorithm or rpc.defaults.balancing.algorithm,"
                            + " or contribute a LoadBalancingAlgorithm bean of that name");
        }
        return algorithms.named(settings.algorithm());
    }
}
