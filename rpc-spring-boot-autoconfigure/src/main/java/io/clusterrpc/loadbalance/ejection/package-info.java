/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Which instances get no calls for a while, because of how they served the last ones, and when they get some again. */
@NullMarked
package io.clusterrpc.loadbalance.ejection;

import org.jspecify.annotations.NullMarked;
