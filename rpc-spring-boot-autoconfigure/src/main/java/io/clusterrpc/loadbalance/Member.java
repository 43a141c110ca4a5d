/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.grpc.EquivalentAddressGroup;

/**
 * An instance as the resolver tells it.
 *
 * @param listed whether the registry lists it, or it merely did not leave
 */
record Member(ServiceInstance instance, EquivalentAddressGroup addresses, boolean listed) {}
