/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ClusterListener;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.DiscoveryException;
import io.clusterrpc.discovery.fixed.FixedDiscovery;
import io.clusterrpc.discovery.local.LocalDiscovery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class RpcDiscoveryAutoConfigurationTests {

    private ApplicationContextRunner runner;
    private Path directory;

    @BeforeEach
    void create(@TempDir Path temporary) {
        directory = temporary;
        runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RpcDiscoveryAutoConfiguration.class))
                .withPropertyValues("rpc.discovery.local.directory=" + temporary.resolve("local"));
    }

    @Test
    void localIsTheDefault() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(LocalDiscovery.class).hasSingleBean(Directory.class);
            assertThat(context.getBean(Directory.class).backends()).containsExactly("local");
            assertThat(context.getBean(Directory.class).loopbackOnly()).isTrue();
            assertThat(context.getBean(Directory.class).noticeTime()).hasMillis(200);
            assertThat(context.getBean(Directory.class).catalog()).isNotNull();
        });
    }

    @Test
    void canBeSwitchedOff() {
        runner.withPropertyValues("rpc.discovery.enabled=false")
                .run(context ->
                        assertThat(context).doesNotHaveBean(Directory.class).doesNotHaveBean(DiscoveryBackend.class));
    }

    @Test
    void theOnlyModuleIsUsedInsteadOfLocal() {
        runner.withUserConfiguration(Consul.class).run(context -> {
            assertThat(context.getBeanFactory().containsSingleton("rpcLocalDiscovery"))
                    .isFalse();
            assertThat(context.getBean(Directory.class).backends()).containsExactly("consul");
        });
    }

    @Test
    void twoModulesWithoutAChoiceFail() {
        runner.withUserConfiguration(Consul.class, Kubernetes.class).run(context -> {
            FailureAnalysis analysis = analysis(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .contains("rpc.discovery.backends: not set")
                    .contains("consul, kubernetes");
            assertThat(analysis.getAction()).contains("rpc.discovery.backends: [consul]");
        });
    }

    @Test
    void choiceDecidesAndKeepsItsOrder() {
        runner.withUserConfiguration(Consul.class, Kubernetes.class)
                .withPropertyValues("rpc.discovery.backends=kubernetes,local,consul,kubernetes")
                .run(context -> assertThat(context.getBean(Directory.class).backends())
                        .containsExactly("kubernetes", "local", "consul"));
    }

    @Test
    void unknownBackendFailsAndNamesWhatThereIs() {
        runner.withPropertyValues("rpc.discovery.backends=zookeper").run(context -> {
            FailureAnalysis analysis = analysis(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains("no backend 'zookeper' (available: fixed, local)");
            assertThat(analysis.getAction()).contains("rpc-discovery-zookeper");
        });
    }

    @Test
    void twoBackendsOfOneNameFail() {
        runner.withUserConfiguration(Consul.class, SecondConsul.class)
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains("two beans are discovery backends named 'consul'"));
    }

    @Test
    void fixedAddressesPinTheirService() {
        runner.withPropertyValues("rpc.discovery.fixed.orders=10.0.0.1:80,[::1]:9090")
                .run(context -> {
                    Directory rpc = context.getBean(Directory.class);
                    List<ClusterSnapshot> told = new CopyOnWriteArrayList<>();
                    rpc.subscribe("orders", told::add);
                    assertThat(told).hasSize(1);
                    assertThat(told.get(0).members())
                            .extracting(member -> member.instance().address())
                            .containsExactly("10.0.0.1:80", "[::1]:9090");
                    assertThat(told.get(0).backends()).containsExactly("fixed");
                    assertThat(rpc.backends()).containsExactly("local");
                });
    }

    @Test
    void fixedAloneNeedsNoLocalDirectory() {
        runner.withPropertyValues("rpc.discovery.backends=fixed", "rpc.discovery.fixed.orders[0]=a:1")
                .run(context -> {
                    assertThat(context.getBeanFactory().containsSingleton("rpcLocalDiscovery"))
                            .isFalse();
                    assertThat(directory.resolve("local")).doesNotExist();
                    assertThat(context.getBean(Directory.class).backends()).containsExactly("fixed");
                });
    }

    @Test
    void malformedFixedAddressFailsWithPropertyAndValue() {
        runner.withPropertyValues("rpc.discovery.fixed.orders=10.0.0.1:80,nonsense")
                .run(context -> {
                    FailureAnalysis analysis = analysis(context.getStartupFailure());
                    assertThat(analysis.getDescription())
                            .contains("rpc.discovery.fixed.orders[1]: 'nonsense' is no address");
                    assertThat(analysis.getAction()).contains("host:port");
                });
    }

    @Test
    void unusableLocalDirectoryFails() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        runner.withPropertyValues("rpc.discovery.local.directory=" + file).run(context -> {
            FailureAnalysis analysis = analysis(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .contains("rpc.discovery.local.directory: " + file + " is a file (expected: a directory)");
        });
    }

    @Test
    void negativeDurationFails() {
        runner.withPropertyValues("rpc.discovery.linger=-1s")
                .run(context -> assertThat(analysis(context.getStartupFailure()).getDescription())
                        .contains("rpc.discovery.linger: PT-1S is negative"));
    }

    @Test
    void analyzerIsRegistered() {
        assertThat(org.springframework.core.io.support.SpringFactoriesLoader.forDefaultResourceLocation()
                        .load(
                                org.springframework.boot.diagnostics.FailureAnalyzer.class,
                                org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler.handleMessage(
                                        (message, failure) -> {})))
                .hasAtLeastOneElementOfType(DiscoveryConfigurationFailureAnalyzer.class);
    }

    private static FailureAnalysis analysis(Throwable failure) {
        assertThat(failure).hasRootCauseInstanceOf(Throwable.class);
        FailureAnalysis analysis = new DiscoveryConfigurationFailureAnalyzer().analyze(failure);
        assertThat(analysis).isNotNull();
        assertThat(analysis.getCause()).isInstanceOf(DiscoveryConfigurationException.class);
        return analysis;
    }

    @Test
    void warnsUnderAProductionProfile(CapturedOutput output) {
        runner.withPropertyValues("spring.profiles.active=prod-eu")
                .run(context -> assertThat(output).contains("profile 'prod-eu' is active"));
    }

    @Test
    void listenersHearOfRegistries() {
        runner.withUserConfiguration(Meters.class).run(context -> {
            context.getBean(FixedDiscovery.class);
            Directory rpc = context.getBean(Directory.class);
            rpc.subscribe("orders", snapshot -> {});
            org.awaitility.Awaitility.await()
                    .until(() -> context.getBean(Meters.class).heard.contains("local/orders/0"));
        });
    }

    @Test
    void lastKnownListsAreKeptOnlyWhereARegistryCanBeDown() {
        runner.withPropertyValues("rpc.discovery.disk-cache.path=" + directory.resolve("cache"))
                .run(context -> context.getBean(Directory.class).subscribe("orders", snapshot -> {}));
        assertThat(directory.resolve("cache")).doesNotExist();
        runner.withUserConfiguration(Consul.class)
                .withPropertyValues("rpc.discovery.disk-cache.path=" + directory.resolve("cache"))
                .run(context -> context.getBean(Directory.class).subscribe("orders", snapshot -> {}));
        assertThat(directory.resolve("cache")).isNotEmptyDirectory();
    }

    @Test
    void cacheCanBeForcedOnAndOff() {
        Path cache = directory.resolve("cache");
        runner.withUserConfiguration(Consul.class)
                .withPropertyValues("rpc.discovery.disk-cache.path=" + cache, "rpc.discovery.disk-cache.enabled=false")
                .run(context -> context.getBean(Directory.class).subscribe("orders", snapshot -> {}));
        assertThat(cache).doesNotExist();
        runner.withPropertyValues(
                        "rpc.discovery.disk-cache.path=" + cache,
                        "rpc.discovery.disk-cache.enabled=true",
                        "rpc.discovery.fixed.orders=a:1")
                .run(context -> context.getBean(Directory.class).subscribe("orders", snapshot -> {}));
        assertThat(cache).isNotEmptyDirectory();
    }

    /** A directory in between could belong to another user, who then could replace what is in it. */
    @Test
    void cacheIsDirectlyBelowTheTemporaryDirectory() {
        String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
        runner.withUserConfiguration(Consul.class)
                .withSystemProperties("java.io.tmpdir=" + directory)
                .withPropertyValues("spring.application.name=shop/../orders")
                .run(context -> context.getBean(Directory.class).subscribe("orders", snapshot -> {}));
        assertThat(directory.resolve("rpc-" + user + "-cache-shop_.._orders")).isNotEmptyDirectory();
    }

    @Configuration(proxyBeanMethods = false)
    static class Consul {
        @Bean
        DiscoveryBackend consul() {
            return new NamedBackend("consul");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondConsul {
        @Bean
        DiscoveryBackend consulAgain() {
            return new NamedBackend("consul");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Kubernetes {
        @Bean
        DiscoveryBackend kubernetes() {
            return new NamedBackend("kubernetes");
        }
    }

    static class Meters implements ClusterListener {

        private final List<String> heard = new CopyOnWriteArrayList<>();

        @Override
        public void registryAnswered(String backend, String service, int instances) {
            heard.add(backend + "/" + service + "/" + instances);
        }
    }

    record NamedBackend(String name) implements DiscoveryBackend {

        @Override
        public Subscription watch(String service, Listener listener) {
            listener.onInstances(List.of(), Set.of());
            return () -> {};
        }

        @Override
        public Registration register(ServiceInstance instance) {
            throw new DiscoveryException("cannot", null);
        }

        @Override
        public void close() {}
    }
}
