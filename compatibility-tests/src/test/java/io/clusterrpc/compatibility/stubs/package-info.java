/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Do stubs of further generators work as references? */
@NullMarked
package io.clusterrpc.compatibility.stubs;

import org.jspecify.annotations.NullMarked;
