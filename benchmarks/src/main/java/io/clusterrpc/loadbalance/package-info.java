/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** The library's package, entered by what simulations need and the library does not publish. */
@NullMarked
package io.clusterrpc.loadbalance;

import org.jspecify.annotations.NullMarked;
