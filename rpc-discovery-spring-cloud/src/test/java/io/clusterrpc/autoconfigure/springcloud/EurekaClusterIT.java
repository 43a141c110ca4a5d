/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.autoconfigure.springcloud.Applications.Caller;
import io.clusterrpc.autoconfigure.springcloud.Applications.Consumer;
import io.clusterrpc.autoconfigure.springcloud.Applications.NamelessCaller;
import io.clusterrpc.autoconfigure.springcloud.Applications.NamelessConsumer;
import io.clusterrpc.autoconfigure.springcloud.Applications.Provider;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.springcloud.EurekaRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.health.DiscoveryClientHealthIndicator;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ConfigurableApplicationContext;

/** Whole applications over a real Eureka. */
@ExtendWith(OutputCaptureExtension.class)
class EurekaClusterIT {

    private static EurekaRegistry eureka;

    private final List<ConfigurableApplicationContext> running = new ArrayList<>();

    @BeforeAll
    static void startEureka() {
        eureka = new EurekaRegistry();
    }

    @AfterAll
    static void stopEureka() {
        if (eureka != null) {
            eureka.close();
        }
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
                        "eureka.client.service-url.defaultZone=" + eureka.url(),
                        "spring.cloud.zookeeper.enabled=false",
                        "rpc.references.greeter.deadline=10s"));
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
    void providersAreRegisteredOnceWithBothPortsAndCalledAtTheGrpcPort(CapturedOutput output) {
        ConfigurableApplicationContext plain =
                start(Provider.class, "greeter", "test.instance=plain", "spring.main.web-application-type=none");
        ConfigurableApplicationContext web =
                start(Provider.class, "greeter", "test.instance=web", "rpc.provider.zone=z1", "rpc.provider.weight=50");
        assertThat(plain.getBeansOfType(AutoServiceRegistration.class)).isEmpty();
        assertThat(output.toString()).contains("eurekaAutoServiceRegistration does not register this application");

        ConfigurableApplicationContext consumer =
                start(Consumer.class, "consumer", "spring.main.web-application-type=none");
        eventually().until(() -> listed(consumer).size() == 2);
        int webPort = web.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        for (ServiceInstance instance : listed(consumer)) {
            int grpcPort = Integer.parseInt(instance.getMetadata().get("gRPC_port"));
            if (instance.getMetadata().get("weight").equals("50")) {
                assertThat(instance.getPort()).isEqualTo(webPort).isNotEqualTo(grpcPort);
                assertThat(instance.getMetadata()).containsEntry("zone", "z1");
            } else {
                assertThat(instance.getPort()).isEqualTo(grpcPort);
            }
        }
        Set<String> answered = new HashSet<>();
        eventually().until(() -> {
            answered.add(consumer.getBean(Caller.class).call());
            return answered.equals(Set.of("plain", "web"));
        });
        // Health is known, of who is registered here and of who is not.
        for (ConfigurableApplicationContext context : List.of(web, consumer)) {
            assertThat(context.getBean(DiscoveryClientHealthIndicator.class)
                            .health()
                            .getStatus()
                            .getCode())
                    .isEqualTo("UP");
        }
    }

    @Test
    void providerLeavesTheRegistryFirstAndNoCallFails() throws Exception {
        start(Provider.class, "greeter", "test.instance=a", "spring.main.web-application-type=none");
        ConfigurableApplicationContext leaving =
                start(Provider.class, "greeter", "test.instance=b", "spring.main.web-application-type=none");
        ConfigurableApplicationContext consumer =
                start(Consumer.class, "consumer", "spring.main.web-application-type=none");
        Caller caller = consumer.getBean(Caller.class);
        Set<String> answered = new HashSet<>();
        eventually().until(() -> {
            answered.add(caller.call());
            return answered.size() == 2;
        });
        AtomicBoolean stop = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        int[] calls = {0};
        Thread load = new Thread(() -> {
            while (!stop.get()) {
                try {
                    caller.call();
                    calls[0]++;
                } catch (RuntimeException ex) {
                    failures.add(ex);
                }
            }
        });
        load.start();
        leaving.close();
        eventually().until(() -> listed(consumer).size() == 1);
        stop.set(true);
        load.join();
        assertThat(failures).isEmpty();
        assertThat(calls[0]).isGreaterThan(100);
        assertThat(caller.call()).isEqualTo("a");
    }

    @Test
    void nothingIsTakenOverUnlessTheApplicationServesGrpcAndRegistersIt() {
        ConfigurableApplicationContext consumer = start(Consumer.class, "consumer");
        assertThat(consumer.getBeansOfType(AutoServiceRegistration.class)).hasSize(1);
        ConfigurableApplicationContext left =
                start(Provider.class, "greeter", "test.instance=a", "rpc.discovery.spring-cloud.register=false");
        assertThat(left.getBeansOfType(AutoServiceRegistration.class)).hasSize(1);
        ConfigurableApplicationContext unannounced =
                start(Provider.class, "greeter", "test.instance=a", "rpc.provider.register=false");
        assertThat(unannounced.getBeansOfType(AutoServiceRegistration.class)).hasSize(1);
    }

    @Test
    void applicationIsFoundByTheGrpcServiceItOffers() {
        start(Provider.class, "greeter", "test.instance=a", "spring.main.web-application-type=none");
        ConfigurableApplicationContext consumer =
                start(NamelessConsumer.class, "consumer", "spring.main.web-application-type=none");
        assertThat(consumer.getBean(NamelessCaller.class).call()).isEqualTo("a");
        assertThat(consumer.getBean(Directory.class).snapshots())
                .singleElement()
                .satisfies(snapshot -> assertThat(snapshot.service()).isEqualTo("greeter"));
    }
}
