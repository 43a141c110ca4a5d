/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.actuate.NginxEndpoint;
import io.clusterrpc.actuate.NginxMeters;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.nginx.NginxUpstreams;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** An upstream file for nginx, where an application is told to keep one. */
@AutoConfiguration(
        after = RpcDiscoveryAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnProperty("rpc.nginx.upstream-file")
@EnableConfigurationProperties(RpcNginxProperties.class)
public final class RpcNginxAutoConfiguration {

    /** Nobody asks for it: with lazy initialization it would never come to life. */
    @Bean(initMethod = "start", destroyMethod = "close")
    @ConditionalOnMissingBean
    @Lazy(false)
    NginxUpstreams rpcNginxUpstreams(RpcNginxProperties properties, ObjectProvider<Directory> rpcDirectory) {
        Directory found = rpcDirectory.getIfAvailable();
        if (found == null) {
            throw new DiscoveryConfigurationException(
                    "rpc.nginx.upstream-file",
                    "set, but rpc.discovery.enabled is false",
                    "Remove one of the two: without discovery nobody knows the instances.",
                    null);
        }
        Path file = Objects.requireNonNull(properties.upstreamFile(), "rpc.nginx.upstream-file");
        return new NginxUpstreams(properties.settings(file), found);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    @ConditionalOnAvailableEndpoint(NginxEndpoint.class)
    static class EndpointConfiguration {

        @Bean
        @ConditionalOnMissingBean
        NginxEndpoint rpcNginxEndpoint(NginxUpstreams rpcNginxUpstreams) {
            return new NginxEndpoint(rpcNginxUpstreams);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean(MeterRegistry.class)
    static class MeterConfiguration {

        @Bean
        @ConditionalOnMissingBean
        NginxMeters rpcNginxMeters(NginxUpstreams rpcNginxUpstreams) {
            return new NginxMeters(rpcNginxUpstreams);
        }
    }
}
