/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The wall clock of the consumer and of one of three providers jumps. */
final class ClockStep implements Fault {

    private static final List<String> STEPS = List.of("+3600", "-3600", "+0");

    @Override
    public String name() {
        return "clock-step";
    }

    @Override
    public String expected() {
        return "the clock of the consumer and of 1 of 3 providers an hour ahead, an hour back, right again: 0 failed calls, all"
                + " 3 in use all the time";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        Path clock = lab.closing(new Scratch()).path().resolve("clock");
        Files.writeString(clock, "+0\n");
        Map<String, String> faked = Map.of(
                "LD_PRELOAD", Script.path("config/faketime.sh"),
                "FAKETIME_TIMESTAMP_FILE", clock.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                "FAKETIME_DISABLE_SHM", "1");
        lab.providers(2);
        lab.environment(faked);
        lab.providers(1);
        ProviderProcess consumer = lab.consumerProcess();
        consumer.said("load 100", "(clock)");
        for (String step : STEPS) {
            Lab.pause(1_000);
            Files.writeString(clock, step + "\n");
            Lab.pause(3_000);
            String said = consumer.said("clock", "clock (\\d+)");
            lab.event("step", Math.round((Long.parseLong(said) - lab.micros() / 1000) / 1000.0));
            Lab.pause(4_000);
        }
        lab.event("step", "end");
        consumer.said("stop", "(clock)");
    }

    @Override
    public Finding judge(Recording recording) {
        List<Sample> steps = recording.events("step");
        long failed = Recording.failed(recording.calls());
        long fewest = Long.MAX_VALUE;
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i + 1 < steps.size(); i++) {
            long used = recording
                    .calls(steps.get(i).number("micros"), steps.get(i + 1).number("micros"))
                    .stream()
                    .map(call -> call.text("instance"))
                    .distinct()
                    .count();
            fewest = Math.min(fewest, used);
            seen.append(i == 0 ? "" : ", ").append(steps.get(i).text("detail"));
        }
        boolean stepped = steps.size() == STEPS.size() + 1
                && steps.get(0).number("detail") > 3_000
                && steps.get(1).number("detail") < -3_000;
        return new Finding(
                stepped && failed == 0 && fewest == 3,
                Recording.text(
                        "%d failed of %,d; at least %d in use; the consumer's clock was off by %s s",
                        failed, recording.calls().size(), fewest, seen));
    }
}
