/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What a reader is told of the experiments: pages and plots, computed from kept samples. */
@NullMarked
package io.clusterrpc.benchmarks.page;

import org.jspecify.annotations.NullMarked;
