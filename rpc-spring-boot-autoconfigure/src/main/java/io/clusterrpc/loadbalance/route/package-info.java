/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Which part of a cluster the calls of a reference shall stay in: subset, zone, tags and canary. */
@NullMarked
package io.clusterrpc.loadbalance.route;

import org.jspecify.annotations.NullMarked;
