/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Discovery through the registries of Spring Cloud.
 *
 * @param register Whether this application is registered once, when its gRPC server is ready, with the gRPC port in the metadata. Spring
 *     Cloud's own registration of the web port is switched off for that.
 * @param interval Time between two questions about a service while the registry's client hints at no change.
 * @param timeout How long a registry may take to answer before that counts as a failure.
 * @param portKeys Metadata keys that may hold the gRPC port, in order of preference.
 * @param grpcOnlyServices Services whose registered port is the gRPC port if metadata says nothing; * stands for all.
 * @param discoveryClient What others see through Spring Cloud.
 */
@ConfigurationProperties("rpc.discovery.spring-cloud")
public record SpringCloudProperties(
        @DefaultValue("true") boolean register,
        @DefaultValue("5s") Duration interval,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue({"gRPC_port", "gRPC.port"}) List<String> portKeys,
        @DefaultValue Set<String> grpcOnlyServices,
        @DefaultValue DiscoveryClientProperties discoveryClient) {

    /**
     * What others see through Spring Cloud.
     *
     * @param enabled Whether Spring Cloud's LoadBalancer, Gateway and other users of a DiscoveryClient see the gRPC servers that this
     *     application knows, after those of all other registries. Their port is the gRPC port.
     * @param patience How long the first question about a service may wait for the registry.
     */
    public record DiscoveryClientProperties(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("1s") Duration patience) {}
}
