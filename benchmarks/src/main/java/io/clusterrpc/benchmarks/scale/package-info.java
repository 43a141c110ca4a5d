/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What does a cluster of thousands of instances that come and go cost a consumer? */
@NullMarked
package io.clusterrpc.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
