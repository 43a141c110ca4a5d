/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How many calls are answered in time while one of eleven backends is stuck? Linkerd's experiment of 2016 on real sockets. */
@NullMarked
package io.clusterrpc.benchmarks.linkerd;

import org.jspecify.annotations.NullMarked;
