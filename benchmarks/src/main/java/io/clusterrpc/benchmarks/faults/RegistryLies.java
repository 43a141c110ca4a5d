/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.Sample;
import java.nio.file.Path;
import java.util.List;

/** What Consul says of five providers that are all well: nobody, one of them, and both by turns. */
final class RegistryLies implements Fault {

    private static final List<String> PHASES = List.of("empty", "minus-80-percent", "flapping");

    @Override
    public String name() {
        return "registry-lies";
    }

    @Override
    public String expected() {
        return "Consul answers with an empty list for 10 s, 4 of 5 instances gone for 10 s, all and 1 of 5 by turns at 1 Hz"
                + " for 10 s: 0 failed calls";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        Consul consul = lab.closing(new Consul(lab.folder().resolve("consul.log")));
        LyingConsul liar = lab.closing(new LyingConsul(consul));
        Path cache = lab.closing(new Scratch()).path();
        lab.registry(Consul.arguments(consul.port(), cache));
        lab.providers(5);
        lab.registry(Consul.arguments(liar.port(), cache));
        lab.consume();
        try (Load load = lab.load(Load.Kinds.SAFE_AND_UNSAFE, 100, Long.MAX_VALUE)) {
            Lab.pause(2_000);
            lab.event("empty", "");
            liar.tell(0);
            Lab.pause(10_000);
            liar.tell(1);
            Lab.pause(2_000);
            lab.event("minus-80-percent", "");
            liar.tell(0.2);
            Lab.pause(10_000);
            liar.tell(1);
            Lab.pause(2_000);
            lab.event("flapping", "");
            for (int i = 0; i < 20; i++) {
                liar.tell(i % 2 == 0 ? 0.2 : 1);
                Lab.pause(500);
            }
            Lab.pause(2_000);
            lab.event("end", "");
        }
    }

    @Override
    public Finding judge(Recording recording) {
        StringBuilder measured = new StringBuilder();
        long failed = 0;
        for (int i = 0; i < PHASES.size(); i++) {
            long until = i + 1 < PHASES.size() ? recording.at(PHASES.get(i + 1)) : recording.at("end");
            List<Sample> calls = recording.calls(recording.at(PHASES.get(i)), until);
            failed += Recording.failed(calls);
            measured.append(Recording.text(
                    "%s%s: %d failed of %,d",
                    i == 0 ? "" : ", ", PHASES.get(i), Recording.failed(calls), calls.size()));
        }
        return new Finding(failed == 0, measured.toString());
    }
}
