/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.Unprocessed;
import io.clusterrpc.loadbalance.LoadReport;
import io.clusterrpc.loadbalance.OrcaTrailer;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.Status.Code;
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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadReporterTests {

    private static final long MILLI = 1_000_000;

    private final FakeSource source = new FakeSource();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final String name = InProcessServerBuilder.generateName();
    private long now = 5;
    private Status answer = Status.OK;
    private Metadata added = new Metadata();
    private @Nullable Server server;

    private void start(Duration interval) {
        LoadReporter reporter = new LoadReporter(interval, source, () -> now);
        ServerInterceptor handler = new ServerInterceptor() {
            @Override
            public <Q, P> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
                if (answer.isOk() && added.keys().isEmpty()) {
                    return next.startCall(call, headers);
                }
                if (answer.isOk()) {
                    call.sendHeaders(new Metadata());
                    call.request(1);
                }
                call.close(answer, added);
                return new ServerCall.Listener<>() {};
            }
        };
        try {
            server = InProcessServerBuilder.forName(name)
                    .directExecutor()
                    .addTransportFilter(reporter.connections())
                    .intercept(handler)
                    .intercept(reporter)
                    .addService(new GreeterGrpc.GreeterImplBase() {
                        @Override
                        public void charge(HelloRequest request, StreamObserver<HelloReply> replies) {
                            replies.onNext(HelloReply.getDefaultInstance());
                            replies.onCompleted();
                        }

                        @Override
                        public void listGreetings(HelloRequest request, StreamObserver<HelloReply> replies) {
                            replies.onCompleted();
                        }
                    })
                    .addService(new HealthStatusManager().getHealthService())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private ManagedChannel connect() {
        ManagedChannel channel =
                InProcessChannelBuilder.forName(name).directExecutor().build();
        channels.add(channel);
        return channel;
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        if (server != null) {
            server.shutdownNow();
        }
    }

    private static @Nullable Metadata trailers(Channel channel, java.util.function.Consumer<Channel> call) {
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        try {
            call.accept(ClientInterceptors.intercept(
                    channel, MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers)));
        } catch (StatusRuntimeException e) {
            return e.getTrailers();
        }
        return trailers.get();
    }

    private static @Nullable LoadReport charge(Channel channel) {
        Metadata trailers =
                trailers(channel, to -> GreeterGrpc.newBlockingStub(to).charge(HelloRequest.getDefaultInstance()));
        byte[] report = trailers == null ? null : trailers.get(OrcaTrailer.KEY);
        return report == null ? null : OrcaTrailer.decode(report);
    }

    /** So that there is something to report. */
    private void aSecond(Channel channel, int calls) {
        for (int i = 0; i < calls; i++) {
            now += 1_000 * MILLI / calls;
            charge(channel);
        }
    }

    @Test
    void reportsOncePerIntervalOnEachConnection() {
        start(Duration.ofMillis(100));
        ManagedChannel one = connect();
        ManagedChannel two = connect();
        source.limit = 10;
        source.inFlight = 6;
        aSecond(one, 50);

        assertThat(charge(one))
                .as("the call that completed the second carried one")
                .isNull();
        LoadReport expected = new LoadReport(0, 0, 0.5, 50, 0, 5, 10);
        assertThat(charge(two)).isEqualTo(expected);
        assertThat(charge(two)).isNull();
        now += 99 * MILLI;
        assertThat(charge(one)).isNull();
        assertThat(charge(two)).isNull();
        now += MILLI;
        assertThat(charge(one)).isEqualTo(expected);
        assertThat(charge(one)).isNull();
        assertThat(charge(two)).isEqualTo(expected);
    }

    @Test
    void reportsWithEveryResponseWhereAskedTo() {
        start(Duration.ZERO);
        ManagedChannel channel = connect();
        aSecond(channel, 10);
        for (int i = 0; i < 3; i++) {
            assertThat(charge(channel)).isNotNull();
        }
    }

    @Test
    void streamsCarryReportsToo() {
        start(Duration.ZERO);
        ManagedChannel channel = connect();
        aSecond(channel, 10);
        Metadata trailers = trailers(
                channel,
                to -> GreeterGrpc.newBlockingStub(to)
                        .listGreetings(HelloRequest.getDefaultInstance())
                        .hasNext());
        assertThat(trailers.containsKey(OrcaTrailer.KEY)).isTrue();
    }

    @Test
    void healthCountsNotAndCarriesNone() {
        start(Duration.ZERO);
        ManagedChannel channel = connect();
        aSecond(channel, 10);
        for (int i = 0; i < 100; i++) {
            now += 10 * MILLI;
            Metadata trailers = trailers(
                    channel, to -> HealthGrpc.newBlockingStub(to).check(HealthCheckRequest.getDefaultInstance()));
            assertThat(trailers.containsKey(OrcaTrailer.KEY)).isFalse();
        }
        charge(channel);
        assertThat(charge(channel).qps()).isLessThan(10);
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, 10",
        "DEADLINE_EXCEEDED, 10",
        "INTERNAL, 10",
        "UNKNOWN, 10",
        "DATA_LOSS, 10",
        "NOT_FOUND, 0",
        "CANCELLED, 0",
        "RESOURCE_EXHAUSTED, 0",
    })
    void countsWhatConsumersTakeForFailures(Code code, double eps) {
        start(Duration.ZERO);
        ManagedChannel channel = connect();
        answer = code.toStatus();
        aSecond(channel, 10);
        assertThat(charge(channel).eps()).isEqualTo(eps);
        assertThat(charge(channel).qps()).isEqualTo(10);
    }

    @Test
    void countsWhatWasRefusedForOverload() {
        start(Duration.ZERO);
        ManagedChannel channel = connect();
        answer = Status.RESOURCE_EXHAUSTED;
        added = Unprocessed.mark(new Metadata(), "overloaded");
        aSecond(channel, 10);
        assertThat(charge(channel).eps()).isEqualTo(10);
    }

    /** A handler that fails because its own call failed often passes the exception on, with the trailers of another instance. */
    @Test
    void passesOnNoReportOfAnotherInstanceWithItsFailure() {
        start(Duration.ofSeconds(10));
        ManagedChannel channel = connect();
        aSecond(channel, 10);
        answer = Status.UNAVAILABLE;
        added.put(OrcaTrailer.KEY, OrcaTrailer.encode(new LoadReport(0.9, 0, 0, 1, 0, 0, 0)));
        assertThat(charge(channel)).isNull();
    }

    @Test
    void leavesTheApplicationsOwnReportAlone() {
        start(Duration.ZERO);
        ManagedChannel channel = connect();
        aSecond(channel, 10);
        LoadReport own = new LoadReport(0, 0, 0.9, 1, 0, 0, 0);
        added.put(OrcaTrailer.KEY, OrcaTrailer.encode(own));
        Metadata trailers = trailers(
                channel,
                to -> GreeterGrpc.newBlockingStub(to)
                        .listGreetings(HelloRequest.getDefaultInstance())
                        .hasNext());
        assertThat(trailers.getAll(OrcaTrailer.KEY))
                .singleElement()
                .satisfies(report -> assertThat(OrcaTrailer.decode(report)).isEqualTo(own));
    }
}
