/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.kubernetes.KubernetesDiscovery;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class KubernetesDiscoveryAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    KubernetesDiscoveryAutoConfiguration.class, RpcDiscoveryAutoConfiguration.class));

    @Test
    void presenceIsTheChoice() {
        runner.run(context -> {
            assertThat(context.getBean(Directory.class).backends()).containsExactly("kubernetes");
            assertThat(context.getBean(Directory.class).noticeTime()).isEqualTo(Duration.ofSeconds(5));
        });
    }

    @Test
    void standsBesideLocalWhenBothAreNamed() {
        runner.withPropertyValues("rpc.discovery.backends=kubernetes,local", "rpc.discovery.local.namespace=t-k8s")
                .run(context ->
                        assertThat(context.getBean(Directory.class).backends()).containsExactly("kubernetes", "local"));
    }

    @Test
    void staysOutWhereDiscoveryIsOff() {
        runner.withPropertyValues("rpc.discovery.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(KubernetesDiscovery.class));
    }

    @Test
    void modeIsTheOneThatIsAskedFor() {
        runner.run(context ->
                assertThat(context.getBean(KubernetesDiscovery.class)).hasToString("kubernetes[api]"));
        runner.withPropertyValues("rpc.discovery.kubernetes.mode=dns").run(context -> {
            assertThat(context.getBean(KubernetesDiscovery.class)).hasToString("kubernetes[dns]");
            assertThat(context.getBean(Directory.class).noticeTime()).isEqualTo(Duration.ofSeconds(20));
        });
    }

    @Test
    void podOfTheDownwardApiIsTheServersId() {
        runner.withPropertyValues("rpc.discovery.kubernetes.pod.name=orders-1", "rpc.discovery.kubernetes.pod.uid=3f1c")
                .run(context -> assertThat(context.getBean(Directory.class).assignedId())
                        .isEqualTo("pod:orders-1:3f1c"));
    }

    @Test
    void registeringSaysThatKubernetesDoesItAndWhatItDoesNotTell(CapturedOutput output) {
        runner.run(context -> {
            KubernetesDiscovery discovery = context.getBean(KubernetesDiscovery.class);
            ServiceInstance plain =
                    ServiceInstance.builder("orders", "a", "10.0.0.1", 1).build();
            DiscoveryBackend.Registration registration = discovery.register(plain);
            assertThat(output).contains("Kubernetes lists orders by itself").doesNotContain("rpc.provider.weight");
            assertThat(registration.registered()).isTrue();
            registration.close();
            assertThat(registration.registered()).isFalse();
            discovery.register(plain.toBuilder().tags(Map.of("colour", "blue")).build());
            assertThat(output).contains("rpc.provider.weight").contains("clusterrpc.io/weight");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "namespace=Shop",
                "namespace=a/b",
                "port-name= ",
                "kubeconfig=/none/such",
                "watch-time=1s",
                "watch-time=2h",
                "dns.port=0",
                "dns.port=70000",
                "dns.interval=10ms",
                "dns.cluster-domain=-x-"
            })
    void unusableSettingFailsWithItsProperty(String setting) {
        String property = "rpc.discovery.kubernetes." + setting.substring(0, setting.indexOf('='));
        runner.withPropertyValues("rpc.discovery.kubernetes." + setting)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(DiscoveryConfigurationException.class)
                        .hasMessageContaining(property));
    }

    @Test
    void unknownModeFailsWithItsProperty() {
        runner.withPropertyValues("rpc.discovery.kubernetes.mode=guess")
                .run(context ->
                        assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("guess"));
    }
}
