/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What an application writes to offer a gRPC service to a cluster. */
@NullMarked
package io.clusterrpc.demo.provider;

import org.jspecify.annotations.NullMarked;
