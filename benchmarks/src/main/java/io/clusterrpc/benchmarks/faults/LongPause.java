/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Sample;
import java.util.List;

/** Consumer and providers stand still for seconds, as in a long garbage collection or when a machine is moved. */
final class LongPause implements Fault {

    @Override
    public String name() {
        return "long-pause";
    }

    @Override
    public String expected() {
        return "the consumer stands still for 3 s, then 1 of 3 providers for 1.5 s, three times: 0 failed safe calls; all 3"
                + " in use 2 s after the consumer went on";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        List<ProviderProcess> providers = lab.providers(3);
        ProviderProcess consumer = lab.consumerProcess();
        consumer.said("load 100", "(clock)");
        Lab.pause(2_000);
        lab.event("paused", consumer.pid());
        consumer.signal("STOP");
        Lab.pause(3_000);
        consumer.signal("CONT");
        lab.event("continued", consumer.pid());
        Lab.pause(6_000);
        for (int i = 0; i < 3; i++) {
            lab.event("provider-paused", providers.get(0).pid());
            providers.get(0).signal("STOP");
            Lab.pause(1_500);
            providers.get(0).signal("CONT");
            Lab.pause(3_000);
        }
        consumer.said("stop", "(clock)");
    }

    @Override
    public Finding judge(Recording recording) {
        List<Sample> safe = recording.calls().stream()
                .filter(call -> call.is("method", "SayHello"))
                .toList();
        long failed = Recording.failed(safe);
        long unsafe = Recording.failed(recording.calls()) - failed;
        long continued = recording.at("continued");
        long used = recording.calls(continued, continued + 2_000_000).stream()
                .map(call -> call.text("instance"))
                .filter(instance -> !instance.isEmpty())
                .distinct()
                .count();
        return new Finding(
                failed == 0 && used == 3,
                Recording.text(
                        "%d failed of %,d safe calls (%d of the unsafe ones); %d providers in use after the consumer's pause",
                        failed, safe.size(), unsafe, used));
    }
}
