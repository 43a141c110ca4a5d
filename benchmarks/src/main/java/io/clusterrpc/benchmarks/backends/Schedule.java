/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.backends;

import io.clusterrpc.Attempt;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one contender in one round, each at its time whatever became of those before (an open loop; the time counts from the
 * schedule, so nothing is omitted when the generator or the cluster is late). Begun by one thread, ended by any.
 */
public final class Schedule {

    private static final int DEADLINE_SECONDS = 5;
    private static final HelloRequest REQUEST =
            HelloRequest.newBuilder().setName("x".repeat(100)).build();

    private final String scenario;
    private final Contender contender;
    private final List<Integer> ports;
    private final int perSecond;
    private final int leadSeconds;
    private final ManagedChannel channel;
    private final int[] micros;
    private final Code[] codes;
    private final int[] backends;
    private final CountDownLatch open;
    private long startNanos;
    private int next;

    /**
     * Plans calls, and connects.
     *
     * @param scenario which backends, for samples
     * @param contender who balances
     * @param ports of the backends
     * @param perSecond calls a second
     * @param leadSeconds for how long calls are made before the round begins; these are not samples
     * @param seconds length of the round
     */
    public Schedule(
            String scenario, Contender contender, List<Integer> ports, int perSecond, int leadSeconds, int seconds) {
        this.scenario = scenario;
        this.contender = contender;
        this.ports = List.copyOf(ports);
        this.perSecond = perSecond;
        this.leadSeconds = leadSeconds;
        this.channel = contender.channel(ports);
        channel.getState(true);
        int calls = perSecond * (leadSeconds + seconds);
        micros = new int[calls];
        codes = new Code[calls];
        backends = new int[calls];
        open = new CountDownLatch(calls);
    }

    /** When the first call is to be made if the round begins at 0. */
    void start(long roundNanos, double share) {
        startNanos = roundNanos - TimeUnit.SECONDS.toNanos(leadSeconds) + (long) (share * 1e9 / perSecond);
    }

    /** When the next call is to be made; the largest number if there is none left. */
    long nextNanos() {
        return next < micros.length ? scheduled(next) : Long.MAX_VALUE;
    }

    private long scheduled(int call) {
        return startNanos + call * 1_000_000_000L / perSecond;
    }

    void makeNext() {
        new Running(next++).start(channel);
    }

    /** Waits for the ends of all calls, and closes the connections. */
    void finish() throws InterruptedException {
        boolean ended = open.await(2 * DEADLINE_SECONDS, TimeUnit.SECONDS);
        channel.shutdownNow();
        if (!ended) {
            throw new IllegalStateException(open.getCount() + " calls of " + contender.name() + " never ended");
        }
    }

    /**
     * Writes the calls down.
     *
     * @param log where
     * @param round number of the round
     * @throws IOException if it cannot be written
     */
    public void write(CallLog log, int round) throws IOException {
        for (int i = perSecond * leadSeconds; i < micros.length; i++) {
            int scheduledMicros = (int) ((scheduled(i) - startNanos) / 1_000 - leadSeconds * 1_000_000L);
            log.add(new Call(
                    round,
                    scenario,
                    contender.name(),
                    scheduledMicros,
                    micros[i],
                    codes[i],
                    ports.indexOf(backends[i])));
        }
    }

    private final class Running extends ClientCall.Listener<HelloReply> {

        private final int number;
        private final Attempt attempt = new Attempt(1, Set.of());
        private @Nullable ClientCall<HelloRequest, HelloReply> call;

        Running(int number) {
            this.number = number;
        }

        void start(Channel channel) {
            ClientCall<HelloRequest, HelloReply> started = channel.newCall(
                    GreeterGrpc.getSayHelloMethod(),
                    CallOptions.DEFAULT
                            .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                            .withOption(Attempt.KEY, attempt));
            call = started;
            started.start(this, new Metadata());
            started.request(2);
            started.sendMessage(REQUEST);
            started.halfClose();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            attempt.close();
            micros[number] = (int) ((System.nanoTime() - scheduled(number)) / 1_000);
            codes[number] = status.getCode();
            backends[number] = call != null
                            && call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
                                    instanceof InetSocketAddress address
                    ? address.getPort()
                    : -1;
            open.countDown();
        }
    }
}
