/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import com.sun.management.OperatingSystemMXBean;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * A consumer of 1,000 instances: what an idle one of them costs in memory, and what a hundred joins and a hundred leaves a second do to
 * its CPU, its heap and the number of connections made. Consumer, balancer, connections and calls are real; the instances are the
 * ports of one server process, the registry is in memory.
 */
final class ChurnRun implements AutoCloseable {

    static final int INSTANCES = 1_000;
    static final int THIRDS = 3;
    private static final int SECONDS_A_THIRD = 20;
    private static final int CALLS_A_SECOND = 200;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final ScheduledExecutorService callers = Executors.newScheduledThreadPool(4);
    private final ScheduledExecutorService churn = Executors.newSingleThreadScheduledExecutor();
    private final ScaleServerProcess server;
    private final ScaleRegistry registry;
    private final ConfigurableApplicationContext context;
    private final Samples seconds;
    private final Samples points;
    private volatile boolean resting;

    private ChurnRun(Path results) throws IOException {
        server = new ScaleServerProcess(2 * INSTANCES, results.resolve("server.log"));
        registry = new ScaleRegistry(server.ports());
        seconds = new Samples(
                results.resolve("seconds.csv"), "phase", "second", "wallNanos", "cpuNanos", "answered", "failed");
        points = new Samples(
                results.resolve("points.csv"), "point", "heapBytes", "residentBytes", "joined", "connections");
        context = new SpringApplicationBuilder(ScaleConsumer.class)
                .initializers(
                        (GenericApplicationContext bare) -> bare.registerBean(ScaleRegistry.class, () -> registry))
                .properties(Map.of(
                        "rpc.discovery.backends", "scale",
                        "rpc.discovery.disk-cache.enabled", "false",
                        "spring.main.web-application-type", "none",
                        "spring.main.banner-mode", "off"))
                .run();
    }

    /** Argument: the folder for the samples. */
    public static void main(String[] args) throws Exception {
        try (ChurnRun run = new ChurnRun(Path.of(args[0]))) {
            run.connect();
            run.call();
            run.phase("steady", SECONDS_A_THIRD / 2);
            run.replace();
            for (int third = 1; third <= THIRDS; third++) {
                run.phase("third" + third, SECONDS_A_THIRD);
                run.point("third" + third);
            }
            run.churn.shutdownNow();
            run.churn.awaitTermination(5, TimeUnit.SECONDS);
            TimeUnit.SECONDS.sleep(1);
            run.point("end");
        }
        System.exit(0); // what is left of gRPC's threads
    }

    private void connect() throws Exception {
        GreeterBlockingStub stub = context.getBean(ScaleConsumer.Stub.class).orders();
        registry.join(1);
        stub.sayHello(HelloRequest.getDefaultInstance());
        TimeUnit.SECONDS.sleep(1);
        point("one");
        registry.join(INSTANCES - 1);
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (server.connections() < INSTANCES && System.nanoTime() < patience) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        TimeUnit.SECONDS.sleep(2);
        point("all");
    }

    private void call() {
        GreeterBlockingStub stub = context.getBean(ScaleConsumer.Stub.class).orders();
        HelloRequest request =
                HelloRequest.newBuilder().setName("x".repeat(100)).build();
        for (int caller = 0; caller < 4; caller++) {
            callers.scheduleAtFixedRate(
                    () -> {
                        try {
                            stub.sayHello(request);
                            answered.incrementAndGet();
                        } catch (StatusRuntimeException e) {
                            failed.incrementAndGet();
                            System.err.println(e);
                        }
                    },
                    0,
                    4 * 1_000_000 / CALLS_A_SECOND,
                    TimeUnit.MICROSECONDS);
        }
    }

    private void replace() {
        churn.scheduleAtFixedRate(
                () -> {
                    if (!resting) {
                        registry.replaceOne();
                    }
                },
                0,
                10,
                TimeUnit.MILLISECONDS);
    }

    private void phase(String name, int length) throws InterruptedException {
        long wall = System.nanoTime();
        long cpu = system.getProcessCpuTime();
        long well = answered.get();
        long badly = failed.get();
        for (int second = 0; second < length; second++) {
            TimeUnit.SECONDS.sleep(1);
            long wallNow = System.nanoTime();
            long cpuNow = system.getProcessCpuTime();
            long wellNow = answered.get();
            long badlyNow = failed.get();
            seconds.add(name, second, wallNow - wall, cpuNow - cpu, wellNow - well, badlyNow - badly);
            wall = wallNow;
            cpu = cpuNow;
            well = wellNow;
            badly = badlyNow;
        }
    }

    /**
     * Live heap, after collections; between phases, so that these cost none of them anything, and two seconds after the last change, so
     * that connections that are being closed do not count.
     */
    private void point(String name) throws Exception {
        resting = true;
        TimeUnit.SECONDS.sleep(2);
        int joined = registry.joined();
        long connections = server.connections();
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(100);
            heap = Math.min(
                    heap,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        points.add(name, heap, resident(), joined, connections);
        resting = false;
    }

    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        churn.shutdownNow();
        callers.shutdownNow();
        context.close();
        server.close();
        seconds.close();
        points.close();
    }
}
