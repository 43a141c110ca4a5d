/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.autoconfigure.ProviderApplications.GreeterService;
import io.clusterrpc.provider.InstanceGuard;
import io.clusterrpc.provider.ProviderLifecycle;
import io.clusterrpc.provider.RecordingBackend;
import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.provider.limit.HandlerThreads;
import io.grpc.BindableService;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.grpc.server.GrpcServletRegistration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerServicesAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.health.GrpcServerHealthAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

@ExtendWith(OutputCaptureExtension.class)
class RpcProviderAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    GrpcServerAutoConfiguration.class,
                    GrpcServerServicesAutoConfiguration.class,
                    GrpcServerHealthAutoConfiguration.class,
                    RpcDiscoveryAutoConfiguration.class,
                    RpcProviderAutoConfiguration.class))
            .withBean(SslBundles.class, () -> Mockito.mock(SslBundles.class))
            .withBean(RecordingBackend.class, () -> new RecordingBackend(true, Duration.ofSeconds(1)))
            .withPropertyValues(
                    "spring.application.name=greeter",
                    "spring.grpc.server.port=0",
                    "spring.grpc.server.address=127.0.0.1",
                    "rpc.provider.drain.notice=0s");

    private final ApplicationContextRunner provider = runner.withBean(GreeterService.class);

    @Test
    void offersOneProviderToWhoeverWantsToLook() {
        provider.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(RpcProvider.class)
                .hasSingleBean(ProviderLifecycle.class)
                .hasSingleBean(InstanceGuard.class));
    }

    @Test
    void contributesNothingThatWouldStartAServer() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(BindableService.class)
                .doesNotHaveBean(GrpcServerLifecycle.class)
                .doesNotHaveBean(RpcProvider.class));
    }

    @Test
    void canBeSwitchedOff() {
        provider.withPropertyValues("rpc.provider.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(GrpcServerLifecycle.class)
                        .doesNotHaveBean(InstanceGuard.class)
                        .doesNotHaveBean(RpcProvider.class));
    }

    @Test
    void standsBackWhereTheServerIsSwitchedOff() {
        provider.withPropertyValues("spring.grpc.server.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RpcProvider.class));
    }

    @Test
    void graceIsWhatTheNoticeTimeLeaves() {
        provider.run(context -> assertThat(grace(context)).isEqualTo(Duration.ofSeconds(25)));
        provider.withPropertyValues("rpc.provider.drain.notice=4s").run(context -> {
            assertThat(grace(context)).isEqualTo(Duration.ofSeconds(21));
            assertThat(context.getBean(GrpcServerLifecycle.class))
                    .extracting("shutdownGracePeriod")
                    .isEqualTo(Duration.ofSeconds(21));
        });
    }

    @Test
    void graceOfTheUserStaysAndMoreThanTheBudgetWarns(CapturedOutput output) {
        provider.withPropertyValues("rpc.provider.drain.notice=1s", "spring.grpc.server.shutdown.gracePeriod=24")
                .run(context -> assertThat(grace(context)).isEqualTo(Duration.ofSeconds(24)));
        assertThat(output).doesNotContain("Stopping may take");
        provider.withPropertyValues("rpc.provider.drain.notice=0s", "spring.grpc.server.shutdown.grace-period=30s")
                .run(context -> assertThat(grace(context)).isEqualTo(Duration.ofSeconds(30)));
        assertThat(output.getOut())
                .containsOnlyOnce("Stopping may take 0.0 s (rpc.provider.drain.notice) and then 30.0 s"
                        + " (spring.grpc.server.shutdown.grace-period), more than 25 s together");
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void handlersRunOnVirtualThreadsWhereTheApplicationUsesThem() {
        provider.withPropertyValues("spring.threads.virtual.enabled=true").run(context -> {
            AtomicReference<Thread> used = new AtomicReference<>();
            Executor executor =
                    context.getBean(GrpcServerExecutorProvider.class).getExecutor();
            executor.execute(() -> used.set(Thread.currentThread()));
            Awaitility.await().untilAsserted(() -> assertThat(used.get()).isNotNull());
            assertThat(used.get().getName()).startsWith("grpc-server-");
            assertThat(used.get().getClass().getName()).contains("VirtualThread");
        });
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void executorOfTheUserWins() {
        provider.withPropertyValues("spring.threads.virtual.enabled=true")
                .withBean("mine", GrpcServerExecutorProvider.class, () -> () -> Runnable::run)
                .run(context -> assertThat(context)
                        .hasSingleBean(GrpcServerExecutorProvider.class)
                        .doesNotHaveBean(HandlerThreads.class));
    }

    @Test
    void handlersHaveABoundedNumberOfThreadsOtherwise() {
        provider.run(context -> assertThat(context)
                .hasSingleBean(HandlerThreads.class)
                .doesNotHaveBean(GrpcServerExecutorProvider.class));
    }

    @Test
    void boundedThreadsStandBack() {
        provider.withPropertyValues("rpc.provider.executor.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HandlerThreads.class));
        provider.withBean("mine", GrpcServerExecutorProvider.class, () -> () -> Runnable::run)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HandlerThreads.class));
    }

    @Test
    void boundedThreadsNeedNoLimit() {
        provider.withPropertyValues("rpc.provider.limit.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(HandlerThreads.class));
    }

    @Test
    void saysThatServicesInAServletContainerAreNotAnnounced(CapturedOutput output) {
        runner.withBean(
                        GrpcServletRegistration.class,
                        () -> {
                            throw new AssertionError("lazy");
                        },
                        definition -> definition.setLazyInit(true))
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output.getOut()).containsOnlyOnce("spring.grpc.server.servlet.enabled=false");
    }

    private static Duration grace(ApplicationContext context) {
        return context.getBean(GrpcServerProperties.class).getShutdown().getGracePeriod();
    }
}
