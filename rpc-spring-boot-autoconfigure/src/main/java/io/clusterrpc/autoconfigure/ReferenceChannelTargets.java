/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.reference.ClusterNameResolverProvider;
import io.clusterrpc.reference.ManagedReferences;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.VirtualTargets;

/**
 * Maps the channel names of references to our targets and leaves every other name as Boot maps it. (Boot's own mapping is not
 * public, so the part for other names follows its documentation.)
 */
final class ReferenceChannelTargets implements VirtualTargets {

    private final Environment environment;
    private final GrpcClientProperties properties;
    private final Supplier<ManagedReferences> references;

    ReferenceChannelTargets(
            Environment environment, GrpcClientProperties properties, Supplier<ManagedReferences> references) {
        this.environment = environment;
        this.properties = properties;
        this.references = references;
    }

    /** The target that somebody wrote down for a channel; unset reads as a default address in Boot's own properties. */
    static @Nullable String explicit(Environment environment, String channel) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of("spring.grpc.client.channel")
                .append('[' + channel + ']')
                .append("target");
        return Binder.get(environment).bind(name, Bindable.of(String.class)).orElse(null);
    }

    /** Whether Boot's properties say anything of a channel, or of all of them. */
    static boolean configured(Environment environment, String channel) {
        Iterable<ConfigurationPropertySource> sources = ConfigurationPropertySources.get(environment);
        for (String name : List.of(channel, "default")) {
            ConfigurationPropertyName prefix =
                    ConfigurationPropertyName.of("spring.grpc.client.channel").append('[' + name + ']');
            for (ConfigurationPropertySource source : sources) {
                if (source.containsDescendantOf(prefix) != ConfigurationPropertyState.ABSENT) {
                    return true;
                }
            }
        }
        return false;
    }

    /** For the in-process channel factory, which takes every name literally: an explicit in-process target, else the name. */
    String inProcess(String channel) {
        String explicit = channel.startsWith("in-process:") ? null : explicit(environment, channel);
        return explicit != null && explicit.startsWith("in-process:") ? explicit : channel;
    }

    /** Whether Boot's own property, for this channel or for all, says when it becomes idle. */
    static boolean setsIdleTimeout(Environment environment, String channel) {
        return Stream.of(channel, "default")
                .map(name -> ConfigurationPropertyName.of("spring.grpc.client.channel")
                        .append('[' + name + ']')
                        .append("idle.timeout"))
                .anyMatch(name -> Binder.get(environment)
                        .bind(name, Bindable.of(String.class))
                        .isBound());
    }

    @Override
    public String getTarget(String channel) {
        if (references.get().discovers(channel)) {
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
}
