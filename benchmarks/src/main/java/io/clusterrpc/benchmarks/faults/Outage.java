/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import java.util.List;

/** All providers are killed; ten seconds later others are started. */
final class Outage implements Fault {

    @Override
    public String name() {
        return "outage";
    }

    @Override
    public String expected() {
        return "all 3 killed, others 10 s later: full success within 2 s of the first one's return, calls meanwhile fail at once";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        List<ProviderProcess> all = lab.providers(3);
        lab.consume();
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(3_000);
            lab.event("killed", "");
            all.forEach(ProviderProcess::kill);
            Lab.pause(10_000);
            for (ProviderProcess provider : lab.providers(3)) {
                lab.event("back", provider.readyMicros());
            }
            Lab.pause(6_000);
            lab.event("end", "");
        }
    }

    @Override
    public Finding judge(Recording recording) {
        long back = recording.events("back").stream()
                .mapToLong(event -> event.number("detail"))
                .min()
                .orElseThrow();
        var during = recording.calls(recording.at("killed") + 1_000_000, back - 100_000);
        double waited = Recording.quantile(during, 0.99);
        long late = Recording.failed(recording.calls(back + 2_000_000, recording.at("end")));
        return new Finding(
                late == 0 && waited <= 1_000 && Recording.failed(during) > 0,
                Recording.text(
                        "%d failed later than 2 s after the return; p99 of the calls meanwhile %.0f ms", late, waited));
    }
}
