/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.Attributes;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One provider process: an application's gRPC server at one address. Immutable.
 *
 * @param service the application's name, which consumers look up
 * @param id unique among the instances of a service, new with every start of a server unless the registry assigns it; the
 *     address where nothing else is known
 * @param host host name or IP address to connect to
 * @param port TCP port, 1 to 65535
 * @param zone the failure domain it runs in, {@code null} if unknown
 * @param version the application's version, {@code null} if unknown
 * @param weight static share of the traffic relative to its peers, 0 (drained) to 1000, 100 is usual
 * @param startTime when the server became ready; warm-up counts from here; {@link Instant#EPOCH} if unknown
 * @param tags free key/value pairs for routing
 * @param grpcServices full names of the gRPC services offered; empty means unknown, so every service is assumed
 * @param role what it is in a redundant group, {@code null} if none
 * @param epoch the term of its role, 0 if none
 * @param schema version of this record as it was registered, {@link #SCHEMA} for this library
 */
public record ServiceInstance(
        String service,
        String id,
        String host,
        int port,
        @Nullable String zone,
        @Nullable String version,
        int weight,
        Instant startTime,
        Map<String, String> tags,
        Set<String> grpcServices,
        @Nullable String role,
        long epoch,
        int schema) {

    /** The version of the metadata that this library writes. Readers accept newer ones and ignore what they do not know. */
    public static final int SCHEMA = 1;

    /** The weight of an instance that says nothing about it. */
    public static final int DEFAULT_WEIGHT = 100;

    /** Where a resolved address carries the instance that it belongs to. */
    public static final Attributes.Key<ServiceInstance> ATTRIBUTE = Attributes.Key.create("io.clusterrpc.instance");

    /** Validates every component and copies the collections. */
    public ServiceInstance {
        requireText("service", service);
        requireText("id", id);
        requireText("host", host);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
        if (weight < 0 || weight > 1000) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0..1000)");
        }
        if (schema < 1) {
            throw new IllegalArgumentException("schema: " + schema + " (expected: >= 1)");
        }
        tags = Map.copyOf(tags);
        grpcServices = Set.copyOf(grpcServices);
    }

    private static void requireText(String name, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + ": '" + value + "' (expected: not blank)");
        }
    }

    /**
     * The address as {@code host:port}, with brackets around an IPv6 address.
     *
     * @return the address
     */
    public String address() {
        return address(host, port);
    }

    private static String address(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /**
     * Whether the server itself knows the id. It does not where nothing but the address is known (configured addresses, registries
     * that tell no id): then the address stands for the id, and nobody must expect the server to answer to it.
     *
     * @return {@code false} if the id is the address
     */
    public boolean identified() {
        return !id.equals(address());
    }

    /**
     * Whether calls to a gRPC service may go to this instance.
     *
     * @param grpcService full name, for example {@code shop.Orders}
     * @return {@code false} only if the instance says what it offers and this is not among it
     */
    public boolean offers(String grpcService) {
        return grpcServices.isEmpty() || grpcServices.contains(grpcService);
    }

    /**
     * Starts a new instance with defaults for everything optional.
     *
     * @param service the application's name
     * @param id unique id
     * @param host host name or IP address
     * @param port TCP port
     * @return a builder
     */
    public static Builder builder(String service, String id, String host, int port) {
        return new Builder(service, id, host, port);
    }

    /**
     * Starts a new instance of which only the address is known: it is not {@linkplain #identified() identified}.
     *
     * @param service the application's name
     * @param host host name or IP address
     * @param port TCP port
     * @return a builder
     */
    public static Builder builder(String service, String host, int port) {
        return new Builder(service, address(host, port), host, port);
    }

    /**
     * A builder that starts with this instance's values.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        return new Builder(service, id, host, port)
                .zone(zone)
                .version(version)
                .weight(weight)
                .startTime(startTime)
                .tags(tags)
                .grpcServices(grpcServices)
                .role(role, epoch)
                .schema(schema);
    }

    /** Builds a {@link ServiceInstance}. Not thread-safe. */
    public static final class Builder {

        private final String service;
        private final String id;
        private final String host;
        private final int port;
        private @Nullable String zone;
        private @Nullable String version;
        private int weight = DEFAULT_WEIGHT;
        private Instant startTime = Instant.EPOCH;
        private Map<String, String> tags = Map.of();
        private Set<String> grpcServices = Set.of();
        private @Nullable String role;
        private long epoch;
        private int schema = SCHEMA;

        private Builder(String service, String id, String host, int port) {
            this.service = service;
            this.id = id;
            this.host = host;
            this.port = port;
        }

        /**
         * Sets the failure domain.
         *
         * @param zone name of the zone or {@code null}
         * @return this
         */
        public Builder zone(@Nullable String zone) {
            this.zone = zone;
            return this;
        }

        /**
         * Sets the application's version.
         *
         * @param version the version or {@code null}
         * @return this
         */
        public Builder version(@Nullable String version) {
            this.version = version;
            return this;
        }

        /**
         * Sets the static weight.
         *
         * @param weight 0 to 1000
         * @return this
         */
        public Builder weight(int weight) {
            this.weight = weight;
            return this;
        }

        /**
         * Sets when the server became ready.
         *
         * @param startTime wall-clock time
         * @return this
         */
        public Builder startTime(Instant startTime) {
            this.startTime = startTime;
            return this;
        }

        /**
         * Sets the routing tags.
         *
         * @param tags key/value pairs, copied
         * @return this
         */
        public Builder tags(Map<String, String> tags) {
            this.tags = tags;
            return this;
        }

        /**
         * Sets the gRPC services offered.
         *
         * @param grpcServices full names, copied; empty means unknown
         * @return this
         */
        public Builder grpcServices(Set<String> grpcServices) {
            this.grpcServices = grpcServices;
            return this;
        }

        /**
         * Sets the role in a redundant group.
         *
         * @param role the role or {@code null}
         * @param epoch its term
         * @return this
         */
        public Builder role(@Nullable String role, long epoch) {
            this.role = role;
            this.epoch = epoch;
            return this;
        }

        /**
         * Sets the version of the metadata as it was read.
         *
         * @param schema at least 1
         * @return this
         */
        public Builder schema(int schema) {
            this.schema = schema;
            return this;
        }

        /**
         * Builds the record.
         *
         * @return the instance
         * @throws IllegalArgumentException if a value is out of range; the message names it
         */
        public ServiceInstance build() {
            return new ServiceInstance(
                    service, id, host, port, zone, version, weight, startTime, tags, grpcServices, role, epoch, schema);
        }
    }
}
