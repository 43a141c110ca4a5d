/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * What this JVM used so far. CPU is that of the process: callers, event loops, garbage collector. Bytes are what the JVM itself
 * counts for each thread, exactly, not sampled; a thread that ended since is missing.
 */
record Cost(long cpuNanos, Map<Long, Long> bytesByThread) {

    static Cost soFar() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        Map<Long, Long> bytesByThread = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            bytesByThread.put(ids[i], Math.max(0, bytes[i]));
        }
        return new Cost(system.getProcessCpuTime(), bytesByThread);
    }

    Cost since(Cost before) {
        Map<Long, Long> more = new HashMap<>();
        bytesByThread.forEach((id, bytes) -> more.put(id, bytes - before.bytesByThread.getOrDefault(id, 0L)));
        return new Cost(cpuNanos - before.cpuNanos, more);
    }

    long bytes() {
        return bytesByThread.values().stream().mapToLong(bytes -> bytes).sum();
    }
}
