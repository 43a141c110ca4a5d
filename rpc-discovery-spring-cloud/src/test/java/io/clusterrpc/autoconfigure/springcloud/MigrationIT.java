/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.autoconfigure.springcloud.Applications.Caller;
import io.clusterrpc.autoconfigure.springcloud.Applications.Consumer;
import io.clusterrpc.autoconfigure.springcloud.Applications.Provider;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.springcloud.EurekaRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A service moves from one registry to another while it is called: local files to Eureka, both real. */
class MigrationIT {

    private final List<ConfigurableApplicationContext> running = new ArrayList<>();
    private final ExecutorService callers = Executors.newFixedThreadPool(4);
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger succeeded = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private EurekaRegistry eureka;

    @TempDir
    private Path directory;

    @BeforeEach
    void startEureka() {
        eureka = new EurekaRegistry();
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        stop.set(true);
        callers.shutdown();
        assertThat(callers.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        running.forEach(ConfigurableApplicationContext::close);
        eureka.close();
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
    }

    private ConfigurableApplicationContext start(Class<?> application, String name, String... properties) {
        ConfigurableApplicationContext context = Applications.run(
                application,
                name,
                Applications.with(
                        properties,
                        "spring.main.web-application-type=none",
                        "eureka.client.service-url.defaultZone=" + eureka.url(),
                        "spring.cloud.zookeeper.enabled=false",
                        "rpc.discovery.local.directory=" + directory.resolve("l"),
                        "rpc.discovery.disk-cache.enabled=true",
                        "rpc.discovery.disk-cache.path=" + directory.resolve("cache-" + running.size())));
        running.add(context);
        return context;
    }

    private ConfigurableApplicationContext provider(String instance, String backends) {
        return start(Provider.class, "greeter", "test.instance=" + instance, "rpc.discovery.backends=" + backends);
    }

    private void load(Caller caller) {
        while (!stop.get()) {
            try {
                answered.add(caller.call());
                succeeded.incrementAndGet();
            } catch (RuntimeException ex) {
                failures.add(ex);
            }
        }
    }

    /** Until a provider is called that was not before. */
    private void isCalled(String instance) {
        eventually().until(() -> failures.isEmpty() && answered.contains(instance) || !failures.isEmpty());
        assertThat(failures).isEmpty();
    }

    @Test
    void serviceMovesToAnotherRegistryAndNoCallFails() throws Exception {
        ConfigurableApplicationContext old = provider("old", "local");
        ConfigurableApplicationContext consumer =
                start(Consumer.class, "consumer", "rpc.discovery.backends=spring-cloud,local");
        Caller caller = consumer.getBean(Caller.class);
        eventually().until(() -> caller.call().equals("old"));
        for (int i = 0; i < 4; i++) {
            callers.execute(() -> load(caller));
        }
        ConfigurableApplicationContext both = provider("both", "spring-cloud,local");
        isCalled("both");
        Directory directory = consumer.getBean(Directory.class);
        // Both registries list it; it is one instance.
        eventually()
                .until(() -> both.getBean(io.clusterrpc.provider.RpcProvider.class)
                        .states()
                        .get(0)
                        .registered());
        assertThat(directory.snapshot("greeter").members()).hasSize(2);
        provider("new", "spring-cloud");
        isCalled("new");
        old.close();
        both.close();
        eventually()
                .until(() -> directory.snapshot("greeter").members().stream()
                                .filter(ClusterSnapshot.Member::listed)
                                .count()
                        == 1);
        answered.clear();
        isCalled("new");
        stop.set(true);
        callers.shutdown();
        assertThat(callers.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(failures).isEmpty();
        assertThat(succeeded).hasValueGreaterThan(1000);
        // What both said is kept for the next start.
        eventually().until(() -> Files.exists(this.directory.resolve("cache-1")));
    }
}
