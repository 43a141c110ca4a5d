/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.ServiceInstance;
import java.util.List;
import java.util.Set;

/**
 * What the cluster says of one Service.
 *
 * @param instances those that are ready, sorted by id
 * @param leaving ids of those that are being terminated
 */
record Listing(List<ServiceInstance> instances, Set<String> leaving) {}
