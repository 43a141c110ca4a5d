/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Sample;
import java.util.List;

/** One of three providers stands still for a while, with all its connections open. */
final class Freeze implements Fault {

    private static final int SECONDS = 30;
    private static final long SECOND = 1_000_000;

    @Override
    public String name() {
        return "freeze";
    }

    @Override
    public String expected() {
        return "SIGSTOP of 1 of 3, 200/s, deadline 500 ms: < 1 % of safe calls failed in 30 s, none later than 2 s"
                + " after the freeze; in use again 5 s after SIGCONT";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        ProviderProcess victim = lab.providers(3).get(0);
        lab.consume("--rpc.defaults.deadline=500ms");
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(5_000);
            lab.event("stopped", victim.pid());
            victim.signal("STOP");
            Lab.pause(SECONDS * 1_000L);
            lab.event("continued", victim.pid());
            victim.signal("CONT");
            Lab.pause(15_000);
        }
    }

    @Override
    public Finding judge(Recording recording) {
        long stopped = recording.at("stopped");
        long continued = recording.at("continued");
        List<Sample> calls = recording.calls(stopped, continued);
        long failed = Recording.failed(calls);
        long latest = calls.stream()
                .filter(Recording.failure())
                .mapToLong(call -> call.number("ended") - stopped)
                .max()
                .orElse(0);
        double back = recording.secondsUntilUsed(recording.detail("continued"), continued);
        long afterwards = Recording.failed(recording.calls(continued, Long.MAX_VALUE));
        double share = Recording.percent(failed, calls.size());
        return new Finding(
                share < 1 && latest <= 2 * SECOND && back <= 5 && afterwards == 0,
                Recording.text(
                        "%d failed of %,d (%.2f %%), the last %.2f s after the freeze; in use again %.2f s after SIGCONT; %d failed"
                                + " afterwards",
                        failed, calls.size(), share, latest / (double) SECOND, back, afterwards));
    }
}
