/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.clusterrpc.CallListener;
import io.clusterrpc.ClusterListener;
import io.clusterrpc.observe.CallMeters;
import io.clusterrpc.observe.LightClientInterceptor;
import io.clusterrpc.observe.RegistryMeters;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientObservationAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerServicesAutoConfiguration;
import org.springframework.boot.grpc.test.autoconfigure.TestGrpcTransportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationRegistryCustomizer;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.grpc.client.ClientInterceptorFilter;
import org.springframework.grpc.client.GrpcChannelFactory;

class RpcObservationAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    RpcObservationAutoConfiguration.class,
                    GrpcClientObservationAutoConfiguration.class,
                    GrpcClientAutoConfiguration.class,
                    ObservationAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class))
            .withBean(SslBundles.class, DefaultSslBundleRegistry::new);

    @Test
    void registersTheListenersForMeters() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(CallMeters.class)
                .hasSingleBean(RegistryMeters.class)
                .hasSingleBean(CallListener.class)
                .hasSingleBean(ClusterListener.class));
    }

    @Test
    void lightMetersTakeThePlaceOfTheObservation() {
        runner.run(context -> assertThat(context)
                .getBean(ObservationGrpcClientInterceptor.class)
                .isInstanceOf(LightClientInterceptor.class));
    }

    @Test
    void observesInFullWithATracer() {
        runner.withBean(Tracer.class, () -> mock(Tracer.class))
                .run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
    }

    @Test
    void aTracerThatDoesNothingIsNone() {
        runner.withBean(Tracer.class, () -> Tracer.NOOP)
                .run(context -> assertThat(context)
                        .getBean(ObservationGrpcClientInterceptor.class)
                        .isInstanceOf(LightClientInterceptor.class));
    }

    @Test
    void observesInFullWhatTheUserExtends() {
        runner.withBean(GrpcClientObservationConvention.class, () -> mock(GrpcClientObservationConvention.class))
                .run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
        runner.withBean(ObservationPredicate.class, () -> (name, context) -> true)
                .run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
        runner.withBean("forAll", ObservationHandler.class, () -> new Handler(true))
                .run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
    }

    @Test
    void observesInFullWhatACustomizerMayHavePutIntoTheRegistry() {
        runner.withBean(
                        ObservationRegistryCustomizer.class,
                        () -> registry -> registry.observationConfig().observationHandler(new Handler(true)))
                .run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
    }

    @Test
    void observesInFullIntoARegistryOfTheUser() {
        runner.withBean(ObservationRegistry.class, ObservationRegistry::create)
                .run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
        runner.withUserConfiguration(RegistryConfiguration.class)
                .run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
        runner.withInitializer(
                        context -> context.getBeanFactory().registerSingleton("registry", ObservationRegistry.create()))
                .run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
    }

    @Test
    void observesInFullWhereBootMeasuresNothing() {
        ApplicationContextRunner own = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        RpcObservationAutoConfiguration.class,
                        GrpcClientObservationAutoConfiguration.class,
                        GrpcClientAutoConfiguration.class,
                        ObservationAutoConfiguration.class))
                .withBean(SslBundles.class, DefaultSslBundleRegistry::new)
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new);
        own.run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
        own.withPropertyValues("rpc.observation.client=light")
                .run(context -> assertThat(context)
                        .getBean(ObservationGrpcClientInterceptor.class)
                        .isInstanceOf(LightClientInterceptor.class));
    }

    @Test
    void aHandlerForOtherObservationsChangesNothing() {
        runner.withBean("forOthers", ObservationHandler.class, () -> new Handler(false))
                .run(context -> assertThat(context)
                        .getBean(ObservationGrpcClientInterceptor.class)
                        .isInstanceOf(LightClientInterceptor.class));
    }

    @Test
    void thePropertyDecides() {
        runner.withPropertyValues("rpc.observation.client=full")
                .run(context -> assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class)));
        runner.withPropertyValues("rpc.observation.client=light")
                .withBean(Tracer.class, () -> mock(Tracer.class))
                .run(context -> assertThat(context)
                        .getBean(ObservationGrpcClientInterceptor.class)
                        .isInstanceOf(LightClientInterceptor.class));
    }

    @Test
    void offInYamlIsABoolean() {
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("yaml", Map.of("rpc.observation.client", false))))
                .run(context -> assertThat(RpcObservationProperties.of(context.getEnvironment())
                                .client())
                        .isEqualTo(RpcObservationProperties.Client.OFF));
    }

    @Test
    void rejectsAnUnknownChoiceNamingTheProperty() {
        runner.withPropertyValues("rpc.observation.client=heavy")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("rpc.observation.client")
                        .hasStackTraceContaining("heavy"));
    }

    @Test
    void rejectsANegativeLimit() {
        runner.withPropertyValues("rpc.observation.max-instances=-1")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("rpc.observation.max-instances: -1 (expected: 0 or more)"));
    }

    @Test
    void backsOffForAnInterceptorOfTheUser() {
        ObservationGrpcClientInterceptor users = new ObservationGrpcClientInterceptor(ObservationRegistry.NOOP);
        runner.withBean(ObservationGrpcClientInterceptor.class, () -> users)
                .run(context -> assertThat(context)
                        .getBean(ObservationGrpcClientInterceptor.class)
                        .isSameAs(users));
    }

    @ParameterizedTest
    @CsvSource({"spring.grpc.client.observation.enabled", "spring.grpc.client.enabled"})
    void addsNothingWhereBootsObservationIsOff(String property) {
        runner.withPropertyValues(property + "=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(ObservationGrpcClientInterceptor.class)
                        .hasSingleBean(CallMeters.class));
    }

    @Test
    void backsOffWithoutMicrometer() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcCallMeters"));
    }

    @Test
    void backsOffWithoutMeterRegistry() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        RpcObservationAutoConfiguration.class,
                        GrpcClientObservationAutoConfiguration.class,
                        ObservationAutoConfiguration.class))
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(CallMeters.class);
                    assertObservedInFull(context.getBean(ObservationGrpcClientInterceptor.class));
                });
    }

    @Test
    void worksWithoutTheTracingApi() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer.tracing"))
                .run(context -> assertThat(context)
                        .getBean(ObservationGrpcClientInterceptor.class)
                        .isInstanceOf(LightClientInterceptor.class));
    }

    @ParameterizedTest
    @CsvSource({"auto, 1", "light, 1", "full, 1", "off, 0"})
    void everyCallIsRecordedOnceWhateverTheTransport(String choice, int times) {
        server(runner, choice)
                .run(context -> assertThat(timed(
                                call(context.getBean(GrpcChannelFactory.class), context.getBean(MeterRegistry.class))))
                        .isEqualTo(times));
    }

    private static ApplicationContextRunner server(ApplicationContextRunner runner, String choice) {
        return runner.withConfiguration(AutoConfigurations.of(
                        TestGrpcTransportAutoConfiguration.class,
                        CompositeChannelFactoryAutoConfiguration.class,
                        GrpcServerAutoConfiguration.class,
                        GrpcServerServicesAutoConfiguration.class))
                .withUserConfiguration(GreeterConfiguration.class)
                .withPropertyValues("rpc.observation.client=" + choice);
    }

    private static MeterRegistry call(GrpcChannelFactory channels, MeterRegistry registry) {
        GreeterGrpc.newBlockingStub(channels.createChannel("greeter")).sayHello(HelloRequest.getDefaultInstance());
        return registry;
    }

    private static long timed(MeterRegistry registry) {
        return registry.find("grpc.client").timers().stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }

    @Test
    void observationPropertiesOfBootReachTheLightMeters() {
        server(runner, "auto")
                .withPropertyValues(
                        "management.observations.key-values.region=north",
                        "management.metrics.observations.ignored-meters=long-task-timer")
                .run(context -> {
                    MeterRegistry registry =
                            call(context.getBean(GrpcChannelFactory.class), context.getBean(MeterRegistry.class));
                    assertThat(registry.get("grpc.client")
                                    .tag("region", "north")
                                    .timer()
                                    .count())
                            .isEqualTo(1);
                    assertThat(registry.find("grpc.client.active").meter()).isNull();
                });
        server(runner, "auto")
                .withPropertyValues("management.observations.enable.grpc.client=false")
                .run(context -> assertThat(timed(
                                call(context.getBean(GrpcChannelFactory.class), context.getBean(MeterRegistry.class))))
                        .isZero());
    }

    @Test
    void histogramsConfiguredForTheNameApply() {
        server(runner, "light")
                .withConfiguration(AutoConfigurations.of(PrometheusMetricsExportAutoConfiguration.class))
                .withPropertyValues("management.metrics.distribution.slo.grpc.client=5ms")
                .run(context -> {
                    MeterRegistry registry =
                            call(context.getBean(GrpcChannelFactory.class), context.getBean(MeterRegistry.class));
                    assertThat(registry)
                            .asInstanceOf(InstanceOfAssertFactories.type(
                                    io.micrometer.prometheusmetrics.PrometheusMeterRegistry.class))
                            .extracting(prometheus -> prometheus.scrape())
                            .asString()
                            .contains("grpc_client_seconds_bucket")
                            .contains("le=\"0.005\"");
                });
    }

    @Test
    void aFilterOfTheUserThatKeepsTheObservationOutKeepsTheLightMetersOut() {
        runner.withBean(
                        ClientInterceptorFilter.class,
                        () -> interceptor -> !(interceptor instanceof ObservationGrpcClientInterceptor))
                .run(context -> assertThat(
                                context.getBean(org.springframework.grpc.client.InProcessGrpcChannelFactory.class)
                                        .supports(context.getBean(ObservationGrpcClientInterceptor.class)))
                        .isFalse());
    }

    private static void assertObservedInFull(ObservationGrpcClientInterceptor interceptor) {
        assertThat(interceptor).isNotInstanceOf(LightClientInterceptor.class);
    }

    @Configuration(proxyBeanMethods = false)
    static class RegistryConfiguration {

        @Bean
        ObservationRegistry users() {
            return ObservationRegistry.create();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class GreeterConfiguration {

        @Bean
        BindableService greeter() {
            return new GreeterGrpc.GreeterImplBase() {
                @Override
                public void sayHello(HelloRequest request, StreamObserver<HelloReply> observer) {
                    observer.onNext(HelloReply.getDefaultInstance());
                    observer.onCompleted();
                }
            };
        }
    }

    private record Handler(boolean supports) implements ObservationHandler<Observation.Context> {

        @Override
        public boolean supportsContext(Observation.Context context) {
            return supports;
        }
    }
}
