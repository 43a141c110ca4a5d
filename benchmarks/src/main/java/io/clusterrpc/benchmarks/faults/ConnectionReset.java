/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;

/** Connections to one of three providers are reset again and again. */
final class ConnectionReset implements Fault {

    @Override
    public String name() {
        return "connection-reset";
    }

    @Override
    public String expected() {
        return "every connection to 1 of 3 reset every 500 ms for 10 s: 0 failed safe calls";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        lab.providers(2);
        Proxy proxy = lab.providerBehindProxy();
        lab.consume();
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(2_000);
            for (int i = 0; i < 20; i++) {
                lab.event("reset", proxy.port());
                proxy.reset();
                Lab.pause(500);
            }
            Lab.pause(2_000);
        }
    }

    @Override
    public Finding judge(Recording recording) {
        long failed = Recording.failed(recording.calls());
        int resets = recording.events("reset").size();
        return new Finding(
                failed == 0 && resets == 20,
                Recording.text(
                        "%d failed of %,d, %d resets", failed, recording.calls().size(), resets));
    }
}
