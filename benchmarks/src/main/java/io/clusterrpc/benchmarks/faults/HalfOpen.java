/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;

/** The way to one of three providers swallows everything, without a reset. */
final class HalfOpen implements Fault {

    @Override
    public String name() {
        return "half-open";
    }

    @Override
    public String expected() {
        return "the network to 1 of 3 swallows everything, deadline 500 ms: no safe call failed later than 2 s after";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        lab.providers(2);
        Proxy proxy = lab.providerBehindProxy();
        lab.consume("--rpc.defaults.deadline=500ms");
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(3_000);
            lab.event("swallowing", proxy.port());
            proxy.blackHole(true);
            Lab.pause(15_000);
            lab.event("end", "");
        }
    }

    @Override
    public Finding judge(Recording recording) {
        long since = recording.at("swallowing");
        var calls = recording.calls(since, recording.at("end"));
        long late = calls.stream()
                .filter(Recording.failure())
                .filter(call -> call.number("ended") > since + 2_000_000)
                .count();
        return new Finding(
                late == 0,
                Recording.text(
                        "%d failed of %,d, %d of them later than 2 s after",
                        Recording.failed(calls), calls.size(), late));
    }
}
