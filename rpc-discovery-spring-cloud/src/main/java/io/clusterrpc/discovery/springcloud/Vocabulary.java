/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import java.util.Map;
import java.util.Set;

/** The keys under which a registry's metadata holds what Spring Cloud has no field for. */
final class Vocabulary {

    /** What other libraries write, too. */
    static final String PORT = "gRPC_port";

    static final String ZONE = "zone";
    static final String VERSION = "version";
    static final String WEIGHT = "weight";

    /** Of Nacos, where 1 is usual. */
    static final String NACOS_WEIGHT = "nacos.weight";

    static final String ID = "rpc_id";
    static final String SERVICE = "rpc_service";
    static final String HOST = "rpc_host";
    static final String SCHEMA = "rpc_schema";
    static final String START = "rpc_start";
    static final String ROLE = "rpc_role";
    static final String EPOCH = "rpc_epoch";
    static final String GRPC_SERVICES = "rpc_services";
    static final String TAGS = "rpc_tags";

    private static final Set<String> RESERVED = Set.of(PORT, ZONE, VERSION, WEIGHT, NACOS_WEIGHT);
    private static final String OURS = "rpc_";

    /** What every registry can hold in one value. */
    private static final int LONGEST_VALUE = 512;

    private Vocabulary() {}

    /** Whether every registry can hold the name: in Eureka it is part of a URL, in ZooKeeper of a path. */
    static boolean isServiceName(String name) {
        return !name.isBlank()
                && name.equals(name.strip())
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == '/' || c == '\\');
    }

    static String rule(String name) {
        return "spring-cloud: registries cannot hold a service named '" + name
                + "' (expected: no slashes, control characters and surrounding space)";
    }

    /** Whether a key of somebody else's metadata may serve as a tag for routing. */
    static boolean isTag(String key) {
        return !RESERVED.contains(key) && !key.startsWith(OURS);
    }

    /** Writes a long value under as many keys as it needs: {@code key}, {@code key_2} ... */
    static void put(Map<String, String> metadata, String key, String value) {
        int number = 1;
        for (int start = 0; start < value.length(); start += LONGEST_VALUE) {
            metadata.put(
                    numbered(key, number++), value.substring(start, Math.min(value.length(), start + LONGEST_VALUE)));
        }
    }

    /** What {@link #put} wrote, empty if nothing. */
    static String get(Map<String, String> metadata, String key) {
        StringBuilder value = new StringBuilder();
        int number = 1;
        for (String part = metadata.get(key); part != null; part = metadata.get(numbered(key, number))) {
            value.append(part);
            number++;
        }
        return value.toString();
    }

    private static String numbered(String key, int number) {
        return number == 1 ? key : key + "_" + number;
    }
}
