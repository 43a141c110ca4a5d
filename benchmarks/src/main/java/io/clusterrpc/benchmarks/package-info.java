/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What every experiment uses: raw samples on disk, and the verdict that is computed from them. */
@NullMarked
package io.clusterrpc.benchmarks;

import org.jspecify.annotations.NullMarked;
