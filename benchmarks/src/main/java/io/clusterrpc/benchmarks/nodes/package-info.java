/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What does one node that fails fast, or is slow for a while, get of the traffic, and what when it is well again? */
@NullMarked
package io.clusterrpc.benchmarks.nodes;

import org.jspecify.annotations.NullMarked;
