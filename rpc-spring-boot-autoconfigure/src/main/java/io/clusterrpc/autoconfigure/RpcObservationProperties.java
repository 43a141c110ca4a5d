/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is measured.
 *
 * @param client How the calls of all gRPC clients are measured, that is, who records the grpc.client meters.
 * @param maxInstances How many instances of one reference have an rpc.picks counter of their own; the picks of further ones are
 *     counted under the peer 'other'.
 */
@ConfigurationProperties("rpc.observation")
public record RpcObservationProperties(
        Client client, @DefaultValue("100") int maxInstances) {

    /** Fills in what is not configured, and validates the numbers. */
    public RpcObservationProperties {
        // Not as a default value of the property: to convert it anew costs every start of an application.
        client = client == null ? Client.AUTO : client;
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
