/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.loadbalance.FrameServer.Connection;
import io.clusterrpc.resilience.CallPolicy;
import io.clusterrpc.resilience.CallRuntime;
import io.clusterrpc.resilience.CallStages;
import io.clusterrpc.resilience.Fallbacks;
import io.clusterrpc.resilience.Safeguards;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloRequest;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Answers that break off, as those of a killed process or of a proxy do, are asked for again from another instance if the method is safe, and fail
 * if it is not. What the transport says of them is real: should a new version of gRPC say it in other words, this test fails.
 */
@Timeout(30)
class BrokenOffIT {

    /** How far the answer comes, and how it ends. */
    enum End {
        RESET_BEFORE_HEADERS((connection, stream) -> connection.reset(stream, FrameServer.INTERNAL_ERROR)),
        RESET_AFTER_HEADERS((connection, stream) -> {
            connection.headers(stream);
            connection.reset(stream, FrameServer.INTERNAL_ERROR);
        }),
        RESET_AFTER_MESSAGE((connection, stream) -> {
            connection.headers(stream);
            connection.message(stream);
            connection.reset(stream, FrameServer.INTERNAL_ERROR);
        }),
        CLOSED_AFTER_HEADERS((connection, stream) -> {
            connection.headers(stream);
            connection.close();
        }),
        CLOSED_AFTER_MESSAGE((connection, stream) -> {
            connection.headers(stream);
            connection.message(stream);
            connection.close();
        }),
        ENDED_AFTER_MESSAGE((connection, stream) -> {
            connection.headers(stream);
            connection.endsWithout(stream, 5);
        }),
        ENDED_WITHIN_MESSAGE((connection, stream) -> {
            connection.headers(stream);
            connection.endsWithout(stream, 3);
        }),
        ENDED_WITHOUT_MESSAGE((connection, stream) -> {
            connection.headers(stream);
            connection.endsWithout(stream, 0);
        }),
        NO_STATUS((connection, stream) -> {
            connection.headers(stream);
            connection.message(stream);
            connection.trailersWithoutStatus(stream);
        });

        private final BiConsumer<Connection, Integer> does;

        End(BiConsumer<Connection, Integer> does) {
            this.does = does;
        }
    }

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final RealCluster cluster = new RealCluster(RealCluster.Transport.NETTY);
    private FrameServer raw;
    private RealCluster.Node node;

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

    private GreeterGrpc.GreeterBlockingStub stub() {
        CallStages stages = CallStages.of(
                "orders",
                CallPolicy.DEFAULTS,
                new Safeguards(
                        CircuitBreaker.ofDefaults("orders"),
                        Retry.of("orders", RetryConfig.custom().maxAttempts(3).build()),
                        Fallbacks.NONE),
                new CallRuntime(threads, threads),
                List.of());
        cluster.list(raw.instance("raw"), node.instance());
        ManagedChannel channel = cluster.channel(ManagedChannelBuilder::disableRetry);
        channel.getState(true);
        await("all connected")
                .until(() -> cluster.registry.view().size() == 2
                        && cluster.registry.view().stream().allMatch(view -> view.state() == EndpointState.READY));
        return GreeterGrpc.newBlockingStub(ClientInterceptors.interceptForward(channel, stages.interceptors()))
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void aSafeMethodIsAskedAgain(End end) {
        raw.onStream = end.does;
        GreeterGrpc.GreeterBlockingStub stub = stub();
        int calls = 0;
        while ((raw.streams.get() == 0 || calls < 4) && calls < 20) {
            stub.sayHello(HelloRequest.getDefaultInstance());
            calls++;
        }
        assertThat(raw.streams.get()).isPositive();
        assertThat(node.greeter().calls).hasValue(calls);
    }

    @ParameterizedTest
    @EnumSource
    void anyOtherMethodFailsAtOnce(End end) {
        raw.onStream = end.does;
        GreeterGrpc.GreeterBlockingStub stub = stub();
        int failed = 0;
        int answered = 0;
        while ((failed == 0 || failed + answered < 4) && failed + answered < 20) {
            try {
                stub.charge(HelloRequest.getDefaultInstance());
                answered++;
            } catch (StatusRuntimeException e) {
                failed++;
            }
        }
        assertThat(failed).isPositive();
        assertThat(raw.streams).hasValue(failed);
        assertThat(node.greeter().calls).hasValue(answered);
    }
}
