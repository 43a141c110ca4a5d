/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each test makes the same calls through Micrometer's interceptor and through the light one, and compares all meters. */
class LightClientInterceptorTests {

    private final PrometheusMeterRegistry full = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PrometheusMeterRegistry light = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(new Answers())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name)
                .directExecutor()
                .overrideAuthority("orders:9090")
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void recordsAnsweredUnaryCalls() {
        bothMake(channel, this::hello);
        bothMake(channel, this::hello);

        assertSameMeters();
        assertThat(light.get("grpc.client")
                        .tags("rpc.service", "rpctest.Greeter", "rpc.method", "SayHello", "grpc.status_code", "OK")
                        .timer()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void recordsStreams() {
        bothMake(
                channel,
                it -> GreeterGrpc.newBlockingStub(it)
                        .listGreetings(request("a"))
                        .forEachRemaining(reply -> {}));

        assertSameMeters();
        assertThat(light.get("grpc.client.received").counter().count()).isEqualTo(3);
    }

    @Test
    void recordsErrorsOfTheApplication() {
        bothMake(channel, it -> failing(() -> GreeterGrpc.newBlockingStub(it).charge(request("a"))));

        assertSameMeters();
        assertThat(light.get("grpc.client")
                        .tag("grpc.status_code", "FAILED_PRECONDITION")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void recordsTheCauseOfAFailedConnection() {
        ClientInterceptor broken = closing(Status.UNAVAILABLE.withCause(new IOException("refused")));
        bothMake(ClientInterceptors.intercept(channel, broken), it -> failing(() -> hello(it)));

        assertSameMeters();
        assertThat(light.get("grpc.client").tag("error", "IOException").timer().count())
                .isEqualTo(1);
    }

    @Test
    void recordsCancelledCallsWithoutTheirCause() {
        ClientInterceptor broken = closing(Status.CANCELLED.withCause(new IOException("gone")));
        bothMake(ClientInterceptors.intercept(channel, broken), it -> failing(() -> hello(it)));

        assertSameMeters();
    }

    @Test
    void recordsAStartThatThrowsOnce() {
        ClientInterceptor broken = new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<A> listener, Metadata headers) {
                        throw new IllegalArgumentException("broken");
                    }
                };
            }
        };
        bothMake(
                ClientInterceptors.intercept(channel, broken),
                it -> assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> hello(it)));

        assertSameMeters();
        assertThat(light.get("grpc.client")
                        .tag("error", "IllegalArgumentException")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    /** Micrometer's records such a call twice. */
    @Test
    void recordsACallThatFailsWhileItIsSentOnce() {
        ClientInterceptor broken = new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void halfClose() {
                        throw new IllegalArgumentException("broken");
                    }
                };
            }
        };
        Channel over = ClientInterceptors.intercept(
                ClientInterceptors.intercept(channel, broken),
                new LightClientInterceptor(light, KeyValues.empty(), true));
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> GreeterGrpc.newFutureStub(over).sayHello(request("a")));

        assertThat(light.get("grpc.client").timers())
                .hasSize(1)
                .allSatisfy(timer -> assertThat(timer.count()).isEqualTo(1));
        assertThat(light.get("grpc.client.active").longTaskTimer().activeTasks())
                .isZero();
    }

    @Test
    void countsActiveCallsWhileTheyRun() {
        Consumer<Channel> open = it -> {
            ClientCall<HelloRequest, HelloReply> call =
                    it.newCall(GreeterGrpc.getChatMethod(), CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.MINUTES));
            ClientCalls.asyncBidiStreamingCall(call, new Ignoring());
        };
        bothMake(channel, open);

        assertSameMeters();
        assertThat(light.get("grpc.client.active").longTaskTimer().activeTasks())
                .isEqualTo(1);

        channel.shutdownNow();
        assertThat(light.get("grpc.client.active").longTaskTimer().activeTasks())
                .isZero();
        assertSameMeters();
    }

    @Test
    void recordsNoActiveCallsIfToldSo() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        hello(ClientInterceptors.intercept(channel, new LightClientInterceptor(meters, KeyValues.empty(), false)));

        assertThat(meters.find("grpc.client.active").meter()).isNull();
        assertThat(meters.get("grpc.client").timer().count()).isEqualTo(1);
    }

    @Test
    void neverFailsACall() {
        MeterRegistry refusing = new SimpleMeterRegistry();
        refusing.config().onMeterAdded(meter -> {
            throw new IllegalStateException("refused");
        });
        hello(ClientInterceptors.intercept(channel, new LightClientInterceptor(refusing, KeyValues.empty(), true)));
    }

    @Test
    void looksTheSameInPrometheus() {
        bothMake(channel, this::hello);

        assertThat(names(light)).isNotEmpty().isEqualTo(names(full));
    }

    private void bothMake(Channel over, Consumer<Channel> calls) {
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(full));
        calls.accept(ClientInterceptors.intercept(over, new ObservationGrpcClientInterceptor(observations)));
        calls.accept(ClientInterceptors.intercept(over, new LightClientInterceptor(light, KeyValues.empty(), true)));
    }

    private void assertSameMeters() {
        assertThat(counts(light)).isNotEmpty().isEqualTo(counts(full));
    }

    /** Every meter with everything about it that does not depend on the time taken. */
    private static Map<String, Double> counts(MeterRegistry registry) {
        Map<String, Double> counts = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            String id = meter.getId().getType() + " " + meter.getId() + " "
                    + meter.getId().getBaseUnit() + " " + meter.getId().getDescription();
            meter.measure().forEach(measurement -> {
                if (measurement.getStatistic() == Statistic.COUNT
                        || measurement.getStatistic() == Statistic.ACTIVE_TASKS) {
                    counts.put(id, measurement.getValue());
                }
            });
            assertThat(counts).containsKey(id);
        }
        return counts;
    }

    private static String names(PrometheusMeterRegistry registry) {
        return registry.scrape()
                .lines()
                .map(line -> line.replaceAll(" [0-9.E-]+$", ""))
                .sorted()
                .toList()
                .toString();
    }

    private void hello(Channel over) {
        GreeterGrpc.newBlockingStub(over).sayHello(request("a"));
    }

    private static void failing(Runnable call) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call::run);
    }

    private static HelloRequest request(String name) {
        return HelloRequest.newBuilder().setName(name).build();
    }

    private static ClientInterceptor closing(Status status) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    private Listener<A> listener;

                    @Override
                    public void start(Listener<A> listener, Metadata headers) {
                        this.listener = listener;
                    }

                    @Override
                    public void request(int messages) {}

                    @Override
                    public void sendMessage(Q message) {}

                    @Override
                    public void halfClose() {
                        listener.onClose(status, new Metadata());
                    }
                };
            }
        };
    }

    private static final class Ignoring implements StreamObserver<HelloReply> {

        @Override
        public void onNext(HelloReply value) {}

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {}
    }

    private static final class Answers extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> observer) {
            observer.onNext(HelloReply.getDefaultInstance());
            observer.onCompleted();
        }

        @Override
        public void charge(HelloRequest request, StreamObserver<HelloReply> observer) {
            observer.onError(Status.FAILED_PRECONDITION.asRuntimeException());
        }

        @Override
        public void listGreetings(HelloRequest request, StreamObserver<HelloReply> observer) {
            for (int i = 0; i < 3; i++) {
                observer.onNext(HelloReply.getDefaultInstance());
            }
            observer.onCompleted();
        }

        @Override
        public StreamObserver<HelloRequest> chat(StreamObserver<HelloReply> observer) {
            return new StreamObserver<>() {
                @Override
                public void onNext(HelloRequest value) {}

                @Override
                public void onError(Throwable t) {}

                @Override
                public void onCompleted() {
                    observer.onCompleted();
                }
            };
        }
    }
}
