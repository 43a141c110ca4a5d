/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Where instances are when nothing registers them: the addresses that configuration names. */
@NullMarked
package io.clusterrpc.discovery.fixed;

import org.jspecify.annotations.NullMarked;
