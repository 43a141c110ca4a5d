/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What operations see: the endpoint, health, info, and the gauges of references. */
@NullMarked
package io.clusterrpc.actuate;

import org.jspecify.annotations.NullMarked;
