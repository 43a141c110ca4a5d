/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What an application writes to call a gRPC service of a cluster. */
@NullMarked
package io.clusterrpc.demo.consumer;

import org.jspecify.annotations.NullMarked;
