/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What does a call cost with net.devh's starter? */
@NullMarked
package io.clusterrpc.benchmarks.netdevh;

import org.jspecify.annotations.NullMarked;
