/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Configures discovery through Kubernetes. */
@NullMarked
package io.clusterrpc.autoconfigure.kubernetes;

import org.jspecify.annotations.NullMarked;
