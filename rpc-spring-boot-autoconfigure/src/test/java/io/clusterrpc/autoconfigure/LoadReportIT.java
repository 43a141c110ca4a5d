/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.autoconfigure.ProviderApplications.GreeterApplication;
import io.clusterrpc.loadbalance.LoadReport;
import io.clusterrpc.loadbalance.OrcaTrailer;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** What an application tells of its load that configures nothing, or switches it off. */
class LoadReportIT {

    private final AtomicReference<Metadata> trailers = new AtomicReference<>();

    @Test
    void applicationsReportTheirLoadByThemselves() {
        try (ConfigurableApplicationContext provider = run()) {
            GreeterGrpc.GreeterBlockingStub greeter = connect(provider);
            await().until(() -> {
                LoadReport report = call(greeter);
                return report != null && report.cpuUtilization() > 0;
            });
            await().untilAsserted(() -> {
                LoadReport report = call(greeter);
                assertThat(report).isNotNull();
                assertThat(report.qps()).isGreaterThan(1);
                assertThat(report.eps()).isZero();
                assertThat(report.limit()).isEqualTo(100);
                assertThat(report.utilization()).isBetween(0.001, 1.5);
            });
        }
    }

    @Test
    void theProcessorsSayItAloneWithoutALimit() {
        try (ConfigurableApplicationContext provider = run("rpc.provider.limit.enabled=false")) {
            GreeterGrpc.GreeterBlockingStub greeter = connect(provider);
            await().untilAsserted(() -> {
                LoadReport report = call(greeter);
                assertThat(report).isNotNull();
                assertThat(report.cpuUtilization()).isPositive();
                assertThat(report.applicationUtilization()).isZero();
                assertThat(report.limit()).isZero();
            });
        }
    }

    @Test
    void switchedOffNothingIsReported() {
        try (ConfigurableApplicationContext provider = run("rpc.provider.load-report.enabled=false")) {
            GreeterGrpc.GreeterBlockingStub greeter = connect(provider);
            AtomicInteger reports = new AtomicInteger();
            long end = System.nanoTime() + 1_500_000_000L;
            await().until(() -> {
                reports.addAndGet(call(greeter) == null ? 0 : 1);
                return System.nanoTime() - end > 0;
            });
            assertThat(reports).hasValue(0);
        }
    }

    private @Nullable LoadReport call(GreeterGrpc.GreeterBlockingStub greeter) {
        greeter.charge(HelloRequest.getDefaultInstance());
        byte[] report = trailers.get().get(OrcaTrailer.KEY);
        return report == null ? null : OrcaTrailer.decode(report);
    }

    private static ConfigurableApplicationContext run(String... properties) {
        String[] all = java.util.Arrays.copyOf(properties, properties.length + 1);
        all[properties.length] = "rpc.provider.drain.notice=0s";
        return ProviderApplications.run(ProviderApplications.backend(), GreeterApplication.class, all)
                .run();
    }

    private GreeterGrpc.GreeterBlockingStub connect(ConfigurableApplicationContext provider) {
        int port = provider.getBean(GrpcServerLifecycle.class).getPort();
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
        provider.addApplicationListener(event -> {
            if (event instanceof org.springframework.context.event.ContextClosedEvent) {
                channel.shutdownNow();
            }
        });
        return GreeterGrpc.newBlockingStub(ClientInterceptors.intercept(
                channel, MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers)));
    }
}
