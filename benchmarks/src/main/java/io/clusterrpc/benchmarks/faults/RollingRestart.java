/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Sample;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.Phaser;

/** All three providers are replaced, one after the other, while calls and streams go on. */
final class RollingRestart implements Fault {

    /** In tenths of a second; the grace period is shorter than the second. */
    private static final int SHORT_STREAM = 20;

    private static final int LONG_STREAM = 300;

    @Override
    public String name() {
        return "rolling-restart";
    }

    @Override
    public String expected() {
        return "SIGTERM of all 3, one after the other: 0 failed calls (half of them unsafe) and streams shorter than the"
                + " grace period; longer ones end UNAVAILABLE";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        List<ProviderProcess> old = lab.providers(3, "--spring.grpc.server.shutdown.grace-period=6s");
        lab.consume();
        Phaser streams = new Phaser(1);
        try (Load load = lab.load(Load.Kinds.SAFE_AND_UNSAFE, 200, Long.MAX_VALUE)) {
            for (int i = 0; i < 3; i++) {
                stream(lab, "long", LONG_STREAM, streams);
            }
            for (ProviderProcess provider : old) {
                for (int i = 0; i < 10; i++) {
                    stream(lab, "short", SHORT_STREAM, streams);
                    Lab.pause(100);
                }
                lab.event("terminated", provider.pid());
                provider.terminate();
                provider.awaitEnd();
                lab.event("gone", provider.pid());
                lab.providers(1, "--spring.grpc.server.shutdown.grace-period=6s");
                Lab.pause(1_000);
            }
            Lab.pause(2_000);
        }
        streams.arriveAndAwaitAdvance();
    }

    private static void stream(Lab lab, String kind, int messages, Phaser open) {
        open.register();
        long began = lab.micros();
        lab.greeter()
                .listGreetings(HelloRequest.newBuilder().setName("" + messages).build(), new StreamObserver<>() {
                    private int left = messages;
                    private String instance = "";

                    @Override
                    public void onNext(HelloReply reply) {
                        left--;
                        instance = reply.getInstance();
                    }

                    @Override
                    public void onError(Throwable failure) {
                        Status status = Status.fromThrowable(failure);
                        lab.call(began, kind, status.getCode().name(), instance, "" + status.getDescription());
                        open.arriveAndDeregister();
                    }

                    @Override
                    public void onCompleted() {
                        lab.call(began, kind, left == 0 ? "OK" : "INCOMPLETE", instance, "");
                        open.arriveAndDeregister();
                    }
                });
    }

    @Override
    public Finding judge(Recording recording) {
        var longStreams = recording.calls().stream()
                .filter(call -> call.is("method", "long"))
                .toList();
        var others = recording.calls().stream()
                .filter(call -> !call.is("method", "long"))
                .toList();
        long shortStreams =
                others.stream().filter(call -> call.is("method", "short")).count();
        long failed = Recording.failed(others);
        boolean longEnd =
                longStreams.stream().allMatch(call -> call.is("code", "OK") || call.is("code", "UNAVAILABLE"));
        String texts = String.join(
                " / ",
                longStreams.stream()
                        .map(call -> call.text("code") + " " + call.text("text"))
                        .distinct()
                        .toList());
        return new Finding(
                recording.events("gone").size() == 3 && failed == 0 && longEnd && longStreams.size() == 3,
                Recording.text(
                        "%d failed of %,d calls and %d short streams; the last call to one that stops began %.0f ms after"
                                + " SIGTERM; long streams: %s",
                        failed, others.size() - shortStreams, shortStreams, latestCall(recording), texts));
    }

    /** How long after its SIGTERM a provider was still called, at most; in milliseconds. */
    private static double latestCall(Recording recording) {
        double latest = 0;
        for (Sample terminated : recording.events("terminated")) {
            String pid = "pid " + terminated.text("detail") + " ";
            long since = terminated.number("micros");
            latest = Math.max(
                    latest,
                    recording.calls(since, Long.MAX_VALUE).stream()
                                    .filter(call -> call.text("instance").startsWith(pid))
                                    .mapToLong(call -> call.number("began") - since)
                                    .max()
                                    .orElse(0)
                            / 1000.0);
        }
        return latest;
    }
}
