/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.autoconfigure.springcloud.Applications.Caller;
import io.clusterrpc.autoconfigure.springcloud.Applications.Consumer;
import io.clusterrpc.autoconfigure.springcloud.Applications.Provider;
import io.clusterrpc.provider.RpcProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.curator.test.TestingServer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.health.DiscoveryClientHealthIndicator;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ConfigurableApplicationContext;

/** Whole applications over a real ZooKeeper, asked so seldom that only its hints can explain what they know. */
class ZooKeeperClusterIT {

    private static TestingServer zooKeeper;

    private final List<ConfigurableApplicationContext> running = new ArrayList<>();

    @BeforeAll
    static void startZooKeeper() throws Exception {
        zooKeeper = new TestingServer();
    }

    @AfterAll
    static void stopZooKeeper() throws Exception {
        zooKeeper.close();
    }

    @AfterEach
    void stopApplications() {
        running.forEach(ConfigurableApplicationContext::close);
    }

    private ConfigurableApplicationContext start(Class<?> application, String name, String... properties) {
        ConfigurableApplicationContext context = Applications.run(
                application,
                name,
                Applications.with(
                        properties,
                        "eureka.client.enabled=false",
                        "spring.cloud.zookeeper.connect-string=" + zooKeeper.getConnectString(),
                        "rpc.discovery.spring-cloud.interval=5m",
                        "rpc.provider.drain.notice=500ms"));
        running.add(context);
        return context;
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
    }

    private static List<ServiceInstance> listed(ConfigurableApplicationContext context) {
        return context.getBean(DiscoveryClient.class).getInstances("greeter");
    }

    @Test
    void providersAreRegisteredOnceFoundByHintsAndDeregisteredFirst() {
        ConfigurableApplicationContext consumer =
                start(Consumer.class, "consumer", "spring.main.web-application-type=none");
        ConfigurableApplicationContext plain =
                start(Provider.class, "greeter", "test.instance=plain", "spring.main.web-application-type=none");
        ConfigurableApplicationContext web = start(Provider.class, "greeter", "test.instance=web");
        assertThat(web.getBeansOfType(AutoServiceRegistration.class)).isEmpty();
        Caller caller = consumer.getBean(Caller.class);
        Set<String> answered = new HashSet<>();
        eventually().ignoreExceptions().until(() -> {
            answered.add(caller.call());
            return answered.equals(Set.of("plain", "web"));
        });
        int webPort = web.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        assertThat(listed(consumer)).hasSize(2).anySatisfy(instance -> {
            assertThat(instance.getPort()).isEqualTo(webPort);
            assertThat(instance.getMetadata().get("gRPC_port")).isNotEqualTo(String.valueOf(webPort));
        });
        assertThat(listed(consumer))
                .anySatisfy(instance -> assertThat(instance.getMetadata())
                        .containsEntry("gRPC_port", String.valueOf(instance.getPort())));
        for (ConfigurableApplicationContext context : running) {
            assertThat(context.getBean(DiscoveryClientHealthIndicator.class)
                            .health()
                            .getStatus()
                            .getCode())
                    .isEqualTo("UP");
        }

        web.getBean(RpcProvider.class).update(now -> now.toBuilder().weight(7).build());
        eventually()
                .until(() -> listed(consumer).stream()
                        .anyMatch(instance -> "7".equals(instance.getMetadata().get("weight"))));
        plain.close();
        assertThat(listed(consumer)).hasSize(1);
        assertThat(caller.call()).isEqualTo("web");
    }
}
