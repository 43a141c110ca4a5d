/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** What does a discovery backend need that does not depend on its registry? */
@NullMarked
package io.clusterrpc.discovery.backend;

import org.jspecify.annotations.NullMarked;
