/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import io.clusterrpc.autoconfigure.ProviderApplications.GreeterApplication;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** Who resets many calls: a flood ends its connection and no other; a consumer whose calls all time out is none. */
class TransportLimitsIT {

    private ConfigurableApplicationContext provider;
    private ManagedChannel channel;
    private ManagedChannel other;

    @AfterEach
    void stop() {
        channel.shutdownNow();
        other.shutdownNow();
        provider.close();
    }

    @Test
    void floodOfResetsEndsItsOwnConnectionOnly() {
        start("rpc.provider.transport.max-resets-per-second=100");
        ListenableFuture<HelloReply> doomed = charge(channel, 20_000);
        ListenableFuture<HelloReply> untouched = charge(other, 4_000);
        // A client that is busy may give up calls before they left; those reset nothing.
        for (int round = 0; round < 20 && !doomed.isDone(); round++) {
            flood(1_000, 100_000);
        }
        // Long before its answer. A client that goes on writing may see the reset of the connection before the GOAWAY.
        assertThatThrownBy(() -> doomed.get(2, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .message()
                .containsAnyOf("too_many_rststreams", "io exception");
        assertThat(untouched).succeedsWithin(Duration.ofSeconds(10));
    }

    /** 10,000 calls in at least 2.5 s, with the default limits. */
    @Test
    void consumerWhoseEveryCallTimesOutIsNotCutOff() {
        start();
        ListenableFuture<HelloReply> untouched = charge(channel, 4_000);
        int timedOut = flood(10_000, 250_000);
        assertThat(timedOut).isGreaterThan(9_000);
        assertThat(untouched).succeedsWithin(Duration.ofSeconds(10));
    }

    /** Calls with a deadline of 5 ms to a handler that takes a second. Returns how many ended. */
    private int flood(int calls, long pauseNanos) {
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < calls; i++) {
            GreeterGrpc.newFutureStub(channel)
                    .withDeadlineAfter(5, TimeUnit.MILLISECONDS)
                    .charge(HelloRequest.newBuilder().setDelayMillis(1_000).build())
                    .addListener(ended::incrementAndGet, Runnable::run);
            LockSupport.parkNanos(pauseNanos);
        }
        return ended.get();
    }

    private void start(String... properties) {
        String[] all = Arrays.copyOf(properties, properties.length + 2);
        all[properties.length] = "rpc.provider.limit.enabled=false";
        all[properties.length + 1] = "rpc.provider.drain.notice=0s";
        provider = ProviderApplications.run(ProviderApplications.backend(), GreeterApplication.class, all)
                .run();
        channel = connect();
        other = connect();
    }

    private ManagedChannel connect() {
        int port = provider.getBean(GrpcServerLifecycle.class).getPort();
        return ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .disableRetry()
                .build();
    }

    private static ListenableFuture<HelloReply> charge(ManagedChannel channel, int millis) {
        ListenableFuture<HelloReply> call = GreeterGrpc.newFutureStub(channel)
                .charge(HelloRequest.newBuilder().setDelayMillis(millis).build());
        LockSupport.parkNanos(300_000_000);
        return call;
    }
}
