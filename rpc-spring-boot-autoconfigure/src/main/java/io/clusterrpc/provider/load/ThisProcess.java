/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

import io.clusterrpc.provider.limit.LoadShedder;
import org.jspecify.annotations.Nullable;

/** The load of this process and of its shedder. */
record ThisProcess(@Nullable LoadShedder shedder) implements LoadSource {

    @Override
    public int inFlight() {
        return shedder == null ? 0 : shedder.inFlight();
    }

    @Override
    public int limit() {
        return shedder == null ? 0 : shedder.limit();
    }

    @Override
    public long cpuNanos() {
        return ProcessCpu.nanos();
    }

    @Override
    public int processors() {
        return Runtime.getRuntime().availableProcessors();
    }
}
