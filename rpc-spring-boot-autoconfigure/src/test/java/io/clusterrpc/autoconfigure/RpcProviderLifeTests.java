/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static io.clusterrpc.autoconfigure.ProviderApplications.backend;
import static io.clusterrpc.autoconfigure.ProviderApplications.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.ExpectedInstance;
import io.clusterrpc.RpcReadiness;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.autoconfigure.ProviderApplications.GreeterApplication;
import io.clusterrpc.autoconfigure.ProviderApplications.TwoServicesApplication;
import io.clusterrpc.autoconfigure.ProviderApplications.WholeApplication;
import io.clusterrpc.autoconfigure.ProviderApplications.WholeConsumerApplication;
import io.clusterrpc.provider.InstanceGuard;
import io.clusterrpc.provider.RecordingBackend;
import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.provider.RpcProviderState.Phase;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.DefaultGrpcServerFactory;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.GrpcServerFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.grpc.server.lifecycle.GrpcServerShutdownEvent;

/** Whole applications with real servers: when they are announced, and when no more. */
class RpcProviderLifeTests {

    private final RecordingBackend backend = backend();

    @Test
    void nonWebApplicationRegistersOncePerApplicationWithAllItsServices() {
        Instant before = Instant.now();
        try (ConfigurableApplicationContext context =
                run(backend, TwoServicesApplication.class, "rpc.zone=a").run("--spring.application.version=2.1")) {
            int port = port(context);
            assertThat(backend.registered()).singleElement().satisfies(instance -> {
                assertThat(instance.service()).isEqualTo("greeter");
                assertThat(instance.address()).isEqualTo("127.0.0.1:" + port);
                assertThat(instance.grpcServices()).containsExactlyInAnyOrder("rpctest.Greeter", "rpctest.Farewell");
                assertThat(instance.zone()).isEqualTo("a");
                assertThat(instance.version()).isEqualTo("2.1");
                assertThat(instance.weight()).isEqualTo(ServiceInstance.DEFAULT_WEIGHT);
                assertThat(instance.startTime()).isBetween(before.minusMillis(1), Instant.now());
            });
            assertThat(context.getBean(RpcProvider.class).states())
                    .singleElement()
                    .satisfies(state -> assertThat(state.registered()).isTrue());
        }
        assertThat(backend.registered()).isEmpty();
    }

    @Test
    void isNotAnnouncedBeforeRunnersAreDone() {
        List<String> seenByRunner = new ArrayList<>();
        try (ConfigurableApplicationContext context = run(backend, GreeterApplication.class)
                .initializers(application -> application
                        .getBeanFactory()
                        .registerSingleton("runner", (ApplicationRunner) args -> seenByRunner.addAll(backend.events())))
                .run()) {
            assertThat(seenByRunner).isEmpty();
            assertThat(backend.events()).hasSize(1);
        }
    }

    @Test
    void webApplicationRegistersItsGrpcPortOnce() {
        try (ConfigurableApplicationContext context = run(
                        backend,
                        WholeApplication.class,
                        "server.port=0",
                        "management.server.port=0",
                        "server.address=127.0.0.1",
                        "management.server.address=127.0.0.1")
                .web(WebApplicationType.SERVLET)
                .run()) {
            assertThat(backend.events()).containsExactly("+" + port(context));
        }
        assertThat(backend.events()).hasSize(2);
    }

    @Test
    void closeOfTheManagementContextIsNotOurs() {
        try (ConfigurableApplicationContext context =
                        run(backend, GreeterApplication.class).run();
                ConfigurableApplicationContext child = new SpringApplicationBuilder(Object.class)
                        .parent(context)
                        .web(WebApplicationType.NONE)
                        .run()) {
            AvailabilityChangeEvent.publish(child, ReadinessState.REFUSING_TRAFFIC);
            child.close();
            assertThat(backend.events()).hasSize(1);
        }
    }

    @Test
    void serverOfAChildContextIsNotOurs() {
        try (ConfigurableApplicationContext context =
                        run(backend, GreeterApplication.class).run();
                GenericApplicationContext child = new GenericApplicationContext(context)) {
            child.registerBean(GrpcServerLifecycle.class, () -> lifecycle(child));
            child.refresh();
            assertThat(child.getBean(GrpcServerLifecycle.class).getPort()).isPositive();
            assertThat(backend.events()).containsExactly("+" + port(context));
        }
    }

    private static GrpcServerLifecycle lifecycle(ApplicationEventPublisher events) {
        GrpcServerFactory factory = new DefaultGrpcServerFactory<>("127.0.0.1:0", List.of());
        return new GrpcServerLifecycle(factory, Duration.ofSeconds(1), events);
    }

    @Test
    void leavesWhileTrafficIsRefusedAndComesBack() {
        try (ConfigurableApplicationContext context =
                run(backend, GreeterApplication.class).run()) {
            ServiceInstance announced = backend.registered().get(0);
            AvailabilityChangeEvent.publish(context, this, ReadinessState.REFUSING_TRAFFIC);
            assertThat(backend.registered()).isEmpty();
            assertThat(context.getBean(RpcProvider.class).states())
                    .singleElement()
                    .satisfies(state -> assertThat(state.phase()).isEqualTo(Phase.REFUSING));
            AvailabilityChangeEvent.publish(context, this, ReadinessState.ACCEPTING_TRAFFIC);
            assertThat(backend.registered()).containsExactly(announced);
        }
    }

    @Test
    void waitsForWhatTheApplicationNeeds() {
        try (ConfigurableApplicationContext context = run(
                        backend, CachingApplication.class, "rpc.provider.readiness.interval=10ms")
                .run()) {
            AtomicBoolean loaded = context.getBean(AtomicBoolean.class);
            RpcProvider provider = context.getBean(RpcProvider.class);
            assertThat(provider.states().get(0).phase()).isEqualTo(Phase.STARTING);
            assertThat(provider.states().get(0).heldBackBy()).containsExactly("cacheLoaded");
            assertThat(backend.events()).isEmpty();
            loaded.set(true);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(backend.registered()).hasSize(1));
            loaded.set(false);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(backend.registered()).isEmpty());
            assertThat(provider.states().get(0).phase()).isEqualTo(Phase.REFUSING);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(GreeterApplication.class)
    static class CachingApplication {

        @Bean
        AtomicBoolean loaded() {
            return new AtomicBoolean();
        }

        @Bean
        RpcReadiness cacheLoaded(AtomicBoolean loaded) {
            return loaded::get;
        }
    }

    @Test
    void pausedContextComesBackOnANewPortAsANewInstance() {
        try (ConfigurableApplicationContext context =
                run(backend, GreeterApplication.class).run()) {
            int port = port(context);
            String id = backend.registered().get(0).id();
            context.pause();
            assertThat(backend.registered()).isEmpty();
            context.restart();
            int newPort = port(context);
            assertThat(newPort).isNotEqualTo(port);
            assertThat(backend.events()).containsExactly("+" + port, "-" + port, "+" + newPort);
            assertThat(backend.registered()).extracting(ServiceInstance::id).doesNotContain(id);
            assertThat(health(newPort)).isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void severalContextsInOneJvmAreSeveralInstances() {
        try (ConfigurableApplicationContext first =
                run(backend, GreeterApplication.class).run()) {
            try (ConfigurableApplicationContext second =
                    run(backend, GreeterApplication.class).run()) {
                assertThat(backend.registered())
                        .extracting(ServiceInstance::port)
                        .containsExactlyInAnyOrder(port(first), port(second));
                assertThat(backend.registered()).extracting(ServiceInstance::id).doesNotHaveDuplicates();
            }
            assertThat(backend.registered()).extracting(ServiceInstance::port).containsExactly(port(first));
        }
    }

    @Test
    void anApplicationThatRunsAgainOnTheSamePortIsANewInstance() {
        String id;
        int port;
        try (ConfigurableApplicationContext context =
                run(backend, GreeterApplication.class).run()) {
            id = backend.registered().get(0).id();
            port = port(context);
        }
        try (ConfigurableApplicationContext context = run(
                        backend, GreeterApplication.class, "spring.grpc.server.port=" + port)
                .run()) {
            assertThat(backend.registered()).singleElement().satisfies(instance -> {
                assertThat(instance.port()).isEqualTo(port);
                assertThat(instance.id()).isNotEqualTo(id);
            });
        }
    }

    @Test
    void requestForAnotherInstanceReachesNeitherHandlerNorInterceptor() {
        try (ConfigurableApplicationContext context =
                run(backend, CountingApplication.class).run()) {
            AtomicInteger reached = context.getBean(AtomicInteger.class);
            charge(port(context), backend.registered().get(0).id());
            assertThat(reached).hasValue(1);
            assertThatThrownBy(() -> charge(port(context), "greeter-of-yesterday"))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("UNAVAILABLE")
                    .hasMessageContaining("greeter-of-yesterday")
                    .hasMessageContaining(backend.registered().get(0).id());
            assertThat(reached).hasValue(1);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(GreeterApplication.class)
    static class CountingApplication {

        @Bean
        AtomicInteger reached() {
            return new AtomicInteger();
        }

        @Bean
        @GlobalServerInterceptor
        @Order(0)
        ServerInterceptor counting(AtomicInteger reached) {
            return new ServerInterceptor() {
                @Override
                public <Q, P> ServerCall.Listener<Q> interceptCall(
                        ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
                    reached.incrementAndGet();
                    return next.startCall(call, headers);
                }
            };
        }
    }

    private static void charge(int port, String instance) {
        Metadata headers = new Metadata();
        ExpectedInstance.write(headers, instance);
        ManagedChannel channel = channel(port);
        try {
            GreeterGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .charge(HelloRequest.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void inProcessServerIsNotAnnounced() {
        try (ConfigurableApplicationContext context = run(
                        backend,
                        GreeterApplication.class,
                        "spring.grpc.server.inprocess.name=" + getClass().getName())
                .run()) {
            assertThat(context.getBeansOfType(GrpcServerLifecycle.class)).hasSize(2);
            assertThat(backend.registered())
                    .singleElement()
                    .satisfies(instance -> assertThat(instance.port()).isPositive());
        }
    }

    @Test
    void pureConsumerStartsNoServerAndNeedsNoName() {
        try (ConfigurableApplicationContext context = run(
                        backend, WholeConsumerApplication.class, "spring.application.name=")
                .run()) {
            assertThat(context.getBeansOfType(BindableService.class)).isEmpty();
            assertThat(context.getBeansOfType(GrpcServerLifecycle.class)).isEmpty();
            assertThat(context.getBeansOfType(InstanceGuard.class)).isEmpty();
            assertThat(context.getBeansOfType(RpcProvider.class)).isEmpty();
            assertThat(backend.events()).isEmpty();
        }
    }

    @Test
    void withdrawsBeforeAnyoneElseHearsOfTheCloseAndServesUntilConsumersNoticed() {
        List<String> steps = new ArrayList<>();
        ConfigurableApplicationContext context = run(
                        new RecordingBackend(true, Duration.ofMillis(300)), StepsApplication.class)
                .run();
        Steps recorded = context.getBean(Steps.class);
        recorded.port = port(context);
        recorded.steps = steps;
        recorded.closedAt = System.nanoTime();
        context.close();
        assertThat(steps).containsExactly("closed: registered 0, NOT_SERVING", "shutdown: registered 0, NOT_SERVING");
        assertThat(recorded.shutdownAt - recorded.closedAt).isGreaterThanOrEqualTo(300_000_000L);
    }

    @Configuration(proxyBeanMethods = false)
    @Import(GreeterApplication.class)
    static class StepsApplication {

        @Bean
        Steps steps(RecordingBackend backend) {
            return new Steps(backend);
        }

        @Bean
        ApplicationListener<ContextClosedEvent> closed(Steps steps) {
            return event -> steps.add("closed");
        }

        @Bean
        ApplicationListener<GrpcServerShutdownEvent> shutdown(Steps steps) {
            return event -> {
                steps.shutdownAt = System.nanoTime();
                steps.add("shutdown");
            };
        }
    }

    static final class Steps {

        private final RecordingBackend backend;
        private List<String> steps = new ArrayList<>();
        private int port;
        private long closedAt;
        private long shutdownAt;

        Steps(RecordingBackend backend) {
            this.backend = backend;
        }

        void add(String step) {
            steps.add(step + ": registered " + backend.registered().size() + ", " + health(port));
        }
    }

    private static int port(ConfigurableApplicationContext context) {
        return context.getBean("nettyGrpcServerLifecycle", GrpcServerLifecycle.class)
                .getPort();
    }

    private static ManagedChannel channel(int port) {
        return ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
    }

    private static ServingStatus health(int port) {
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } finally {
            channel.shutdownNow();
        }
    }
}
