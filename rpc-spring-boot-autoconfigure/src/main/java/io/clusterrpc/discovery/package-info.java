/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Who is alive: the interface to a registry, and the directory that stands between registries and channels. */
@NullMarked
package io.clusterrpc.discovery;

import org.jspecify.annotations.NullMarked;
