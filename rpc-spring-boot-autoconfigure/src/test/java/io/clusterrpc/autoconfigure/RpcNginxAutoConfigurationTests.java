/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.actuate.NginxEndpoint;
import io.clusterrpc.actuate.NginxMeters;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.nginx.NginxUpstreams;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "true and false are programs elsewhere")
class RpcNginxAutoConfigurationTests {

    private Path file;
    private ApplicationContextRunner plain;
    private ApplicationContextRunner runner;

    @BeforeEach
    void create(@TempDir Path folder) {
        file = folder.resolve("upstreams.conf");
        plain = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        RpcDiscoveryAutoConfiguration.class,
                        RpcNginxAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class))
                .withPropertyValues(
                        "rpc.discovery.local.directory=" + folder.resolve("local"),
                        "rpc.discovery.fixed.orders=10.0.0.1:7001,[2001:db8::1]:7002",
                        "management.endpoints.web.exposure.include=rpcnginx");
        runner = plain.withPropertyValues(
                "rpc.nginx.upstream-file=" + file,
                "rpc.nginx.services=orders",
                "rpc.nginx.check-command=true",
                "rpc.nginx.reload-command=sh -c 'exit 0'",
                "rpc.nginx.debounce=1ms");
    }

    @Test
    void doesNothingWithoutAFile() {
        plain.withPropertyValues("rpc.nginx.services=orders")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(NginxUpstreams.class)
                        .doesNotHaveBean(NginxEndpoint.class)
                        .doesNotHaveBean(NginxMeters.class));
    }

    @Test
    void keepsTheFileAndShowsItAlsoWhereBeansAreLazy() {
        runner.withInitializer(context -> context.addBeanFactoryPostProcessor(
                        new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    await().untilAsserted(() -> {
                        assertThat(file).content().contains("7002");
                        assertThat(reloads(context)).isPositive();
                    });
                    assertThat(file)
                            .content()
                            .contains(
                                    "upstream rpc-orders {",
                                    "    server 10.0.0.1:7001 weight=100 max_fails=1 fail_timeout=5s;",
                                    "    server [2001:db8::1]:7002 weight=100",
                                    "    keepalive 32;");
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("rpc.nginx.behind")
                                    .gauge()
                                    .value())
                            .isZero();
                    assertThat(context.getBean(NginxEndpoint.class).nginx())
                            .hasFieldOrPropertyWithValue("inStep", true)
                            .hasFieldOrPropertyWithValue("problem", null)
                            .hasFieldOrPropertyWithValue("file", file.toString())
                            .hasFieldOrPropertyWithValue("content", Files.readAllLines(file));
                });
    }

    private static double reloads(AssertableApplicationContext context) {
        return context.getBean(MeterRegistry.class)
                .get("rpc.nginx.reloads")
                .tag("result", "reloaded")
                .functionCounter()
                .count();
    }

    @Test
    void failingCommandsDoNotKeepTheApplicationFromStarting() {
        runner.withPropertyValues("rpc.nginx.check-command=/no/such/nginx -t").run(context -> {
            assertThat(context).hasNotFailed();
            await().untilAsserted(() -> assertThat(
                            context.getBean(NginxUpstreams.class).state().problem())
                    .contains("/no/such/nginx"));
            assertThat(context.getBean(NginxUpstreams.class).behind()).isPositive();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rpc.nginx.services=            | rpc.nginx.services",
                "rpc.nginx.services=orders,Orders | rpc.nginx.services",
                "rpc.nginx.services=a/b,a_b     | rpc.nginx.services",
                "rpc.nginx.upstream-file=/      | rpc.nginx.upstream-file",
                "rpc.nginx.check-command=       | rpc.nginx.check-command",
                "rpc.nginx.reload-command=a 'b  | rpc.nginx.reload-command",
                "rpc.nginx.command-timeout=0s   | rpc.nginx.command-timeout",
                "rpc.nginx.debounce=-1s         | rpc.nginx.debounce",
                "rpc.nginx.max-fails=-1         | rpc.nginx.max-fails",
                "rpc.nginx.fail-timeout=500ms   | rpc.nginx.fail-timeout",
                "rpc.nginx.keepalive=-1         | rpc.nginx.keepalive",
                "rpc.discovery.enabled=false    | rpc.nginx.upstream-file",
            },
            quoteCharacter = '"')
    void mistakeFailsTheStartAndNamesItsProperty(String setting, String property) {
        runner.withPropertyValues(setting.strip()).run(context -> {
            FailureAnalysis analysis = new DiscoveryConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis).isNotNull();
            assertThat(analysis.getCause()).isInstanceOf(DiscoveryConfigurationException.class);
            assertThat(analysis.getDescription()).contains(property.strip() + ": ");
            assertThat(analysis.getAction()).isNotBlank();
        });
    }

    @Test
    void commandsAreWordsAndQuotedWords() {
        assertThat(CommandLine.split("p", " nginx  -s reload ")).isEqualTo(List.of("nginx", "-s", "reload"));
        assertThat(CommandLine.split("p", "sh -c \"a 'b' c\" 'd \"e\"' ''"))
                .isEqualTo(List.of("sh", "-c", "a 'b' c", "d \"e\"", ""));
        assertThat(CommandLine.split("p", "  ")).isEmpty();
    }
}
