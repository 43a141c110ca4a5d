/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import java.util.List;

/** All providers fail for ten seconds, then all are well. */
final class RetryStorm implements Fault {

    @Override
    public String name() {
        return "retry-storm";
    }

    @Override
    public String expected() {
        return "all 3 answer UNAVAILABLE for 10 s at 200/s: attempts at most 1.2 x calls; full success 2 s after";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        List<ProviderProcess> all = lab.providers(3);
        lab.consume();
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(3_000);
            long before = handled(all);
            lab.event("failing", before);
            for (ProviderProcess provider : all) {
                provider.tell("fail UNAVAILABLE");
            }
            Lab.pause(10_000);
            for (ProviderProcess provider : all) {
                provider.tell("good");
            }
            lab.event("well", "");
            lab.event("attempts", handled(all) - before);
            Lab.pause(8_000);
            lab.event("end", "");
        }
    }

    private static long handled(List<ProviderProcess> providers) throws Exception {
        long sum = 0;
        for (ProviderProcess provider : providers) {
            sum += Long.parseLong(provider.said("count", "handled (\\d+)"));
        }
        return sum;
    }

    @Override
    public Finding judge(Recording recording) {
        long well = recording.at("well");
        int calls = recording
                .calls(recording.at("failing"), recording.at("attempts"))
                .size();
        double ratio = Double.parseDouble(recording.detail("attempts")) / calls;
        long late = Recording.failed(recording.calls(well + 2_000_000, recording.at("end")));
        double last = recording.calls(well, recording.at("end")).stream()
                .filter(Recording.failure())
                .mapToDouble(call -> (call.number("began") - well) / 1e6)
                .max()
                .orElse(0);
        return new Finding(
                ratio <= 1.2 && late == 0,
                Recording.text(
                        "%.2f attempts a call; %d failed later than 2 s after the return, the last one began %.2f s after",
                        ratio, late, last));
    }
}
