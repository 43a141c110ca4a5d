/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;

/** Somebody abuses the port of a provider on a connection of his own, while the consumer goes on calling. */
abstract class Abuse implements Fault {

    @Override
    public final void inject(Lab lab) throws Exception {
        ProviderProcess victim = lab.providers(1).get(0);
        lab.consume();
        lab.event("heap", victim.said("count", "heap (\\d+)"));
        try (Load load = lab.load(Load.Kinds.SAFE_AND_UNSAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(1_000);
            abuse(lab, victim.port());
            Lab.pause(2_000);
        }
        lab.event("heap", victim.said("count", "heap (\\d+)"));
    }

    /** Writes an event {@code abused} per try, whose detail begins with {@code ended} if the server ended the connection. */
    abstract void abuse(Lab lab, int port) throws Exception;

    @Override
    public final Finding judge(Recording recording) {
        long failed = Recording.failed(recording.calls());
        var heap = recording.events("heap");
        double grown = (heap.get(1).number("detail") - heap.get(0).number("detail")) / 1e6;
        var tries = recording.events("abused");
        String open = String.join(
                ", ",
                tries.stream()
                        .map(event -> event.text("detail"))
                        .filter(detail -> !detail.startsWith("ended"))
                        .toList());
        return new Finding(
                failed == 0 && grown < 8 && !tries.isEmpty() && open.isEmpty(),
                Recording.text(
                        "%d failed of %,d calls of others; heap %+.1f MB; %d tries%s",
                        failed, recording.calls().size(), grown, tries.size(), open.isEmpty() ? "" : "; " + open));
    }
}
