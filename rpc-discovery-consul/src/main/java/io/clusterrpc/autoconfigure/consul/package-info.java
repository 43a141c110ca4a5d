/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How does Consul become the registry of an application? */
@NullMarked
package io.clusterrpc.autoconfigure.consul;

import org.jspecify.annotations.NullMarked;
