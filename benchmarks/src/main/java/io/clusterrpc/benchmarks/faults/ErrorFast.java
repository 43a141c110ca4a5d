/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;

/** One of three providers answers every call at once with an error. */
final class ErrorFast implements Fault {

    @Override
    public String name() {
        return "error-fast";
    }

    @Override
    public String expected() {
        return "1 of 3 answers UNAVAILABLE at once: 0 failed safe calls; it gets less than 5 % of the attempts";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        ProviderProcess victim = lab.providers(3).get(0);
        lab.consume();
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(3_000);
            lab.event("handled-before", victim.said("count", "handled (\\d+)"));
            lab.event("failing", victim.pid());
            victim.tell("fail UNAVAILABLE");
            Lab.pause(12_000);
            lab.event("end", "");
            lab.event("handled-after", victim.said("count", "handled (\\d+)"));
        }
    }

    @Override
    public Finding judge(Recording recording) {
        var calls = recording.calls(recording.at("failing"), recording.at("end"));
        long failed = Recording.failed(calls);
        long attracted =
                Long.parseLong(recording.detail("handled-after")) - Long.parseLong(recording.detail("handled-before"));
        double share = Recording.percent(attracted, calls.size());
        return new Finding(
                failed == 0 && share < 5,
                Recording.text("%d failed of %,d; it got %.2f %%", failed, calls.size(), share));
    }
}
