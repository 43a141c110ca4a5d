/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** What does a consumer's user notice of a fault? Injects faults into real processes from outside and judges the samples. */
@NullMarked
package io.clusterrpc.benchmarks.faults;

import org.jspecify.annotations.NullMarked;
