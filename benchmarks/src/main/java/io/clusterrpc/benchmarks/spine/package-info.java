/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What a cluster loses when members die, restart and join, and what the starter costs at start-up. */
@NullMarked
package io.clusterrpc.benchmarks.spine;

import org.jspecify.annotations.NullMarked;
