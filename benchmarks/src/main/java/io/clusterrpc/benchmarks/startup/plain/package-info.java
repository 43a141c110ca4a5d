/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** An application on Boot's own gRPC starters. */
@NullMarked
package io.clusterrpc.benchmarks.startup.plain;

import org.jspecify.annotations.NullMarked;
