/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.grpc.ManagedChannelBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Switches gRPC's retry buffer off where the failover does its work: on channels of references whose streams are all seen by our
 * balancer, and whose service config has no retry policies of its own. Thread-safe.
 */
final class RetryBuffers {

    private static final Logger log = LoggerFactory.getLogger(RetryBuffers.class);

    private final Set<String> balanced = ConcurrentHashMap.newKeySet();

    /** Takes note of a channel that our balancer balances. */
    void balances(String channel, Map<String, ?> serviceConfig) {
        if (!hasPolicies(serviceConfig)) {
            balanced.add(channel);
            return;
        }
        balanced.remove(channel);
        log.info(
                "Reference '{}': the service config of its channel has retry or hedging policies, so gRPC applies them"
                        + " within each attempt of the failover, and its retry buffer stays on"
                        + " (spring.grpc.client.channel.{}.service-config)",
                channel,
                channel);
    }

    void drop(String channel, ManagedChannelBuilder<?> builder) {
        if (balanced.contains(channel)) {
            builder.disableRetry();
        }
    }

    private static boolean hasPolicies(Map<String, ?> serviceConfig) {
        return serviceConfig.get("methodConfig") instanceof List<?> methods
                && methods.stream()
                        .anyMatch(method -> method instanceof Map<?, ?> config
                                && (config.containsKey("retryPolicy") || config.containsKey("hedgingPolicy")));
    }
}
