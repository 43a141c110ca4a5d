/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How many calls at a time does this application do well? */
@NullMarked
package io.clusterrpc.provider.limit;

import org.jspecify.annotations.NullMarked;
