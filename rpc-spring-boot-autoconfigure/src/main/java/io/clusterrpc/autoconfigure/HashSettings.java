/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.autoconfigure.RpcReferenceProperties.Balancing;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.BalancingProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.EjectionProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.Hash;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.HashProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.ReportedLoadProperties;
import io.clusterrpc.loadbalance.HashKeySource;
import io.clusterrpc.loadbalance.HashPolicy;
import io.clusterrpc.loadbalance.hash.ConsistentHash;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Merges what a reference says about consistent-hash over the defaults. Stateless. */
final class HashSettings {

    /** What a reference without properties says about balancing. */
    static final BalancingProperties NO_BALANCING = new BalancingProperties(
            null,
            null,
            new EjectionProperties(null, null, null, null, null, null, null, null, null, null, null, null, null),
            null,
            new HashProperties(null, null, null, null),
            new ReportedLoadProperties(null, null, null, null));

    private static final String DEFAULTS = "rpc.defaults.balancing.";

    private HashSettings() {}

    /** @param path of the reference's balancing properties, with a dot at its end */
    static HashPolicy of(String path, BalancingProperties own, Balancing common) {
        checkAlgorithm(path, own, common);
        HashProperties hash = own.hash();
        Hash defaults = common.hash();
        int virtualNodes = or(hash.virtualNodes(), defaults.virtualNodes());
        double loadFactor = or(hash.loadFactor(), defaults.loadFactor());
        if (virtualNodes < 1 || virtualNodes > 10_000) {
            throw new InvalidConfigurationPropertyValueException(
                    at(path, hash.virtualNodes()) + "hash.virtual-nodes", virtualNodes, "Expected 1 to 10000.");
        }
        if (!(loadFactor > 1 && loadFactor <= 100)) {
            throw new InvalidConfigurationPropertyValueException(
                    at(path, hash.loadFactor()) + "hash.load-factor",
                    loadFactor,
                    "Expected a number above 1, up to 100; 1.25 lets an instance have a quarter more than its share.");
        }
        return new HashPolicy(
                key(path, own.hashKey(), common.hashKey()),
                or(hash.scheme(), defaults.scheme()),
                virtualNodes,
                or(hash.boundedLoad(), defaults.boundedLoad()),
                loadFactor);
    }

    /** Who writes a key wants it to matter; one among the defaults may matter to some references only. */
    private static void checkAlgorithm(String path, BalancingProperties own, Balancing common) {
        String key = own.hashKey() != null ? own.hashKey() : own.algorithm() == null ? common.hashKey() : null;
        String algorithm = or(own.algorithm(), common.algorithm());
        if (key != null && !algorithm.equals(ConsistentHash.NAME)) {
            throw new InvalidConfigurationPropertyValueException(
                    at(path, own.hashKey()) + "hash-key",
                    key,
                    "It has no effect with " + at(path, own.algorithm()) + "algorithm=" + algorithm + ": expected "
                            + at(path, own.hashKey()) + "algorithm=" + ConsistentHash.NAME
                            + " beside it, or no hash-key.");
        }
    }

    private static @Nullable HashKeySource key(String path, @Nullable String own, @Nullable String common) {
        String key = own != null ? own : common;
        if (key == null) {
            return null;
        }
        try {
            return HashKeySource.parse(key);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException(
                    at(path, own) + "hash-key",
                    key,
                    "Expected header.<name of a request header>, such as header.x-tenant, or request.<field of the request"
                            + " message>, such as request.customer_id: " + e.getMessage());
        }
    }

    private static String at(String path, @Nullable Object own) {
        return own != null ? path : DEFAULTS;
    }

    private static <T> T or(@Nullable T own, T otherwise) {
        return own != null ? own : otherwise;
    }
}
