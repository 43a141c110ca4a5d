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
import io.clusterrpc.discovery.consul.ConsulAgent;
import io.clusterrpc.discovery.springcloud.EurekaRegistry;
import io.clusterrpc.provider.RpcProvider;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** A service moves from one registry to another while it is called: from local files or Consul to Eureka, all real. */
class MigrationIT {

    private static final Duration DAMPING = Duration.ofMillis(400);

    private final List<ConfigurableApplicationContext> running = new ArrayList<>();
    private final ExecutorService callers = Executors.newFixedThreadPool(4);
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger succeeded = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private EurekaRegistry eureka;
    private ConsulAgent consul;

    @TempDir
    private Path directory;

    @BeforeEach
    void startRegistries() {
        consul = new ConsulAgent().start();
        eureka = new EurekaRegistry();
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        stop.set(true);
        callers.shutdown();
        assertThat(callers.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        running.forEach(ConfigurableApplicationContext::close);
        eureka.close();
        consul.close();
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
                        "spring.autoconfigure.exclude=",
                        "rpc.discovery.consul.agents=" + consul.url(),
                        "rpc.discovery.damping=" + DAMPING.toMillis() + "ms",
                        "rpc.discovery.local.directory=" + directory.resolve("l"),
                        "rpc.discovery.disk-cache.enabled=true",
                        "rpc.discovery.disk-cache.path="
                                + directory.resolve(
                                        application == Consumer.class ? "cache" : "cache-" + running.size())));
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

    private static long listed(Directory directory) {
        return directory.snapshot("greeter").members().stream()
                .filter(ClusterSnapshot.Member::listed)
                .count();
    }

    private void registeredEverywhere(ConfigurableApplicationContext provider) {
        eventually()
                .until(() -> provider.getBean(RpcProvider.class).states().get(0).registered());
    }

    /** When a subscriber heard of the service. */
    private static List<Long> notifications(Directory directory) {
        List<Long> times = new CopyOnWriteArrayList<>();
        directory.subscribe("greeter", snapshot -> times.add(System.nanoTime()));
        return times;
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "consul"})
    void serviceMovesToAnotherRegistryAndNoCallFails(String before) throws Exception {
        ConfigurableApplicationContext old = provider("old", before);
        ConfigurableApplicationContext consumer =
                start(Consumer.class, "consumer", "rpc.discovery.backends=spring-cloud," + before);
        Caller caller = consumer.getBean(Caller.class);
        eventually().ignoreExceptions().until(() -> caller.call().equals("old"));
        Directory known = consumer.getBean(Directory.class);
        List<Long> notifications = notifications(known);
        for (int i = 0; i < 4; i++) {
            callers.execute(() -> load(caller));
        }
        ConfigurableApplicationContext both = provider("both", "spring-cloud," + before);
        isCalled("both");
        // Both registries list it; it is one instance.
        registeredEverywhere(both);
        assertThat(known.snapshot("greeter").backends()).containsExactly("spring-cloud", before);
        assertThat(known.snapshot("greeter").members()).hasSize(2);
        provider("new", "spring-cloud");
        isCalled("new");
        old.close();
        both.close();
        eventually().until(() -> listed(known) == 1);
        answered.clear();
        isCalled("new");
        // The old registry goes, with whoever still asks it.
        consul.stop();
        answered.clear();
        isCalled("new");
        stop.set(true);
        callers.shutdown();
        assertThat(callers.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(failures).isEmpty();
        assertThat(succeeded).hasValueGreaterThan(1000);
        assertThat(notifications).hasSizeGreaterThan(3);
        for (int i = 2; i < notifications.size(); i++) {
            // Each may be late itself; the first is what was known when the subscription began.
            assertThat(Duration.ofNanos(notifications.get(i) - notifications.get(i - 1)))
                    .isGreaterThan(DAMPING.dividedBy(2));
        }
        calledWithoutAnyRegistry(consumer, before);
    }

    /** What was known of both is on disk. */
    private void calledWithoutAnyRegistry(ConfigurableApplicationContext consumer, String before) {
        consumer.close();
        eureka.stop();
        ConfigurableApplicationContext again =
                start(Consumer.class, "consumer", "rpc.discovery.backends=spring-cloud," + before);
        assertThat(again.getBean(Caller.class).call()).isEqualTo("new");
    }
}
