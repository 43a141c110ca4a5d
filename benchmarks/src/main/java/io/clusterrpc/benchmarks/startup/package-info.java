/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Measures how much CPU time an application needs to start. */
@NullMarked
package io.clusterrpc.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
