/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.autoconfigure.RpcReferenceProperties.CanaryProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.RouteProperties;
import io.clusterrpc.loadbalance.route.Canary;
import io.clusterrpc.loadbalance.route.InstanceMatch;
import io.clusterrpc.loadbalance.route.RoutePolicy;
import io.clusterrpc.loadbalance.route.Subset;
import io.clusterrpc.loadbalance.route.ZoneRule;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;

/** Turns what the user wrote of zones, tags and subsets into policies, or says which property is wrong. Immutable. */
final class RouteFactory {

    private final @Nullable String zone;
    private final String client;
    private final ZoneRule commonRule;
    private final @Nullable Integer commonSubset;

    RouteFactory(RpcReferenceProperties properties) {
        this.zone = StringUtils.hasText(properties.zone()) ? properties.zone() : null;
        this.client = properties.clientId() != null
                ? properties.clientId()
                : Long.toHexString(ThreadLocalRandom.current().nextLong());
        this.commonRule = properties.defaults().route().zone();
        this.commonSubset = properties.defaults().subset();
    }

    RoutePolicy route(String path, RouteProperties own) {
        ZoneRule rule = own.zone() != null ? own.zone() : commonRule;
        if (rule == ZoneRule.STRICT && zone == null) {
            String property = own.zone() != null ? path + "zone" : "rpc.defaults.route.zone";
            throw invalid(
                    property, "strict", "Set rpc.zone to the zone of this application, or choose prefer or ignore.");
        }
        if (own.strict() && own.tags().isEmpty()) {
            throw invalid(path + "strict", true, "Expected route.tags beside it, which instances must have.");
        }
        return new RoutePolicy(
                zone, rule, new InstanceMatch(own.tags()), own.strict(), canary(path + "canary.", own.canary()));
    }

    private static @Nullable Canary canary(String path, @Nullable CanaryProperties canary) {
        if (canary == null) {
            return null;
        }
        if (canary.tags().isEmpty()) {
            throw invalid(path + "tags", null, "Expected the tags that tell the canaries, for example version: v2.");
        }
        Double percent = canary.percent();
        if (percent == null || !(percent >= 0 && percent <= 100)) {
            throw invalid(path + "percent", percent, "Expected the canaries' share of the calls, 0 to 100.");
        }
        return new Canary(new InstanceMatch(canary.tags()), percent / 100);
    }

    Subset subset(String property, @Nullable Integer own) {
        Integer size = own != null ? own : commonSubset;
        if (size == null) {
            return Subset.WHOLE;
        }
        if (size < 1) {
            throw invalid(
                    own != null ? property : "rpc.defaults.subset",
                    size,
                    "Expected 1 or more instances to connect to; leave it out to connect to all.");
        }
        return new Subset(size, client);
    }

    private static InvalidConfigurationPropertyValueException invalid(
            String property, @Nullable Object value, String reason) {
        return new InvalidConfigurationPropertyValueException(property, value, reason);
    }
}
