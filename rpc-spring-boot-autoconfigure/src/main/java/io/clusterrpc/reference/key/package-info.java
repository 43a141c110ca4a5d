/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Which field of its request says what a call is about? */
@NullMarked
package io.clusterrpc.reference.key;

import org.jspecify.annotations.NullMarked;
