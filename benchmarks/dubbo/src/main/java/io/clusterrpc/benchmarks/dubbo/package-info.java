/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What does a call cost with Dubbo? */
@NullMarked
package io.clusterrpc.benchmarks.dubbo;

import org.jspecify.annotations.NullMarked;
