/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Which instance does a key belong to, who comes next, and what is the key of a call? */
@NullMarked
package io.clusterrpc.loadbalance.hash;

import org.jspecify.annotations.NullMarked;
