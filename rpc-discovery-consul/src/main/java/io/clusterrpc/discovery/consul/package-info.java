/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Who is alive, as Consul knows it? */
@NullMarked
package io.clusterrpc.discovery.consul;

import org.jspecify.annotations.NullMarked;
