/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.startup;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts an application, prints what that cost in CPU time of the process, and ends it. */
public final class MeasuredStart {

    private MeasuredStart() {}

    /**
     * Starts, prints a line that begins with {@code started,}, and ends the JVM.
     *
     * @param application its class
     * @param args its arguments
     */
    public static void run(Class<?> application, String[] args) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .run(args);
        long ready = cpuMillis();
        // What runs on other threads after the start belongs to its price as well.
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        System.out.println("started," + ready + "," + cpuMillis());
        System.out.flush();
        context.close();
        Runtime.getRuntime().halt(0);
    }

    private static long cpuMillis() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1_000_000;
    }
}
