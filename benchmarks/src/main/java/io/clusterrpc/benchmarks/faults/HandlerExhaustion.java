/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Sample;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All threads of the handlers of one of three providers hang, as if on a database that does not answer. */
final class HandlerExhaustion implements Fault {

    private static final int SECONDS = 12;

    @Override
    public String name() {
        return "handler-exhaustion";
    }

    @Override
    public String expected() {
        return "both threads of the handlers of 1 of 3 hang for 12 s: 0 failed safe calls, after 5 s at most 1 % above"
                + " 400 ms, its health call answered within 1 s all the time; in use again 15 s after";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        ProviderProcess victim =
                lab.providers(1, "--rpc.provider.executor.threads=2").get(0);
        lab.providers(2);
        lab.consume();
        ManagedChannel direct = NettyChannelBuilder.forAddress("127.0.0.1", victim.port())
                .usePlaintext()
                .build();
        lab.closing(direct::shutdownNow);
        try (Load load = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(3_000);
            lab.event("hang", victim.pid());
            victim.tell("hang");
            for (int i = 0; i < SECONDS; i++) {
                Lab.pause(1_000);
                lab.event("health", health(direct));
            }
            lab.event("released", victim.pid());
            victim.tell("good");
            Lab.pause(15_000);
            lab.event("end", "");
        }
    }

    private static String health(ManagedChannel channel) {
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(1, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus()
                    .name();
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode().name();
        }
    }

    @Override
    public Finding judge(Recording recording) {
        long hang = recording.at("hang");
        long released = recording.at("released");
        List<Sample> later = recording.calls(hang + 5_000_000, released);
        double slow = Recording.percent(
                later.stream().filter(call -> Recording.millis(call) > 400).count(), later.size());
        long failed = Recording.failed(recording.calls());
        long well = recording.events("health").stream()
                .filter(event -> event.is("detail", "SERVING"))
                .count();
        double back = recording.secondsUntilUsed(recording.detail("released"), released);
        return new Finding(
                failed == 0 && slow <= 1 && well == SECONDS && back <= 15,
                Recording.text(
                        "%d failed of %,d; %.2f %% of %,d calls above 400 ms; %d of %d health calls answered; in use again"
                                + " after %.2f s",
                        failed, recording.calls().size(), slow, later.size(), well, SECONDS, back));
    }
}
