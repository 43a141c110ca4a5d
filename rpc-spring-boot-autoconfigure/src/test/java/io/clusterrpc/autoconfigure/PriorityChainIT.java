/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.PreviousAttempts;
import io.clusterrpc.RpcReference;
import io.clusterrpc.RpcService;
import io.clusterrpc.autoconfigure.ProviderApplications.WholeApplication;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.testproto.FarewellGrpc;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A client calls one application, whose handler calls another one, which is at its limit. */
@Timeout(60)
class PriorityChainIT {

    private static final int LIMIT = 10;

    private final List<ManagedChannel> channels = new ArrayList<>();

    @AfterEach
    void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    @Test
    void whatIsCalledForAFurtherAttemptIsRefusedBeforeWhatIsCalledForAFirstOne() {
        try (ConfigurableApplicationContext back = run(
                        WholeApplication.class,
                        "spring.application.name=greeter",
                        "rpc.provider.limit.initial=" + LIMIT,
                        "rpc.provider.limit.min=" + LIMIT,
                        "rpc.provider.limit.max=" + LIMIT);
                ConfigurableApplicationContext front = run(
                        FrontApplication.class,
                        "spring.application.name=front",
                        "rpc.discovery.fixed.greeter=127.0.0.1:" + port(back))) {
            fill(back);
            FarewellGrpc.FarewellBlockingStub first = FarewellGrpc.newBlockingStub(channel(front));
            Metadata headers = new Metadata();
            PreviousAttempts.write(headers, 1);
            FarewellGrpc.FarewellBlockingStub further =
                    first.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
            // A burst is let in; what lasts is refused.
            await().untilAsserted(() -> refused(further));
            for (int i = 0; i < 5; i++) {
                assertThat(first.sayBye(HelloRequest.getDefaultInstance())).isNotNull();
                refused(further);
            }
        }
    }

    /** Leaves room for one more call at the limit, and for none at nine tenths of it. */
    private void fill(ConfigurableApplicationContext back) {
        GreeterGrpc.GreeterFutureStub greeter =
                GreeterGrpc.newFutureStub(channel(back)).withDeadlineAfter(60, TimeUnit.SECONDS);
        HelloRequest slow = HelloRequest.newBuilder().setDelayMillis(50_000).build();
        for (int i = 1; i < LIMIT; i++) {
            greeter.charge(slow);
        }
        LoadShedder shedder = back.getBean(LoadShedder.class);
        await().until(() -> shedder.inFlight() == LIMIT - 1);
    }

    private static void refused(FarewellGrpc.FarewellBlockingStub further) {
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> further.sayBye(HelloRequest.getDefaultInstance()))
                .satisfies(refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED));
    }

    private ManagedChannel channel(ConfigurableApplicationContext provider) {
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", port(provider))
                .usePlaintext()
                .build();
        channels.add(channel);
        return channel;
    }

    private static int port(ConfigurableApplicationContext provider) {
        return provider.getBean(GrpcServerLifecycle.class).getPort();
    }

    private static ConfigurableApplicationContext run(Class<?> application, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "spring.grpc.server.port=0",
                "spring.grpc.server.address=127.0.0.1",
                "spring.grpc.server.shutdown.grace-period=1s",
                "spring.main.banner-mode=off",
                "rpc.discovery.backends=fixed",
                "rpc.provider.register=false"));
        all.addAll(List.of(properties));
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .properties(all.toArray(String[]::new))
                .run();
    }

    /** Serves a call by calling the other application. */
    @RpcService
    static class Front extends FarewellGrpc.FarewellImplBase {

        @RpcReference("greeter")
        private GreeterGrpc.GreeterBlockingStub greeter;

        @Override
        public void sayBye(HelloRequest request, StreamObserver<HelloReply> replies) {
            try {
                replies.onNext(greeter.charge(request));
                replies.onCompleted();
            } catch (StatusRuntimeException failed) {
                replies.onError(failed.getStatus().asRuntimeException());
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Front.class)
    static class FrontApplication {}
}
