/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Who is alive, as the registries of Spring Cloud know it? */
@NullMarked
package io.clusterrpc.discovery.springcloud;

import org.jspecify.annotations.NullMarked;
