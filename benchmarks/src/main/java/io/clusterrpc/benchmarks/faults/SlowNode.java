/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Sample;
import java.util.List;

/** One of three providers takes half a second longer. */
final class SlowNode implements Fault {

    @Override
    public String name() {
        return "slow-node";
    }

    @Override
    public String expected() {
        return "1 of 3 takes 500 ms longer: after 10 s at most 1 % of calls above 400 ms, 0 failed";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        ProviderProcess victim = lab.providers(3).get(0);
        lab.consume();
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(3_000);
            lab.event("slow", victim.pid());
            victim.tell("delay 500");
            Lab.pause(25_000);
            lab.event("end", "");
        }
    }

    @Override
    public Finding judge(Recording recording) {
        List<Sample> later = recording.calls(recording.at("slow") + 10_000_000, recording.at("end"));
        double slow = Recording.percent(
                later.stream().filter(call -> Recording.millis(call) > 400).count(), later.size());
        long failed = Recording.failed(recording.calls());
        return new Finding(
                slow <= 1 && failed == 0,
                Recording.text("%.2f %% of %,d calls above 400 ms, %d failed", slow, later.size(), failed));
    }
}
