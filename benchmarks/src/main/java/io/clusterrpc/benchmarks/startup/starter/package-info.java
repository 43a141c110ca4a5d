/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** The same application with this project's starter. */
@NullMarked
package io.clusterrpc.benchmarks.startup.starter;

import org.jspecify.annotations.NullMarked;
