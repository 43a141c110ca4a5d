/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** When a call of a reference is tried again, when it is stopped, and when it is given up: Resilience4j around a gRPC call. */
@NullMarked
package io.clusterrpc.resilience;

import org.jspecify.annotations.NullMarked;
