/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How an application offers its gRPC servers to consumers: what it announces, when, under which address, and how it leaves. */
@NullMarked
package io.clusterrpc.provider;

import org.jspecify.annotations.NullMarked;
