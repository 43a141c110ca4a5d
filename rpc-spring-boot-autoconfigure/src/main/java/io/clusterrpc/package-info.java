/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What a user of Cluster RPC writes and reads: the two annotations, the record of a provider, and what a call knows of itself. */
@NullMarked
package io.clusterrpc;

import org.jspecify.annotations.NullMarked;
