/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;

/** The network to one of three providers takes long. */
final class SlowProxy implements Fault {

    @Override
    public String name() {
        return "slow-proxy";
    }

    @Override
    public String expected() {
        return "the network to 1 of 3 takes 250 ms each way: after 10 s at most 1 % of calls above 400 ms, 0 failed";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        lab.providers(2);
        Proxy proxy = lab.providerBehindProxy();
        lab.consume();
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(3_000);
            lab.event("slow", proxy.port());
            proxy.delay(250);
            Lab.pause(25_000);
            lab.event("end", "");
        }
    }

    @Override
    public Finding judge(Recording recording) {
        return new SlowNode().judge(recording);
    }
}
