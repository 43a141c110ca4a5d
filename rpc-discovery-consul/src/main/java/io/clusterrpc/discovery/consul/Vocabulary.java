/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import java.util.Set;
import java.util.regex.Pattern;

/** The keys and tags under which Consul holds what it has no field for, and what fits into it. */
final class Vocabulary {

    static final String ID = "rpc_id";
    static final String SCHEMA = "rpc_schema";
    static final String START = "rpc_start";
    static final String ROLE = "rpc_role";
    static final String EPOCH = "rpc_epoch";
    static final String ZONE = "zone";
    static final String VERSION = "version";
    static final String WEIGHT = "weight";

    /** Where registrations of other libraries keep the port, if the service's own port is another server's. */
    static final String FOREIGN_PORT = "gRPC_port";

    static final Set<String> RESERVED = Set.of(ID, SCHEMA, START, ROLE, EPOCH, ZONE, VERSION, WEIGHT, FOREIGN_PORT);

    /** Tag: a gRPC service that is offered. */
    static final String GRPC_SERVICE = "grpc=";

    /** Tag: a key and a value that metadata cannot hold, both URL-encoded. */
    static final String ENCODED_TAG = "rpc-tag:";

    /** Consul's own limit, in bytes. */
    static final int LONGEST_VALUE = 512;

    /** Of Consul's 64, the rest is ours. */
    static final int MOST_TAGS = 48;

    private static final Pattern KEY = Pattern.compile("(?!consul-)[A-Za-z0-9_-]{1,128}");
    private static final int LONGEST_SERVICE = 128;

    private Vocabulary() {}

    /** Whether metadata can hold a tag under its own name. */
    static boolean isMeta(String key, String value) {
        return KEY.matcher(key).matches() && !RESERVED.contains(key) && fits(value);
    }

    static boolean fits(String value) {
        return value.getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= LONGEST_VALUE;
    }

    /** Whether the name survives Consul's URLs in all its versions. */
    static boolean isServiceName(String name) {
        return !name.isBlank()
                && name.equals(name.strip())
                && name.length() <= LONGEST_SERVICE
                && !name.equals("*")
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == '/' || c == '\\');
    }

    static String rule(String name) {
        return "Consul cannot hold a service named '" + name + "' (expected: up to " + LONGEST_SERVICE
                + " characters, without slashes, control characters and surrounding space)";
    }
}
