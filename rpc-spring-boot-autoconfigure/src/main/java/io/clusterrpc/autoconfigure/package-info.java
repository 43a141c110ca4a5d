/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** How the parts are put together in a Spring Boot application: properties, conditions, beans. */
@NullMarked
package io.clusterrpc.autoconfigure;

import org.jspecify.annotations.NullMarked;
