/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What does this application tell its callers of its load? */
@NullMarked
package io.clusterrpc.provider.load;

import org.jspecify.annotations.NullMarked;
