/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import java.net.URI;
import java.net.http.HttpResponse;

/**
 * What an agent said.
 *
 * @param agent who said it
 * @param status of HTTP
 * @param index {@code X-Consul-Index}, 0 where it is missing or makes no sense
 * @param hash {@code X-Consul-ContentHash}, empty where it is missing
 * @param filtered whether the agent says that it left out what the token may not see; older ones (before 1.11) never say so
 * @param body as text
 */
record Answer(URI agent, int status, long index, String hash, boolean filtered, String body) {

    static Answer of(URI agent, HttpResponse<String> response) {
        return new Answer(
                agent,
                response.statusCode(),
                index(response.headers().firstValue("X-Consul-Index").orElse("")),
                response.headers().firstValue("X-Consul-ContentHash").orElse(""),
                response.headers()
                        .firstValue("X-Consul-Results-Filtered-By-ACLs")
                        .map("true"::equals)
                        .orElse(false),
                response.body());
    }

    private static long index(String text) {
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException ex) {
            return 0;
        }
    }

    boolean ok() {
        return status == 200;
    }

    /** Whether the agent says that it does not know an instance or its check. */
    boolean knowsNot() {
        return status == 404
                || status == 500
                        && (body.contains("does not have associated TTL")
                                || body.contains("nknown check")
                                || body.contains("nknown service"));
    }
}
