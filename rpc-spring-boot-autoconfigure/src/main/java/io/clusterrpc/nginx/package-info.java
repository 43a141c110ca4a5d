/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What nginx knows of the cluster: an upstream file that is kept in step with the directory, for callers that cannot balance themselves. */
@NullMarked
package io.clusterrpc.nginx;

import org.jspecify.annotations.NullMarked;
