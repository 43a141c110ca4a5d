/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * What somebody wrote below {@code spring.grpc.client.channel}; Boot's own class does not tell it from a default. Mostly nothing is written
 * there, and no binder is asked then.
 */
record ChannelProperties(Environment environment) {

    private static final ConfigurationPropertyName CHANNELS =
            ConfigurationPropertyName.of("spring.grpc.client.channel");

    /** Whether anything is said of a channel, or of all of them. */
    boolean say(String channel) {
        return sayOf(channel) || sayOf("default");
    }

    /** The target of a channel; {@code null} if it is not said. */
    @Nullable
    String target(String channel) {
        return sayOf(channel) ? value(of(channel).append("target")) : null;
    }

    /** Whether it is said, for this channel or for all, when it becomes idle. */
    boolean sayIdleTimeout(String channel) {
        return sayIdleTimeoutOf(channel) || sayIdleTimeoutOf("default");
    }

    private boolean sayIdleTimeoutOf(String channel) {
        return sayOf(channel) && value(of(channel).append("idle.timeout")) != null;
    }

    private boolean sayOf(String channel) {
        return WrittenProperties.isWritten(environment, of(channel));
    }

    private static ConfigurationPropertyName of(String channel) {
        return CHANNELS.append('[' + channel + ']');
    }

    private @Nullable String value(ConfigurationPropertyName name) {
        return Binder.get(environment).bind(name, Bindable.of(String.class)).orElse(null);
    }
}
