/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever happens to calls, nothing is in flight when all have ended. */
class InFlightAccountingIT {

    private static final Map<String, ?> RETRIES = Map.of(
            "methodConfig",
            List.of(Map.of(
                    "name",
                    List.of(Map.of()),
                    "retryPolicy",
                    Map.of(
                            "maxAttempts",
                            4.0,
                            "initialBackoff",
                            "0.3s",
                            "maxBackoff",
                            "1s",
                            "backoffMultiplier",
                            1.0,
                            "retryableStatusCodes",
                            List.of("UNAVAILABLE")))));

    private final StreamCounter streams = new StreamCounter();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private RealCluster cluster;

    static Stream<Arguments> ways() {
        return Stream.of(RealCluster.Transport.values())
                .flatMap(transport -> Stream.of(Arguments.of(transport, true), Arguments.of(transport, false)));
    }

    private ManagedChannel channel(RealCluster.Transport transport, boolean retries) {
        cluster = new RealCluster(transport);
        cluster.start("a");
        cluster.start("b");
        cluster.listAll();
        return cluster.channel(
                builder -> retries ? builder.enableRetry().defaultServiceConfig(RETRIES) : builder.disableRetry());
    }

    private static Channel through(ManagedChannel channel, boolean attempts) {
        return attempts ? ClientInterceptors.intercept(channel, new AttemptInterceptor()) : channel;
    }

    @AfterEach
    void close() throws InterruptedException {
        cluster.close();
        threads.shutdownNow();
    }

    /** A call whose end can be awaited. */
    private final class Call extends ClientCall.Listener<HelloReply> {

        private final ClientCall<HelloRequest, HelloReply> call;
        private final CountDownLatch ended = new CountDownLatch(1);
        private final AtomicReference<Status> status = new AtomicReference<>();

        Call(Channel channel, CallOptions options) {
            this.call = channel.newCall(GreeterGrpc.getSayHelloMethod(), options.withStreamTracerFactory(streams));
        }

        Call start(String name, int delayMillis) {
            call.start(this, new Metadata());
            call.request(2);
            try {
                call.sendMessage(HelloRequest.newBuilder()
                        .setName(name)
                        .setDelayMillis(delayMillis)
                        .build());
                call.halfClose();
            } catch (IllegalStateException cancelled) {
                assertThat(cancelled).hasMessageContaining("cancelled");
            }
            return this;
        }

        Call cancel() {
            call.cancel("test", null);
            return this;
        }

        Status end() throws InterruptedException {
            assertThat(ended.await(20, TimeUnit.SECONDS)).as("call ended").isTrue();
            return status.get();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            this.status.set(status);
            ended.countDown();
        }
    }

    private void nothingIsInFlight() {
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(cluster.registry.view())
                        .extracting(EndpointView::inFlight)
                        .containsOnly(0));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whileCallsAreUnderWayTheyCountAndAfterwardsNot(RealCluster.Transport transport, boolean attempts)
            throws Exception {
        Channel channel = through(channel(transport, true), attempts);
        List<Call> calls = Stream.generate(() -> new Call(channel, CallOptions.DEFAULT).start("hang", 0))
                .limit(20)
                .toList();
        await().untilAsserted(() -> assertThat(cluster.inFlight()).isEqualTo(20));
        calls.forEach(Call::cancel);
        for (Call call : calls) {
            call.end();
        }
        nothingIsInFlight();
        assertThat(cluster.registry.view()).allMatch(view -> view.failures() == 0);
        assertThat(cluster.registry.view().stream()
                        .mapToLong(EndpointView::picks)
                        .sum())
                .isEqualTo(20);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void abandonedRetriesAreReleased(RealCluster.Transport transport, boolean attempts) throws Exception {
        Channel channel = through(channel(transport, true), attempts);
        for (int i = 0; i < 20; i++) {
            int failed = calls();
            Call call = new Call(channel, CallOptions.DEFAULT).start("fail", 0);
            // The retry is picked as soon as the first stream failed, and then waits for its backoff.
            await().pollInterval(Duration.ofMillis(2)).until(() -> calls() > failed);
            await().pollInterval(Duration.ofMillis(2))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> streams.created.get() > streams.closed.get());
            call.cancel();
            call.end();
        }
        assertThat(streams.created.get() - streams.closed.get())
                .as("streams that gRPC created and never closed")
                .isPositive();
        nothingIsInFlight();
    }

    private int calls() {
        return cluster.registry.view().stream()
                .mapToInt(view -> (int) view.failures())
                .sum();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void retriesUntilTheLastAttemptAreReleased(RealCluster.Transport transport, boolean attempts) throws Exception {
        Channel channel = through(channel(transport, true), attempts);
        List<Call> calls = Stream.generate(() -> new Call(channel, CallOptions.DEFAULT).start("fail", 0))
                .limit(20)
                .toList();
        for (Call call : calls) {
            assertThat(call.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
        nothingIsInFlight();
        assertThat(calls()).isEqualTo(80);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aCancelThatRacesTheStartIsReleased(RealCluster.Transport transport, boolean attempts) throws Exception {
        Channel channel = through(channel(transport, true), attempts);
        new Call(channel, CallOptions.DEFAULT).start("x", 0).end();
        CyclicBarrier barrier = new CyclicBarrier(2);
        for (int i = 0; i < 2_000; i++) {
            Call call = new Call(channel, CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS));
            int spins = ThreadLocalRandom.current().nextInt(3_000);
            Future<Call> starting = threads.submit(() -> {
                barrier.await();
                return call.start("hang", 0);
            });
            barrier.await();
            for (int spin = 0; spin < spins; spin++) {
                Thread.onSpinWait();
            }
            // gRPC is not up to this race: now and then one of the two throws, or the call never ends. We count right
            // anyway.
            quietly(call::cancel);
            quietly(starting::get);
        }
        nothingIsInFlight();
    }

    private static void quietly(Callable<?> action) {
        try {
            action.call();
        } catch (Exception ignored) {
            // see above
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aCancelThatRacesThePickOfABufferedCallIsReleased(RealCluster.Transport transport, boolean attempts)
            throws Exception {
        ManagedChannel managed = channel(transport, false);
        Channel channel = through(managed, attempts);
        for (int round = 0; round < 40; round++) {
            cluster.list();
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> cluster.registry.view().isEmpty());
            List<Call> waiting = Stream.generate(
                            () -> new Call(channel, CallOptions.DEFAULT.withWaitForReady()).start("hang", 0))
                    .limit(50)
                    .toList();
            var cancelling = threads.submit(() -> waiting.forEach(call -> {
                for (int spin = ThreadLocalRandom.current().nextInt(2_000); spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                call.cancel();
            }));
            cluster.listAll();
            cancelling.get();
            for (Call call : waiting) {
                call.end();
            }
        }
        cluster.listAll();
        await().until(() -> cluster.registry.view().size() == 2);
        nothingIsInFlight();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void callsOfAKilledServerAreReleased(RealCluster.Transport transport, boolean attempts) throws Exception {
        Channel channel = through(channel(transport, false), attempts);
        List<Call> calls = Stream.generate(() -> new Call(channel, CallOptions.DEFAULT).start("hang", 0))
                .limit(30)
                .toList();
        await().untilAsserted(() -> assertThat(cluster.inFlight()).isEqualTo(30));
        cluster.kill("a");
        cluster.kill("b");
        for (Call call : calls) {
            assertThat(call.end().getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED);
        }
        nothingIsInFlight();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void expiredCallsAreReleasedAndCountAsFailures(RealCluster.Transport transport, boolean attempts) throws Exception {
        Channel channel = through(channel(transport, true), attempts);
        new Call(channel, CallOptions.DEFAULT).start("x", 0).end();
        long before = cluster.registry.view().stream()
                .mapToLong(EndpointView::latencyNanos)
                .sum();
        List<Call> calls = Stream.generate(
                        () -> new Call(channel, CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS))
                                .start("hang", 0))
                .limit(20)
                .toList();
        for (Call call : calls) {
            assertThat(call.end().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
        nothingIsInFlight();
        assertThat(calls()).isEqualTo(20);
        assertThat(cluster.registry.view().stream()
                        .mapToLong(EndpointView::latencyNanos)
                        .sum())
                .as("silence raises the latency")
                .isGreaterThan(before);
    }
}
