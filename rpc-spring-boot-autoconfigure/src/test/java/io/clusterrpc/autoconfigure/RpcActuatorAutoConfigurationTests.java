/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.actuate.ReferenceMeters;
import io.clusterrpc.actuate.RpcEndpoint;
import io.clusterrpc.actuate.RpcInfoContributor;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DirectorySettings;
import io.clusterrpc.reference.MemoryDiscovery;
import io.clusterrpc.reference.RpcReferences;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class RpcActuatorAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    RpcActuatorAutoConfiguration.class,
                    RpcHealthAutoConfiguration.class,
                    RpcObservationAutoConfiguration.class,
                    RpcProviderAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class));

    private final ApplicationContextRunner exposed =
            runner.withPropertyValues("management.endpoints.web.exposure.include=rpc");

    @Test
    void contributesEverythingWithActuator() {
        exposed.run(context -> assertThat(context)
                .hasSingleBean(RpcEndpoint.class)
                .hasSingleBean(CompositeHealthContributor.class)
                .hasBean("rpcHealthContributor")
                .hasSingleBean(RpcInfoContributor.class)
                .hasSingleBean(ReferenceMeters.class));
    }

    @Test
    void makesNoEndpointThatNobodyCanReach() {
        runner.run(context -> assertThat(context).doesNotHaveBean(RpcEndpoint.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"management.endpoint.rpc.access=NONE", "management.endpoints.access.default=NONE"})
    void respectsTheAccessToTheEndpoint(String property) {
        exposed.withPropertyValues(property).run(context -> assertThat(context).doesNotHaveBean(RpcEndpoint.class));
    }

    @Test
    void healthAndInfoCanBeSwitchedOffAsUsual() {
        exposed.withPropertyValues("management.health.rpc.enabled=false", "management.info.rpc.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean("rpcHealthContributor")
                        .doesNotHaveBean(RpcInfoContributor.class));
    }

    @Test
    void backsOffWithoutMicrometer() {
        exposed.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean("rpcReferenceMeters")
                        .hasSingleBean(RpcEndpoint.class));
    }

    @Test
    void backsOffWithoutMeterRegistry() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        RpcActuatorAutoConfiguration.class,
                        RpcHealthAutoConfiguration.class,
                        RpcObservationAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ReferenceMeters.class));
    }

    @Test
    void showsAnApplicationThatNeitherOffersNorRefers() {
        exposed.run(context -> {
            assertThat(context).doesNotHaveBean(RpcReferences.class);
            assertThat(context.getBean(RpcEndpoint.class).reference("any")).isNull();
            assertThat(context.getBean(MeterRegistry.class)
                            .find("rpc.instances")
                            .meters())
                    .isEmpty();
        });
    }

    @Test
    void countsAndLogsTransitionsOfTheBreakersOfReferencesOnly(CapturedOutput output) {
        new ApplicationContextRunner()
                .withBean(
                        Directory.class,
                        () -> new Directory(
                                List.of(new MemoryDiscovery(false)), Map.of(), DirectorySettings.DEFAULTS, List.of()))
                .withConfiguration(AutoConfigurations.of(
                        RpcActuatorAutoConfiguration.class,
                        RpcHealthAutoConfiguration.class,
                        RpcObservationAutoConfiguration.class,
                        RpcReferenceAutoConfiguration.class,
                        SslAutoConfiguration.class,
                        GrpcClientAutoConfiguration.class,
                        CircuitBreakerAutoConfiguration.class,
                        RetryAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class))
                .withPropertyValues("spring.grpc.client.inprocess.enabled=false")
                .run(context -> {
                    RpcReferences references = context.getBean(RpcReferences.class);
                    ManagedChannel channel = (ManagedChannel) references.channel("greeter");
                    references.states().get(0).breaker().transitionToOpenState();
                    var breakers = context.getBean(CircuitBreakerRegistry.class);
                    breakers.circuitBreaker("elsewhere").transitionToOpenState();
                    assertThat(output)
                            .contains("Reference 'greeter': its circuit breaker went from CLOSED to OPEN")
                            .doesNotContain("elsewhere");
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(registry.get("rpc.breaker.transitions").counters())
                            .hasSize(1)
                            .allSatisfy(counter -> assertThat(counter.count()).isEqualTo(1));
                    assertThat(registry.find("rpc.instances").gauge())
                            .as("before there is a channel")
                            .isNull();
                    channel.getState(true);
                    assertThat(registry.get("rpc.instances")
                                    .tags("reference", "greeter", "state", "ready")
                                    .gauge()
                                    .value())
                            .isZero();
                });
    }
}
