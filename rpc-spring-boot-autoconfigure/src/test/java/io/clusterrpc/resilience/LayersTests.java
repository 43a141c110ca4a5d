/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.clusterrpc.RetriedBelow;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.provider.RetryMarker;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A consumer calls a gateway, which calls a store to serve it: what the upper layer does after the lower one has done it. */
class LayersTests {

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final AtomicInteger gatewayCalls = new AtomicInteger();
    private final AtomicInteger storeCalls = new AtomicInteger();

    private Consumer<StreamObserver<HelloReply>> store =
            observer -> observer.onError(Status.UNAVAILABLE.asRuntimeException());

    private final GreeterBlockingStub toStore = layer(observer -> {
        storeCalls.incrementAndGet();
        store.accept(observer);
    });

    /** What the gateway answers when the store failed. */
    private Consumer<StreamObserver<HelloReply>> whenStoreFails =
            observer -> observer.onError(Status.UNAVAILABLE.asRuntimeException());

    private final GreeterBlockingStub toGateway = layer(observer -> {
        gatewayCalls.incrementAndGet();
        try {
            observer.onNext(toStore.sayHello(HelloRequest.getDefaultInstance()));
            observer.onCompleted();
        } catch (StatusRuntimeException e) {
            whenStoreFails.accept(observer);
        }
    });

    private GreeterBlockingStub layer(Consumer<StreamObserver<HelloReply>> handler) {
        String name = InProcessServerBuilder.generateName();
        try {
            servers.add(InProcessServerBuilder.forName(name)
                    .intercept(new RetryMarker())
                    .addService(new GreeterGrpc.GreeterImplBase() {
                        @Override
                        public void sayHello(HelloRequest request, StreamObserver<HelloReply> observer) {
                            handler.accept(observer);
                        }
                    })
                    .build()
                    .start());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
        channels.add(channel);
        CallStages stages = CallStages.of(
                name,
                CallPolicy.DEFAULTS,
                new Safeguards(
                        CircuitBreaker.of(name, ReferenceDefaults.circuitBreaker()),
                        Retry.of(
                                name,
                                RetryConfig.custom()
                                        .maxAttempts(3)
                                        .waitDuration(Duration.ofMillis(1))
                                        .build()),
                        Fallbacks.NONE),
                new CallRuntime(scheduler, Runnable::run),
                List.of());
        Channel intercepted = ClientInterceptors.interceptForward(channel, stages.interceptors());
        return GreeterGrpc.newBlockingStub(intercepted);
    }

    @AfterEach
    void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
        scheduler.shutdownNow();
    }

    private StatusRuntimeException fails() {
        return assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> toGateway.sayHello(HelloRequest.getDefaultInstance()))
                .actual();
    }

    @Test
    void onlyTheLayerNearestToTheFailureRepeats() {
        StatusRuntimeException failure = fails();
        assertThat(storeCalls).hasValue(3);
        assertThat(gatewayCalls).hasValue(1);
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(RetriedBelow.isMarked(failure.getTrailers())).isTrue();
    }

    @Test
    void aGatewayThatFailsForItsOwnReasonsIsRepeated() {
        store = observer -> observer.onError(Status.INVALID_ARGUMENT.asRuntimeException());
        fails();
        assertThat(storeCalls).hasValue(3);
        assertThat(gatewayCalls).hasValue(3);
    }

    @Test
    void aStoreThatAnsweredAtTheSecondAttemptIsNoReasonNotToRepeatTheGateway() {
        store = observer -> {
            if (storeCalls.get() % 2 == 1) {
                observer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                observer.onError(Status.NOT_FOUND.asRuntimeException());
            }
        };
        fails();
        assertThat(gatewayCalls).hasValue(3);
    }

    @Test
    void whatTheStoreDidNotProcessTheGatewayDidAlthoughItPassesTheTrailersOn() {
        store = observer ->
                observer.onError(Status.UNAVAILABLE.asRuntimeException(Unprocessed.mark(new Metadata(), "draining")));
        List<Metadata> heard = new ArrayList<>();
        Context.CancellableContext other = Context.ROOT.withCancellation();
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> toStore.sayHello(HelloRequest.getDefaultInstance()))
                .satisfies(e -> heard.add(e.getTrailers()));
        other.close();
        assertThat(heard).noneMatch(Unprocessed::isMarked);
    }

    @Test
    void theDeadlineOfTheConsumerReachesTheStore() {
        List<Long> remaining = new ArrayList<>();
        store = observer -> {
            remaining.add(Context.current().getDeadline().timeRemaining(TimeUnit.MILLISECONDS));
            observer.onNext(HelloReply.getDefaultInstance());
            observer.onCompleted();
        };
        toGateway.withDeadlineAfter(3, TimeUnit.SECONDS).sayHello(HelloRequest.getDefaultInstance());
        toStore.sayHello(HelloRequest.getDefaultInstance());
        // Half of what is left to the gateway's own attempt, which is half of 3 s; without a consumer's deadline 2 s.
        assertThat(remaining.get(0)).isBetween(0L, 750L);
        assertThat(remaining.get(1)).isBetween(1_500L, 2_000L);
    }
}
