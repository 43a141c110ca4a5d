/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Who is alive, as Kubernetes knows it? */
@NullMarked
package io.clusterrpc.discovery.kubernetes;

import org.jspecify.annotations.NullMarked;
