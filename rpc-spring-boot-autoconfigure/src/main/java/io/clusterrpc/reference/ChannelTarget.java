/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.loadbalance.BalancerContext;
import io.grpc.NameResolver;

/**
 * What the resolver of one channel needs of its reference.
 *
 * @param source where the instances come from
 * @param balancer what the balancer is to use, beyond the life of the channel's resolver and balancer
 */
record ChannelTarget(InstanceSource source, BalancerContext balancer) {

    /** How it gets from the channel's builder to the resolver. */
    static final NameResolver.Args.Key<ChannelTarget> KEY = NameResolver.Args.Key.create("io.clusterrpc.target");
}
