/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What do calls of a fixed schedule meet at backends that behave as told? Servers on real sockets, contenders that balance, and a log of every call. */
@NullMarked
package io.clusterrpc.benchmarks.backends;

import org.jspecify.annotations.NullMarked;
