/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.spine;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Timeline;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Kills, restarts and adds providers under load. This JVM is the consumer, so that calls, picks and what happened to the
 * providers are stamped by one clock. Writes {@code calls.csv}, {@code picks.csv} and {@code events.csv}; judges nothing.
 */
final class SpineRun implements AutoCloseable {

    /** How long the joining provider's share grows. Shorter than the default, to keep the experiment short. */
    static final int WARM_UP_SECONDS = 20;

    static final int CALLS_PER_SECOND = 200;
    static final int CALLS_AT_KILL = 2000;

    private final Path results;
    private final Path providerJar;
    private final String namespace = "spine-" + UUID.randomUUID();
    private final ConfigurableApplicationContext context;
    private final Timeline timeline;
    private final SpineConsumer.Stubs stubs;
    private final Samples calls;
    private final Samples events;
    private final Deque<ProviderProcess> providers = new ArrayDeque<>();
    private int launched;

    private SpineRun(Path results, Path providerJar) {
        this.results = results;
        this.providerJar = providerJar;
        this.context = new SpringApplicationBuilder(SpineConsumer.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.application.name=spine",
                        "--spine.picks=" + results.resolve("picks.csv"),
                        "--rpc.discovery.local.namespace=" + namespace,
                        "--rpc.references.ramp.service=greeter",
                        "--rpc.references.ramp.balancing.algorithm=weighted-round-robin",
                        "--rpc.references.ramp.balancing.warm-up=" + WARM_UP_SECONDS + "s");
        this.timeline = context.getBean(Timeline.class);
        this.stubs = context.getBean(SpineConsumer.Stubs.class);
        this.calls = new Samples(results.resolve("calls.csv"), Load.COLUMNS);
        this.events = new Samples(results.resolve("events.csv"), "phase", "micros", "event", "port", "pid");
    }

    /** Arguments: the folder for the samples, the provider's jar. */
    public static void main(String[] args) throws Exception {
        try (SpineRun run = new SpineRun(Path.of(args[0]), Path.of(args[1]))) {
            for (int i = 0; i < 3; i++) {
                run.launch();
            }
            for (ProviderProcess provider : run.providers) {
                run.ready("start", provider);
            }
            run.killOne();
            run.ready("start", run.launch());
            run.restartAll();
            run.join();
        }
    }

    /** Calls until nothing fails any more: a JVM that has just started on a busy machine may time out. */
    private void settle() throws Exception {
        for (int round = 0; round < 20; round++) {
            Load load = load("before", stubs.greeter(), Load.Kinds.SAFE, 3L * CALLS_PER_SECOND);
            load.await();
            if (load.failed() == 0) {
                return;
            }
        }
        throw new IllegalStateException("calls fail although nothing was killed yet: see calls.csv");
    }

    private void killOne() throws Exception {
        settle();
        Load load = load("kill", stubs.greeter(), Load.Kinds.SAFE, CALLS_AT_KILL);
        pause(CALLS_AT_KILL * 500L / CALLS_PER_SECOND);
        ProviderProcess victim = providers.removeFirst();
        int port = victim.port();
        long sent = timeline.micros();
        victim.kill();
        victim.awaitEnd();
        long gone = timeline.micros();
        events.add("kill", sent, "killed", port, victim.pid());
        events.add("kill", gone, "gone", port, victim.pid());
        load.await();
    }

    private void restartAll() throws Exception {
        try (Load load = load("restart", stubs.greeter(), Load.Kinds.SAFE_AND_UNSAFE, Long.MAX_VALUE)) {
            for (int i = providers.size(); i > 0; i--) {
                pause(2000);
                ProviderProcess old = providers.removeFirst();
                int port = old.port();
                events.add("restart", timeline.micros(), "terminated", port, old.pid());
                old.terminate();
                old.awaitEnd();
                events.add("restart", timeline.micros(), "gone", port, old.pid());
                ready("restart", launch());
            }
            pause(2000);
        }
    }

    private void join() throws Exception {
        pause(WARM_UP_SECONDS * 1000L);
        try (Load load = load("join", stubs.ramp(), Load.Kinds.SAFE, Long.MAX_VALUE)) {
            pause(1000);
            ready("join", launch());
            pause((WARM_UP_SECONDS + 4) * 1000L);
        }
    }

    private Load load(String phase, GreeterStub greeter, Load.Kinds kinds, long calls) {
        return Load.start(timeline, this.calls, phase, greeter, kinds, CALLS_PER_SECOND, calls);
    }

    private ProviderProcess launch() throws IOException {
        launched++;
        ProviderProcess provider =
                ProviderProcess.launch(providerJar, results.resolve("provider-" + launched + ".log"), namespace);
        providers.addLast(provider);
        return provider;
    }

    private void ready(String phase, ProviderProcess provider) throws IOException {
        events.add(phase, provider.readyMicros(), "ready", provider.port(), provider.pid());
    }

    private static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() {
        providers.forEach(ProviderProcess::close);
        context.close();
        calls.close();
        events.close();
    }
}
