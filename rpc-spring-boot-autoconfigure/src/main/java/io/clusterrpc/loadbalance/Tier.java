/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.loadbalance.route.Side;
import java.util.List;

/**
 * Endpoints that are alike to the route.
 *
 * @param side what they are by their tags
 * @param near whether they are in the own zone, or zones do not matter
 * @param endpoints not empty
 * @param share of the calls, 0 if only a call that has tried all others comes here
 */
record Tier(Side side, boolean near, List<ReadyEndpoint> endpoints, double share) {}
