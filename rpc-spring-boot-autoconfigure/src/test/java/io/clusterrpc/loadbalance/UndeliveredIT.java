/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.resilience.CallMode;
import io.clusterrpc.resilience.CallPolicy;
import io.clusterrpc.resilience.CallRuntime;
import io.clusterrpc.resilience.CallStages;
import io.clusterrpc.resilience.Fallbacks;
import io.clusterrpc.resilience.FanOutParts;
import io.clusterrpc.resilience.MethodPolicy;
import io.clusterrpc.resilience.QuorumPolicy;
import io.clusterrpc.resilience.Safeguards;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What surely reached no handler is sent anew, whatever the method, with gRPC's retry buffer and without it; everything else is
 * not. The failover itself has one attempt here, so nothing but a transparent retry can help a call. What the transport says and
 * the tracer sees is real: should a new version of gRPC say it in other words, this test fails.
 */
@Timeout(30)
class UndeliveredIT {

    private static final HelloRequest REQUEST =
            HelloRequest.newBuilder().setName("you").build();
    private static final QuorumPolicy ONE = new QuorumPolicy(1, 1);
    private static final int LAST_OF_ALL = Integer.MAX_VALUE;

    /** The kinds of calls. */
    enum Kind {
        SAFE,
        UNSAFE,
        SERVER_STREAM,
        CHAT,
        FAILFAST,
        HEDGED,
        QUORUM
    }

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
    private final RealCluster cluster = new RealCluster(RealCluster.Transport.NETTY);
    private final AtomicReference<Runnable> onStreamCreated = new AtomicReference<>();
    private FrameServer raw;
    private RealCluster.Node node;

    static Stream<Arguments> ways() {
        return Stream.of(Kind.values()).flatMap(kind -> Stream.of(Arguments.of(kind, false), Arguments.of(kind, true)));
    }

    @BeforeEach
    void start() throws IOException {
        raw = new FrameServer();
        node = cluster.start("a");
    }

    @AfterEach
    void stop() throws Exception {
        await("nothing in flight").until(() -> cluster.inFlight() == 0);
        cluster.close();
        raw.close();
        threads.shutdownNow();
    }

    private Channel channel(Kind kind, boolean buffer) {
        CallMode mode = switch (kind) {
            case FAILFAST -> CallMode.FAILFAST;
            case HEDGED -> CallMode.HEDGED;
            case QUORUM -> CallMode.QUORUM;
            default -> CallMode.FAILOVER;
        };
        CallStages stages = CallStages.of(
                "orders",
                new CallPolicy(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(2),
                                Map.of("Charge", new MethodPolicy(null, null, null).withQuorum(ONE)))
                        .withMode(mode, Duration.ofSeconds(10)),
                new Safeguards(
                                CircuitBreaker.ofDefaults("orders"),
                                Retry.of(
                                        "orders",
                                        RetryConfig.custom().maxAttempts(1).build()),
                                Fallbacks.NONE)
                        .withFanOut(new FanOutParts(method -> members(), FanOutParts.NONE.mergers())),
                new CallRuntime(threads, threads),
                List.of());
        List<ClientInterceptor> interceptors = Stream.concat(stages.interceptors().stream(), Stream.of(new Intruder()))
                .toList();
        ManagedChannel channel =
                cluster.channel(buffer ? ManagedChannelBuilder::enableRetry : ManagedChannelBuilder::disableRetry);
        channel.getState(true);
        await("all connected")
                .until(() -> !cluster.registry.view().isEmpty()
                        && cluster.registry.view().stream().allMatch(view -> view.state() == EndpointState.READY));
        return ClientInterceptors.interceptForward(channel, interceptors);
    }

    private List<ServiceInstance> members() {
        return cluster.registry.view().stream().map(EndpointView::instance).toList();
    }

    private CompletableFuture<Code> call(Channel channel, Kind kind) {
        End end = new End();
        GreeterGrpc.GreeterStub stub = GreeterGrpc.newStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
        switch (kind) {
            case SAFE, HEDGED -> stub.sayHello(REQUEST, end);
            case UNSAFE, FAILFAST, QUORUM -> stub.charge(REQUEST, end);
            case SERVER_STREAM -> stub.listGreetings(REQUEST, end);
            case CHAT -> {
                StreamObserver<HelloRequest> requests = stub.chat(end);
                requests.onNext(REQUEST);
                requests.onNext(REQUEST);
                requests.onCompleted();
            }
        }
        return end.code;
    }

    private Code result(Channel channel, Kind kind) throws Exception {
        return call(channel, kind).get(15, TimeUnit.SECONDS);
    }

    /** All calls succeed although one server does this to its first stream, and each of them was handled once. */
    private void allArriveOnce(Kind kind, boolean buffer, BiConsumer<FrameServer.Connection, Integer> does)
            throws Exception {
        raw.onStream = (connection, stream) -> {
            // gRPC's own retry may pick the same instance again, ours does not.
            if (raw.streams.get() == 1 || !buffer) {
                does.accept(connection, stream);
            } else {
                connection.answer(stream);
            }
        };
        cluster.list(raw.instance("raw"), node.instance());
        Channel channel = channel(kind, buffer);
        int calls = 0;
        while ((raw.streams.get() == 0 || calls < 4) && calls < 20) {
            assertThat(result(channel, kind)).isEqualTo(Code.OK);
            calls++;
        }
        assertThat(raw.streams.get()).isPositive();
        assertThat(node.greeter().calls.get() + (buffer ? raw.streams.get() - 1 : 0))
                .isEqualTo(calls);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aRefusedStreamIsSentAnew(Kind kind, boolean buffer) throws Exception {
        allArriveOnce(kind, buffer, (connection, stream) -> connection.reset(stream, FrameServer.REFUSED_STREAM));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aStreamBeyondTheLastOneOfAGoawayIsSentAnew(Kind kind, boolean buffer) throws Exception {
        allArriveOnce(kind, buffer, (connection, stream) -> connection.goAway(stream - 2, FrameServer.NO_ERROR));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aStreamForAConnectionThatTakesNoMoreIsSentAnew(Kind kind, boolean buffer) throws Exception {
        vanishes(kind, buffer, connection -> connection.goAway(LAST_OF_ALL, FrameServer.NO_ERROR));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aStreamForAConnectionThatBrokeIsSentAnew(Kind kind, boolean buffer) throws Exception {
        vanishes(kind, buffer, FrameServer.Connection::close);
    }

    /** The connection takes no streams any more between the pick and the creation of the stream. */
    private void vanishes(Kind kind, boolean buffer, Consumer<FrameServer.Connection> ends) throws Exception {
        raw.onStream = FrameServer.Connection::answer;
        cluster.list(raw.instance("raw"));
        Channel channel = channel(kind, buffer);
        onStreamCreated.set(() -> {
            cluster.list(raw.instance("raw"), node.instance());
            raw.connections.forEach(ends);
            await().until(() -> cluster.view("raw").state() != EndpointState.READY || raw.connections.size() > 1);
        });
        assertThat(result(channel, kind)).isEqualTo(Code.OK);
        assertThat(onStreamCreated).hasValue(null);
        assertThat(node.greeter().calls.get() + raw.streams.get()).isOne();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aStreamThatWaitsForAnotherToEndIsSentAnew(Kind kind, boolean buffer) throws Exception {
        raw.close();
        raw = new FrameServer(1);
        CompletableFuture<FrameServer.Connection> occupied = new CompletableFuture<>();
        raw.onStream = (connection, stream) -> occupied.complete(connection);
        cluster.list(raw.instance("raw"));
        Channel channel = channel(kind, buffer);
        CompletableFuture<Code> unanswered = call(channel, Kind.UNSAFE);
        occupied.get(10, TimeUnit.SECONDS);
        CompletableFuture<Code> waiting = call(channel, kind);
        await().until(() -> cluster.inFlight() == 2);
        await().during(Duration.ofMillis(100)).until(() -> raw.streams.get() == 1); // the transport holds it back
        raw.onStream = FrameServer.Connection::answer;
        cluster.list(raw.instance("raw"), node.instance());
        occupied.get().close();
        assertThat(waiting.get(15, TimeUnit.SECONDS)).isEqualTo(Code.OK);
        assertThat(unanswered.get(15, TimeUnit.SECONDS)).isEqualTo(Code.UNAVAILABLE);
        assertThat(node.greeter().calls.get() + raw.streams.get()).isEqualTo(2);
    }

    // What may have reached a handler

    /** One that is not safe fails, with whatever code, and was not sent to anybody else. */
    private void failsOnce(Kind kind) throws Exception {
        cluster.list(raw.instance("raw"), node.instance());
        Channel channel = channel(kind, false);
        int answered = 0;
        int failed = 0;
        while ((failed == 0 || answered + failed < 4) && answered + failed < 20) {
            if (result(channel, kind) == Code.OK) {
                answered++;
            } else {
                failed++;
            }
        }
        assertThat(failed).isPositive();
        assertThat(raw.streams).hasValue(failed);
        assertThat(node.greeter().calls).hasValue(answered);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNSAFE", "CHAT", "FAILFAST", "QUORUM"})
    void aResetForAnotherReasonIsFinal(Kind kind) throws Exception {
        raw.onStream = (connection, stream) -> connection.reset(stream, FrameServer.INTERNAL_ERROR);
        failsOnce(kind);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNSAFE", "CHAT", "FAILFAST", "QUORUM"})
    void aCancelIsFinal(Kind kind) throws Exception {
        raw.onStream = (connection, stream) -> connection.reset(stream, FrameServer.CANCEL);
        failsOnce(kind);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNSAFE", "CHAT", "FAILFAST", "QUORUM"})
    void aGoawayBecauseOfAnErrorIsFinal(Kind kind) throws Exception {
        raw.onStream = (connection, stream) -> connection.goAway(stream - 2, FrameServer.ENHANCE_YOUR_CALM);
        failsOnce(kind);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNSAFE", "CHAT", "FAILFAST", "QUORUM"})
    void aConnectionThatBreaksAfterTheRequestIsFinal(Kind kind) throws Exception {
        raw.onStream = (connection, stream) -> connection.close();
        failsOnce(kind);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNSAFE", "CHAT", "FAILFAST", "QUORUM"})
    void aGoawayThatCoversTheStreamIsFinal(Kind kind) throws Exception {
        raw.onStream = (connection, stream) -> {
            connection.goAway(stream, FrameServer.NO_ERROR);
            connection.close();
        };
        failsOnce(kind);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNSAFE", "CHAT", "FAILFAST", "QUORUM"})
    void aServerThatUsesTheWordsOfTheTransportIsNotBelieved(Kind kind) throws Exception {
        raw.onStream = (connection, stream) ->
                connection.trailers(stream, "14", "RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM");
        failsOnce(kind);
    }

    @Test
    void aStreamThatIsRefusedAfterItsHeadersIsFinal() throws Exception {
        raw.onStream = (connection, stream) -> {
            connection.headers(stream);
            connection.reset(stream, FrameServer.REFUSED_STREAM);
        };
        failsOnce(Kind.UNSAFE);
    }

    /** Does something between the pick of the next stream and its creation, once. */
    private final class Intruder implements ClientInterceptor {

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withStreamTracerFactory(new ClientStreamTracer.Factory() {
                @Override
                public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
                    return new ClientStreamTracer() {
                        @Override
                        public void streamCreated(Attributes transport, Metadata sent) {
                            Runnable task = onStreamCreated.getAndSet(null);
                            if (task != null) {
                                task.run();
                            }
                        }
                    };
                }
            }));
        }
    }

    private static final class End implements StreamObserver<HelloReply> {

        final CompletableFuture<Code> code = new CompletableFuture<>();

        @Override
        public void onNext(HelloReply reply) {}

        @Override
        public void onError(Throwable failure) {
            code.complete(Status.fromThrowable(failure).getCode());
        }

        @Override
        public void onCompleted() {
            code.complete(Code.OK);
        }
    }
}
