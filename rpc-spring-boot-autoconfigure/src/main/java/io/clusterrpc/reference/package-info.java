/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How a consumer reaches another application: its references, one channel each, and the stubs that share it. */
@NullMarked
package io.clusterrpc.reference;

import org.jspecify.annotations.NullMarked;
