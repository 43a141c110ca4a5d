/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What a call costs a client with the starter, beside raw grpc-java and Spring Boot's own client. */
@NullMarked
package io.clusterrpc.benchmarks.price;

import org.jspecify.annotations.NullMarked;
