/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** The processor time of this process. Its classes are loaded when it is first asked, not when the application starts. */
final class ProcessCpu {

    private ProcessCpu() {}

    /** Returns nanoseconds since the process began, of all its threads; negative if this JVM does not tell. */
    static long nanos() {
        return Bean.INSTANCE == null ? -1 : Bean.INSTANCE.getProcessCpuTime();
    }

    private static final class Bean {

        private static final @Nullable OperatingSystemMXBean INSTANCE =
                ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean ? bean : null;
    }
}
