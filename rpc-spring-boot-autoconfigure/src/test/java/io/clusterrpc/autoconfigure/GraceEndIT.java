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
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

@ExtendWith(OutputCaptureExtension.class)
class GraceEndIT {

    @Test
    void callsThatOutlastTheGracePeriodEndUnavailableWithAText(CapturedOutput output) {
        ConfigurableApplicationContext provider = ProviderApplications.run(
                        ProviderApplications.backend(),
                        GreeterApplication.class,
                        "rpc.provider.drain.notice=0s",
                        "spring.grpc.server.shutdown.grace-period=1500ms")
                .run();
        ManagedChannel channel = ManagedChannelBuilder.forAddress(
                        "127.0.0.1", provider.getBean(GrpcServerLifecycle.class).getPort())
                .usePlaintext()
                .build();
        ListenableFuture<HelloReply> shorter = charge(channel, 600);
        ListenableFuture<HelloReply> longer = charge(channel, 10_000);
        provider.close();
        assertThat(shorter).succeedsWithin(1, TimeUnit.SECONDS);
        assertThatThrownBy(() -> longer.get(1, TimeUnit.SECONDS))
                .hasMessageContaining(
                        "UNAVAILABLE: greeter is shutting down and its grace period of 1.5 s is over; try again");
        assertThat(output).contains("{rpctest.Greeter/Charge=1}");
        channel.shutdownNow();
    }

    private static ListenableFuture<HelloReply> charge(ManagedChannel channel, int millis) {
        ListenableFuture<HelloReply> call = GreeterGrpc.newFutureStub(channel)
                .charge(HelloRequest.newBuilder().setDelayMillis(millis).build());
        Awaitility.await().pollDelay(100, TimeUnit.MILLISECONDS).until(() -> !call.isDone());
        return call;
    }
}
