/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How soon do consumers know what happens in registries whose libraries no other measurement shall have on its class path? */
@NullMarked
package io.clusterrpc.benchmarks.registries;

import org.jspecify.annotations.NullMarked;
