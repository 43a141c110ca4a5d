/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.scale.ScaleRegistry;
import io.clusterrpc.benchmarks.scale.ScaleServerProcess;

/** A thousand instances, of which a hundred a second leave and as many join. */
final class Churn implements Fault {

    private static final int INSTANCES = 1_000;
    private static final int SECONDS = 15;

    @Override
    public String name() {
        return "churn";
    }

    @Override
    public String expected() {
        return "1,000 instances, 100 of them replaced each second for 15 s: 0 failed calls, p99 at most 100 ms";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        ScaleServerProcess server =
                lab.closing(new ScaleServerProcess(2 * INSTANCES, lab.folder().resolve("server.log")));
        ScaleRegistry registry = new ScaleRegistry(server.ports());
        registry.join(INSTANCES);
        lab.registry(
                "--rpc.discovery.backends=scale",
                "--rpc.discovery.disk-cache.enabled=false",
                "--rpc.references.greeter.service=orders");
        lab.consume(registry);
        for (int i = 0; i < 200 && server.connections() < INSTANCES; i++) {
            Lab.pause(100);
        }
        lab.event("connected", server.connections());
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(2_000);
            lab.event("churning", registry.joined());
            long began = System.nanoTime();
            for (int i = 0; i < 100 * SECONDS; i++) {
                registry.replaceOne();
                Lab.pause(Math.max(0, i * 10L - (System.nanoTime() - began) / 1_000_000));
            }
            lab.event("end", registry.joined());
            Lab.pause(1_000);
        }
    }

    @Override
    public Finding judge(Recording recording) {
        var calls = recording.calls(recording.at("churning"), recording.at("end"));
        long failed = Recording.failed(recording.calls());
        double p99 = Recording.quantile(calls, 0.99);
        long replaced = Long.parseLong(recording.detail("end")) - Long.parseLong(recording.detail("churning"));
        double seconds = (recording.at("end") - recording.at("churning")) / 1e6;
        return new Finding(
                failed == 0 && p99 <= 100 && replaced == 100 * SECONDS && seconds < SECONDS + 2,
                Recording.text(
                        "%d failed of %,d, p99 %.0f ms; %,d replaced in %.1f s",
                        failed, recording.calls().size(), p99, replaced, seconds));
    }
}
