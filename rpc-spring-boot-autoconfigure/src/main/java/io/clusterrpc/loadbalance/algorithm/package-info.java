/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How one of several suitable instances is chosen: the algorithms that come with the library, found by name. */
@NullMarked
package io.clusterrpc.loadbalance.algorithm;

import org.jspecify.annotations.NullMarked;
