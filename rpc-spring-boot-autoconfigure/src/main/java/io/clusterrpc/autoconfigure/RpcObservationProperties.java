/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

/**
 * What is measured.
 *
 * @param client How the calls of all gRPC clients are measured, that is, who records the grpc.client meters.
 * @param maxInstances How many instances of one reference have an rpc.picks counter of their own; the picks of further ones are
 *     counted under the peer 'other'.
 */
@ConfigurationProperties(RpcObservationProperties.PREFIX)
public record RpcObservationProperties(
        @DefaultValue("auto") Client client,
        @DefaultValue("100") int maxInstances) {

    static final String PREFIX = "rpc.observation";

    /** Where nothing is configured. */
    static final RpcObservationProperties STANDARD = new RpcObservationProperties(Client.AUTO, 100);

    static RpcObservationProperties of(Environment environment) {
        return WrittenProperties.bind(environment, PREFIX, RpcObservationProperties.class, STANDARD);
    }

    /** Validates the numbers. */
    public RpcObservationProperties {
        if (maxInstances < 0) {
            throw new IllegalArgumentException(
                    "rpc.observation.max-instances: " + maxInstances + " (expected: 0 or more)");
        }
    }

    /** Who records the {@code grpc.client} meters. */
    public enum Client {
        /** Light meters, unless a tracer or another extension of observations is present. */
        AUTO,
        /** The same meters without an observation: no spans, observation handlers, conventions or predicates. */
        LIGHT,
        /** Spring Boot's observation; more than doubles the CPU that a client spends on a call. */
        FULL,
        /** Nobody. */
        OFF
    }
}
