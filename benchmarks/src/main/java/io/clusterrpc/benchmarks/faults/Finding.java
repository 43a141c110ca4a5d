/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

/**
 * What was measured of a fault.
 *
 * @param held whether the promise was kept
 * @param measured as a text
 */
record Finding(boolean held, String measured) {}
