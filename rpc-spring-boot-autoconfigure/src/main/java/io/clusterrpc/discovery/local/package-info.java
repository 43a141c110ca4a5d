/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How the JVMs of one user on one machine find each other, with nothing to install. */
@NullMarked
package io.clusterrpc.discovery.local;

import org.jspecify.annotations.NullMarked;
