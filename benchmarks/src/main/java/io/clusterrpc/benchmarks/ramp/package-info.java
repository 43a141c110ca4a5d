/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Which algorithm answers soonest in a simulated cluster: the library's own classes on a virtual clock, beside textbook references. */
@NullMarked
package io.clusterrpc.benchmarks.ramp;

import org.jspecify.annotations.NullMarked;
