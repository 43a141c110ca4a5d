/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LateChannelTests {

    private final AtomicInteger builds = new AtomicInteger();
    private final List<ManagedChannel> built = new ArrayList<>();
    private final LateChannel channel = new LateChannel("greeter", this::build);

    private ManagedChannel build() {
        builds.incrementAndGet();
        ManagedChannel one = InProcessChannelBuilder.forName("nobody-" + System.identityHashCode(this))
                .directExecutor()
                .build();
        built.add(one);
        return one;
    }

    private static Code call(LateChannel channel) {
        try {
            GreeterGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .sayHello(HelloRequest.getDefaultInstance());
            return Code.OK;
        } catch (StatusRuntimeException failure) {
            return failure.getStatus().getCode();
        }
    }

    @AfterEach
    void shutDown() {
        built.forEach(ManagedChannel::shutdownNow);
    }

    @Test
    void isIdleUntilItsFirstCall() {
        assertThat(channel.getState(false)).isEqualTo(ConnectivityState.IDLE);
        channel.enterIdle();
        channel.resetConnectBackoff();
        assertThat(builds).hasValue(0);
        assertThat(call(channel)).isEqualTo(Code.UNAVAILABLE);
        assertThat(call(channel)).isEqualTo(Code.UNAVAILABLE);
        assertThat(builds).hasValue(1);
    }

    @Test
    void isBuiltOnceForManyFirstCalls() throws Exception {
        int callers = 8;
        CountDownLatch together = new CountDownLatch(callers);
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Future<ManagedChannel>> opened = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                opened.add(threads.submit(() -> {
                    together.countDown();
                    together.await(10, TimeUnit.SECONDS);
                    return channel.open();
                }));
            }
            for (Future<ManagedChannel> each : opened) {
                assertThat(each.get(10, TimeUnit.SECONDS)).isSameAs(built.get(0));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(builds).hasValue(1);
    }

    @Test
    void buildsAgainWhereItCouldNot() {
        AtomicInteger tries = new AtomicInteger();
        LateChannel failing = new LateChannel("greeter", () -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalArgumentException("no such bundle");
            }
            return build();
        });
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> call(failing));
        assertThat(call(failing)).isEqualTo(Code.UNAVAILABLE);
        assertThat(tries).hasValue(2);
    }

    @Test
    void buildsNothingThatNobodyWouldClose() {
        channel.close();
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> GreeterGrpc.newBlockingStub(channel).sayHello(HelloRequest.getDefaultInstance()))
                .withMessage("UNAVAILABLE: Reference 'greeter' is closed: its application context is closing");
        assertThatIllegalStateException().isThrownBy(channel::authority).withMessageContaining("greeter");
        assertThat(builds).hasValue(0);
        assertThat(channel.isTerminated()).isTrue();
    }

    @Test
    void closingLeavesAnOpenOneToWhoeverBuiltIt() {
        ManagedChannel open = channel.open();
        channel.close();
        assertThat(channel.open()).isSameAs(open);
        assertThat(channel.isShutdown()).isFalse();
        channel.shutdown();
        assertThat(channel.isShutdown()).isTrue();
    }
}
