/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.kubernetes;

import io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration;
import io.clusterrpc.discovery.kubernetes.KubernetesDiscovery;
import io.clusterrpc.discovery.kubernetes.KubernetesSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Makes Kubernetes the registry of an application that has this module on its class path. */
@AutoConfiguration(before = RpcDiscoveryAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "rpc.discovery.enabled", matchIfMissing = true)
@EnableConfigurationProperties(KubernetesProperties.class)
public final class KubernetesDiscoveryAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    KubernetesDiscovery rpcKubernetesDiscovery(KubernetesProperties properties) {
        KubernetesProperties.Dns dns = properties.dns();
        KubernetesProperties.Pod pod = properties.pod();
        return new KubernetesDiscovery(new KubernetesSettings(
                properties.mode(),
                blankToNull(properties.namespace()),
                properties.portName(),
                properties.addressFamily(),
                properties.kubeconfig(),
                blankToNull(properties.context()),
                properties.watchTime(),
                new KubernetesSettings.Dns(dns.port(), dns.interval(), dns.clusterDomain()),
                new KubernetesSettings.Pod(blankToNull(pod.name()), blankToNull(pod.uid()))));
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
