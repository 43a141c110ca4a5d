/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Who gets the call: one gRPC LoadBalancer, what it knows of each instance, and the stages that a call passes until an instance is picked. */
@NullMarked
package io.clusterrpc.loadbalance;

import org.jspecify.annotations.NullMarked;
