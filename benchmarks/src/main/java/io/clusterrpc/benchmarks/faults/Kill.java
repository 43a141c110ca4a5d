/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;

/** One of three providers is gone without a word. */
final class Kill implements Fault {

    private static final int CALLS = 10_000;

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public String expected() {
        return "SIGKILL of 1 of 3: 0 failed of 10,000 safe calls";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        ProviderProcess victim = lab.providers(3).get(0);
        lab.consume();
        Load load = lab.load(Load.Kinds.SAFE, 500, CALLS);
        Lab.pause(8_000);
        lab.event("killed", victim.pid());
        victim.kill();
        victim.awaitEnd();
        load.await();
    }

    @Override
    public Finding judge(Recording recording) {
        long failed = Recording.failed(recording.calls());
        int all = recording.calls().size();
        recording.at("killed");
        return new Finding(all == CALLS && failed == 0, Recording.text("%d failed of %,d", failed, all));
    }
}
