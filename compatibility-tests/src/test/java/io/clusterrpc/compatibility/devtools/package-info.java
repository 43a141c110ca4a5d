/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Does an application that DevTools restarts stay one instance? */
@NullMarked
package io.clusterrpc.compatibility.devtools;

import org.jspecify.annotations.NullMarked;
