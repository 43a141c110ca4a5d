/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What is measured: the names and meaning of every meter, and the listeners that record them without costing a call much. */
@NullMarked
package io.clusterrpc.observe;

import org.jspecify.annotations.NullMarked;
