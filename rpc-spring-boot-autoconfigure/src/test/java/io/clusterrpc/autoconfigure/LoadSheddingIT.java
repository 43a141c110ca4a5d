/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.autoconfigure.ProviderApplications.GreeterApplication;
import io.clusterrpc.provider.limit.ConcurrencyLimit;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** That an application as Boot starts it sheds what is beyond its limit. */
@Timeout(60)
class LoadSheddingIT {

    @Test
    void anApplicationRefusesWhatIsBeyondItsLimit() throws Exception {
        try (ConfigurableApplicationContext provider = ProviderApplications.run(
                        ProviderApplications.backend(),
                        GreeterApplication.class,
                        "rpc.provider.limit.initial=1",
                        "rpc.provider.limit.min=1",
                        "rpc.provider.limit.max=1",
                        "rpc.provider.drain.notice=0s")
                .run()) {
            ManagedChannel channel = ManagedChannelBuilder.forAddress(
                            "127.0.0.1",
                            provider.getBean(GrpcServerLifecycle.class).getPort())
                    .usePlaintext()
                    .build();
            try {
                GreeterGrpc.GreeterFutureStub greeter =
                        GreeterGrpc.newFutureStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
                LoadShedder shedder = provider.getBean(LoadShedder.class);
                HelloRequest slow =
                        HelloRequest.newBuilder().setDelayMillis(5_000).build();
                List<Future<HelloReply>> accepted = List.of(greeter.charge(slow), greeter.charge(slow));
                await().until(() -> shedder.inFlight() == 2);
                // The second is let in since a burst is no overload; what lasts is.
                await().untilAsserted(() -> assertThatExceptionOfType(StatusRuntimeException.class)
                        .isThrownBy(
                                () -> GreeterGrpc.newBlockingStub(channel).charge(HelloRequest.getDefaultInstance()))
                        .satisfies(refused ->
                                assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED)));
                for (Future<HelloReply> each : accepted) {
                    each.get(30, TimeUnit.SECONDS);
                }
                await().until(() -> shedder.inFlight() == 0);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void anApplicationsOwnLimitTakesThePlaceOfOurs() {
        try (ConfigurableApplicationContext provider = ProviderApplications.run(
                        ProviderApplications.backend(), OwnLimitApplication.class, "rpc.provider.drain.notice=0s")
                .run()) {
            assertThat(provider.getBean(LoadShedder.class).limit()).isEqualTo(7);
        }
    }

    @ProviderApplications.ProviderTestApplication
    @Import(ProviderApplications.GreeterService.class)
    static class OwnLimitApplication {

        @Bean
        ConcurrencyLimit sevenAtATime() {
            return new ConcurrencyLimit() {
                @Override
                public int limit() {
                    return 7;
                }

                @Override
                public void ended(long arrivedNanos, long endedNanos, int inFlight) {}
            };
        }
    }
}
