/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How instances are written to files that other processes, and later runs, can trust. */
@NullMarked
package io.clusterrpc.discovery.store;

import org.jspecify.annotations.NullMarked;
