/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.reference.ClusterNameResolverProvider;
import io.clusterrpc.reference.ManagedReferences;
import io.grpc.ManagedChannelBuilder;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientDefaultServiceConfigCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.DefaultGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.InProcessGrpcChannelFactory;
import org.springframework.grpc.client.VirtualTargets;

/**
 * What Boot's channel factory asks while it builds the channel of a reference: its target, what its resolver and balancer need, and which
 * balancer it has. Every other channel stays as Boot has it. (Boot's own mapping of names to targets is not public, so the part for
 * other names follows its documentation.)
 */
final class ReferenceChannels<T extends ManagedChannelBuilder<T>>
        implements GrpcChannelFactoryCustomizer,
                GrpcChannelBuilderCustomizer<T>,
                GrpcClientDefaultServiceConfigCustomizer,
                VirtualTargets {

    private static final Logger log = LoggerFactory.getLogger(ReferenceChannels.class);

    private final Environment environment;
    private final GrpcClientProperties properties;
    private final ObjectProvider<ManagedReferences> references;

    ReferenceChannels(
            Environment environment, GrpcClientProperties properties, ObjectProvider<ManagedReferences> references) {
        this.environment = environment;
        this.properties = properties;
        this.references = references;
    }

    @Override
    public void customize(GrpcChannelFactory factory) {
        if (factory instanceof InProcessGrpcChannelFactory inProcess) {
            inProcess.setVirtualTargets(this::inProcess);
        } else if (factory instanceof DefaultGrpcChannelFactory<?> network) {
            network.setVirtualTargets(this);
        }
    }

    /** For the in-process channel factory, which takes every name literally: an explicit in-process target, else the name. */
    private String inProcess(String channel) {
        String explicit = channel.startsWith("in-process:") ? null : new ChannelProperties(environment).target(channel);
        return explicit != null && explicit.startsWith("in-process:") ? explicit : channel;
    }

    @Override
    public String getTarget(String channel) {
        if (references.getObject().discovers(channel)) {
            return ClusterNameResolverProvider.target(channel);
        }
        GrpcClientProperties.Channel configured = properties.getChannel().get(channel);
        if (configured == null && "default".equals(channel)) {
            configured = new GrpcClientProperties.Channel();
        }
        String target = environment.resolvePlaceholders(configured != null ? configured.getTarget() : channel);
        return clean(target);
    }

    private static String clean(String target) {
        if (target.startsWith("static:") || target.startsWith("tcp:")) {
            return target.substring(target.indexOf(':') + 1).replaceFirst("^/*", "");
        }
        return target;
    }

    @Override
    public void customize(String channel, T builder) {
        references.getObject().customize(channel, builder);
    }

    @Override
    public void customize(String channel, Map<String, Object> config) {
        if (!references.getObject().discovers(channel)) {
            return;
        }
        Object other = config.putIfAbsent("loadBalancingConfig", List.of(Map.of("rpc_cluster", Map.of())));
        if (other == null) {
            references.getObject().balances(channel, config);
        } else {
            log.warn(
                    "spring.grpc.client.channel.{}.service-config replaces the balancer of reference '{}' by {}:"
                            + " no statistics, no avoiding of instances already tried, and rpc.references.{}.balancing"
                            + " has no effect",
                    channel,
                    channel,
                    other,
                    channel);
        }
    }
}
