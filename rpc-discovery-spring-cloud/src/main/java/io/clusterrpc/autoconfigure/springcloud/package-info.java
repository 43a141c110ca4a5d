/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Which registry of Spring Cloud does an application use, and who registers it there? */
@NullMarked
package io.clusterrpc.autoconfigure.springcloud;

import org.jspecify.annotations.NullMarked;
