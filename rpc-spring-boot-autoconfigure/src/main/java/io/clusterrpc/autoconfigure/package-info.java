/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How the parts become beans: the only wiring, and the only place that reads properties. */
@NullMarked
package io.clusterrpc.autoconfigure;

import org.jspecify.annotations.NullMarked;
