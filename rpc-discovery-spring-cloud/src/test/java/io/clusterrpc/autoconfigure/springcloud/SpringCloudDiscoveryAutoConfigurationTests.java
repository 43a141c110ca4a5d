/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.springcloud.DirectoryDiscoveryClient;
import io.clusterrpc.discovery.springcloud.DirectoryReactiveDiscoveryClient;
import io.clusterrpc.discovery.springcloud.SpringCloudDiscovery;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import reactor.core.publisher.Flux;

@ExtendWith(OutputCaptureExtension.class)
class SpringCloudDiscoveryAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    UtilAutoConfiguration.class,
                    CommonsClientAutoConfiguration.class,
                    CompositeDiscoveryClientAutoConfiguration.class,
                    SimpleDiscoveryClientAutoConfiguration.class,
                    SpringCloudDiscoveryAutoConfiguration.class,
                    RpcDiscoveryAutoConfiguration.class))
            .withPropertyValues(
                    "rpc.discovery.disk-cache.enabled=false",
                    "spring.cloud.discovery.client.simple.instances.orders[0].uri=http://192.0.2.1:8080",
                    "spring.cloud.discovery.client.simple.instances.orders[0].metadata.gRPC_port=9090",
                    "spring.cloud.discovery.client.simple.instances.orders[1].uri=http://192.0.2.2:8080");

    @Test
    void presenceIsTheChoice() {
        runner.run(context ->
                assertThat(context.getBean(Directory.class).backends()).containsExactly("spring-cloud"));
    }

    @Test
    void staysOutWhereDiscoveryIsOff() {
        runner.withPropertyValues("rpc.discovery.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(SpringCloudDiscovery.class));
    }

    @Test
    void findsWhatPropertiesList() {
        runner.run(context -> {
            List<ClusterSnapshot> told = Collections.synchronizedList(new ArrayList<>());
            context.getBean(Directory.class).subscribe("orders", told::add);
            Awaitility.await().until(() -> !told.isEmpty());
            assertThat(told.get(0).members())
                    .singleElement()
                    .satisfies(member -> assertThat(member.instance().address()).isEqualTo("192.0.2.1:9090"));
        });
    }

    @Test
    void registersNothingWithoutARegistryAndSaysWhy(CapturedOutput output) {
        runner.run(context -> {
            Directory directory = context.getBean(Directory.class);
            assertThat(directory
                            .register(io.clusterrpc.ServiceInstance.builder("orders", "a", "127.0.0.1", 1)
                                    .build())
                            .registered())
                    .isFalse();
            assertThat(output).contains("spring.cloud.service-registry.auto-registration.enabled");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"interval=1ms", "interval=11m", "timeout=0s", "port-keys="})
    void settingThatCannotWorkFailsWithItsProperty(String setting) {
        runner.withPropertyValues("rpc.discovery.spring-cloud." + setting)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(DiscoveryConfigurationException.class)
                        .hasMessageContaining("rpc.discovery.spring-cloud." + setting.split("=")[0]));
    }

    @Test
    void othersDoNotSeeOurInstancesUnlessAsked() {
        runner.run(context -> assertThat(context)
                .doesNotHaveBean(DirectoryDiscoveryClient.class)
                .doesNotHaveBean(DirectoryReactiveDiscoveryClient.class));
    }

    @Test
    void othersSeeOurInstancesAfterThoseOfTheRegistries() {
        runner.withPropertyValues(
                        "rpc.discovery.spring-cloud.discovery-client.enabled=true",
                        "rpc.discovery.fixed.billing=192.0.2.7:9191")
                .run(context -> {
                    DiscoveryClient composite = context.getBean(DiscoveryClient.class);
                    assertThat(composite.getInstances("billing"))
                            .singleElement()
                            .satisfies(instance -> {
                                assertThat(instance.getHost()).isEqualTo("192.0.2.7");
                                assertThat(instance.getPort()).isEqualTo(9191);
                                assertThat(instance.getServiceId()).isEqualTo("billing");
                                assertThat(instance.getMetadata()).containsEntry("gRPC_port", "9191");
                            });
                    assertThat(composite.getInstances("orders"))
                            .extracting(ServiceInstance::getPort)
                            .containsOnly(8080);
                    assertThat(composite.getServices()).contains("orders", "billing");
                    assertThat(context.getBean(DirectoryReactiveDiscoveryClient.class)
                                    .getInstances("billing")
                                    .collectList()
                                    .block())
                            .hasSize(1);
                });
    }

    @Test
    void loadBalancerOfSpringCloudChoosesOurInstances() {
        runner.withConfiguration(AutoConfigurations.of(
                        LoadBalancerAutoConfiguration.class, BlockingLoadBalancerClientAutoConfiguration.class))
                .withPropertyValues(
                        "rpc.discovery.spring-cloud.discovery-client.enabled=true",
                        "rpc.discovery.fixed.billing=192.0.2.7:9191")
                .run(context -> assertThat(
                                context.getBean(LoadBalancerClient.class).choose("billing"))
                        .satisfies(chosen -> assertThat(chosen.getPort()).isEqualTo(9191)));
    }

    /** Ours would list what the directory knows, which asks all clients: the two would answer each other for ever. */
    @Test
    void ourClientIsNeverAskedByOurBackend() {
        runner.withPropertyValues("rpc.discovery.spring-cloud.discovery-client.enabled=true")
                .run(context -> {
                    assertThat(RegistryClientBeans.of(context.getBeanFactory()))
                            .isNotEmpty()
                            .noneMatch(client -> client instanceof DirectoryDiscoveryClient)
                            .noneMatch(client -> client.description().contains("Composite"));
                    DirectoryDiscoveryClient ours = context.getBean(DirectoryDiscoveryClient.class);
                    assertThat(ours.getInstances("orders"))
                            .extracting(ServiceInstance::getPort)
                            .containsExactly(9090);
                });
    }

    @Test
    void worksWithoutReactor() {
        runner.withPropertyValues("rpc.discovery.spring-cloud.discovery-client.enabled=true")
                .withClassLoader(new FilteredClassLoader(Flux.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(DirectoryDiscoveryClient.class)
                        .doesNotHaveBean(DirectoryReactiveDiscoveryClient.class));
    }

    @Test
    void worksWithoutEureka() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.cloud.netflix", "com.netflix"))
                .run(context -> assertThat(context).hasSingleBean(SpringCloudDiscovery.class));
    }
}
