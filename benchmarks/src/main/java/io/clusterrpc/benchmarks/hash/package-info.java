/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What consistent-hash keeps in place, how even it is and what it costs: the library's own classes, without a network. */
@NullMarked
package io.clusterrpc.benchmarks.hash;

import org.jspecify.annotations.NullMarked;
