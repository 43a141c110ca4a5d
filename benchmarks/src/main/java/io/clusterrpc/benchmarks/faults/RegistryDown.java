/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import java.nio.file.Path;

/** Consul is killed for a minute, and knows nothing when it comes back. */
final class RegistryDown implements Fault {

    static final int SECONDS = 60;

    @Override
    public String name() {
        return "registry-down";
    }

    @Override
    public String expected() {
        return "Consul killed for 60 s and back empty: 0 failed calls, also of a consumer that starts meanwhile, and a"
                + " provider that joins later is found";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        Consul consul = lab.closing(new Consul(lab.folder().resolve("consul.log")));
        Path cache = lab.closing(new Scratch()).path();
        lab.registry(Consul.arguments(consul.port(), cache));
        lab.providers(3);
        lab.consume();
        try (Load load = lab.load(Load.Kinds.SAFE_AND_UNSAFE, 100, Long.MAX_VALUE)) {
            Lab.pause(3_000);
            long killed = lab.micros();
            lab.event("killed", "");
            consul.kill();
            var second = lab.consumerProcess();
            second.said("load 50", "(clock)");
            Lab.pause(Math.max(0, SECONDS * 1_000L - (lab.micros() - killed) / 1_000));
            consul.start();
            lab.event("back", "");
            lab.event("joined", lab.providers(1).get(0).pid());
            for (int i = 0; i < 100 && consul.passing() < 4; i++) {
                Lab.pause(100);
            }
            lab.event("registered", consul.passing());
            Lab.pause(3_000);
            second.said("stop", "(clock)");
        }
    }

    @Override
    public Finding judge(Recording recording) {
        return judge(recording, recording.detail("registered") + " of 4 registered again");
    }

    static Finding judge(Recording recording, String more) {
        long failed = Recording.failed(recording.calls());
        double down = (recording.at("back") - recording.at("killed")) / 1e6;
        String pid = "pid " + recording.detail("joined") + " ";
        long found = recording.calls().stream()
                .filter(call -> call.text("instance").startsWith(pid))
                .count();
        return new Finding(
                failed == 0 && found > 0 && down >= SECONDS,
                Recording.text(
                        "%d failed of %,d in %.0f s; %d calls to the one that joined; %s",
                        failed, recording.calls().size(), down, found, more));
    }
}
