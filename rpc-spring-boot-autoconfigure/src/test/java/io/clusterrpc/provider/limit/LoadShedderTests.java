/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.CallPriority;
import io.clusterrpc.PreviousAttempts;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class LoadShedderTests {

    private final List<StreamObserver<HelloReply>> held = new ArrayList<>();
    private final List<@Nullable CallPriority> priorities = new ArrayList<>();
    private final List<Long> durations = new ArrayList<>();
    private final Queueing executor = new Queueing();
    private int allowed = 2;
    private long now = 1_000;
    private final LoadShedder shedder = new LoadShedder(limit(() -> allowed), () -> now, new Burst(Duration.ZERO));
    private Server server;
    private ManagedChannel channel;

    private ConcurrencyLimit limit(IntSupplier current) {
        return new ConcurrencyLimit() {
            @Override
            public int limit() {
                return current.getAsInt();
            }

            @Override
            public void ended(long arrivedNanos, long endedNanos, int inFlight) {
                durations.add(endedNanos - arrivedNanos);
            }
        };
    }

    /** Runs tasks at once, or when told. */
    private static final class Queueing implements java.util.concurrent.Executor {

        private final List<Runnable> tasks = new ArrayList<>();
        private boolean queues;

        @Override
        public void execute(Runnable task) {
            if (queues) {
                tasks.add(task);
            } else {
                task.run();
            }
        }

        void runAll() {
            queues = false;
            while (!tasks.isEmpty()) {
                tasks.remove(0).run();
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .executor(executor)
                .intercept(shedder)
                .addStreamTracerFactory(shedder.arrivals())
                .addService(new GreeterGrpc.GreeterImplBase() {
                    @Override
                    public void charge(HelloRequest request, StreamObserver<HelloReply> replies) {
                        held.add(replies);
                        priorities.add(CallPriority.CONTEXT.get());
                    }

                    @Override
                    public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
                        throw new IllegalStateException("broken handler");
                    }

                    @Override
                    public void listGreetings(HelloRequest request, StreamObserver<HelloReply> replies) {
                        held.add(replies);
                    }
                })
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void refusesBeyondTheLimitAndSaysThatNoHandlerRan() {
        charge(channel);
        charge(channel);
        Future<HelloReply> third = charge(channel);
        assertThat(held).hasSize(2);
        assertThatThrownBy(third::get).cause().isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(Unprocessed.isMarked(Objects.requireNonNull(refused.getTrailers())))
                    .isTrue();
        });
        assertThat(shedder.inFlight()).isEqualTo(2);
        assertThat(shedder.shed()).isEqualTo(1);
    }

    @Test
    void everyEndMakesRoomOnceAndTellsHowLongItTook() {
        charge(channel);
        now += 500;
        held.get(0).onNext(HelloReply.getDefaultInstance());
        held.get(0).onCompleted();
        assertThat(shedder.inFlight()).isZero();
        charge(channel);
        held.get(1).onError(Status.NOT_FOUND.asRuntimeException());
        assertThat(shedder.inFlight()).isZero();
        assertThatThrownBy(() -> GreeterGrpc.newBlockingStub(channel).sayHello(HelloRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class);
        assertThat(shedder.inFlight()).isZero();
        charge(channel).cancel(true);
        assertThat(shedder.inFlight()).isZero();
        assertThat(durations).startsWith(500L, 0L);
    }

    /** The caller is gone, but the thread is not free. */
    @Test
    void whatItsCallerGaveUpCountsWhileTheHandlersThreadIsBusy() {
        Future<HelloReply> call = charge(channel);
        executor.queues = true;
        call.cancel(true);
        assertThat(shedder.inFlight()).isEqualTo(1);
        executor.runAll();
        assertThat(shedder.inFlight()).isZero();
    }

    @Test
    void whatWaitsForAThreadIsInFlightAndItsWaitCounts() {
        executor.queues = true;
        Future<HelloReply> first = charge(channel);
        Future<HelloReply> second = charge(channel);
        Future<HelloReply> third = charge(channel);
        assertThat(shedder.inFlight()).isEqualTo(3);
        now += 700;
        executor.runAll();
        assertThat(first).isDone();
        assertThat(second).isNotDone();
        assertThat(third).isNotDone();
        assertThat(shedder.inFlight()).isEqualTo(2);
        held.forEach(StreamObserver::onCompleted);
        assertThat(durations).containsExactly(700L, 700L);
    }

    @Test
    void furtherAttemptsAreRefusedFirstThenCallsByTheirPriority() {
        allowed = 10;
        for (int i = 0; i < 8; i++) {
            charge(channel);
        }
        assertThat(charge(retrying())).isDone();
        assertThat(charge(with(CallPriority.LOW))).isNotDone();
        assertThat(charge(with(CallPriority.LOW))).isDone();
        assertThat(charge(with(CallPriority.NORMAL))).isNotDone();
        assertThat(charge(channel)).isDone();
        assertThat(charge(with(CallPriority.HIGH))).isNotDone();
        assertThat(charge(with(CallPriority.HIGH))).isDone();
        assertThat(shedder.shed()).isEqualTo(4);
    }

    @Test
    void oneAtATimeIsAlwaysLetIn() {
        allowed = 1;
        charge(with(CallPriority.LOW)).cancel(true);
        charge(retrying()).cancel(true);
        assertThat(held).hasSize(2);
    }

    @Test
    void whatAHandlerCallsHasThePriorityOfWhatItServes() {
        charge(channel);
        charge(with(CallPriority.HIGH));
        assertThat(priorities).containsExactly(null, CallPriority.HIGH);
    }

    private Channel with(CallPriority priority) {
        Metadata headers = new Metadata();
        priority.write(headers);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Test
    void streamsAreRefusedButDoNotCountOnceLetIn() {
        StreamObserver<HelloReply> ignoring = new StreamObserver<>() {
            @Override
            public void onNext(HelloReply reply) {}

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        };
        for (int i = 0; i < 5; i++) {
            GreeterGrpc.newStub(channel).listGreetings(HelloRequest.getDefaultInstance(), ignoring);
        }
        assertThat(held).hasSize(5);
        assertThat(shedder.inFlight()).isZero();
        charge(channel);
        charge(channel);
        GreeterGrpc.newStub(channel).listGreetings(HelloRequest.getDefaultInstance(), ignoring);
        assertThat(shedder.shed()).isEqualTo(1);
        assertThat(durations).isEmpty();
    }

    @Test
    void healthIsForEveryoneAndCountsNowhere() {
        charge(channel);
        charge(channel);
        HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
        assertThat(shedder.inFlight()).isEqualTo(2);
    }

    @Test
    void saysOnceThatItBeginsAndOnceThatItEnded(CapturedOutput output) {
        allowed = 1;
        charge(channel);
        charge(channel);
        charge(channel);
        held.get(0).onCompleted();
        now += 9_000_000_000L;
        charge(channel);
        held.get(1).onCompleted();
        assertThat(output).doesNotContain("Shedding ended");
        now += 2_000_000_000L;
        charge(channel);
        assertThat(output.getOut())
                .containsOnlyOnce("Shedding load: 2 calls in flight, 1 are what")
                .containsOnlyOnce("Shedding ended: 2 calls were refused");
    }

    private Channel retrying() {
        Metadata headers = new Metadata();
        PreviousAttempts.write(headers, 1);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static Future<HelloReply> charge(Channel channel) {
        return GreeterGrpc.newFutureStub(channel).charge(HelloRequest.getDefaultInstance());
    }
}
