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
 * What this JVM has used so far. Allocations count by thread, and only of threads that are alive: callers are kept for all rounds.
 * Immutable.
 *
 * @param cpuNanos processor time of the whole process, in the kernel too, by the kernel's clock of 10 ms
 * @param sleeps how often its threads went to sleep, 0 where the kernel does not say
 * @param cpuByThread processor time of each Java thread; what is missing to the whole was spent by the JVM itself: compilation and
 *     garbage collection
 * @param bytesByThread bytes allocated by each thread
 */
record Cost(long cpuNanos, long sleeps, Map<Long, Long> cpuByThread, Map<Long, Long> bytesByThread) {

    static Cost soFar() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long[] ids = threads.getAllThreadIds();
        return new Cost(
                system.getProcessCpuTime(),
                Sleeps.soFar(),
                byThread(ids, threads.getThreadCpuTime(ids)),
                byThread(ids, threads.getThreadAllocatedBytes(ids)));
    }

    private static Map<Long, Long> byThread(long[] ids, long[] values) {
        Map<Long, Long> byThread = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            byThread.put(ids[i], Math.max(0, values[i]));
        }
        return byThread;
    }

    Cost since(Cost before) {
        return new Cost(
                cpuNanos - before.cpuNanos,
                Math.max(0, sleeps - before.sleeps),
                more(cpuByThread, before.cpuByThread),
                more(bytesByThread, before.bytesByThread));
    }

    private static Map<Long, Long> more(Map<Long, Long> now, Map<Long, Long> before) {
        Map<Long, Long> more = new HashMap<>();
        now.forEach((id, value) -> more.put(id, value - before.getOrDefault(id, 0L)));
        return more;
    }

    /** What the JVM itself took of the processor time: compilation and garbage collection. */
    long ofTheJvmNanos() {
        return Math.max(0, cpuNanos - sum(cpuByThread));
    }

    long bytes() {
        return sum(bytesByThread);
    }

    private static long sum(Map<Long, Long> byThread) {
        return byThread.values().stream().mapToLong(value -> value).sum();
    }
}
