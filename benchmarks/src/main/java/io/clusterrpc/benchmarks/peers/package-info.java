/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What would one pick instead, and how many calls a second does that make? */
@NullMarked
package io.clusterrpc.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
