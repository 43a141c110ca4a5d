/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ServiceInstance;
import java.time.Instant;
import java.util.List;

/** What one backend last said about one service: the unit that is kept on disk. */
record KnownList(Instant asOf, List<ServiceInstance> instances) {

    KnownList {
        instances = List.copyOf(instances);
    }
}
