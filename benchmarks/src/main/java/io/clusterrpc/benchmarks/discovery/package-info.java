/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How soon a consumer knows that an instance came or went, and what a registry that fails or is large costs it. */
@NullMarked
package io.clusterrpc.benchmarks.discovery;

import org.jspecify.annotations.NullMarked;
