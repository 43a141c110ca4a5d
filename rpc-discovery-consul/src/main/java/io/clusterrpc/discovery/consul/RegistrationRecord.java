/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes an instance as Consul registers it. */
final class RegistrationRecord {

    private RegistrationRecord() {}

    /** Consul's id, unique on an agent while ours is unique among the instances of a service. */
    static String consulId(ServiceInstance instance) {
        return instance.id().startsWith(instance.service()) ? instance.id() : instance.service() + "-" + instance.id();
    }

    /**
     * The body of a registration.
     *
     * @throws DiscoveryConfigurationException if Consul has no room for a value
     */
    static String write(ServiceInstance instance, ConsulCheck check) {
        JsonObject meta = new JsonObject();
        meta.addProperty(Vocabulary.ID, instance.id());
        meta.addProperty(Vocabulary.SCHEMA, String.valueOf(instance.schema()));
        meta.addProperty(Vocabulary.WEIGHT, String.valueOf(instance.weight()));
        put(meta, Vocabulary.ZONE, instance.zone(), "rpc.provider.zone");
        put(meta, Vocabulary.VERSION, instance.version(), "rpc.provider.version");
        put(meta, Vocabulary.ROLE, instance.role(), "the role");
        if (!instance.startTime().equals(Instant.EPOCH)) {
            meta.addProperty(Vocabulary.START, instance.startTime().toString());
        }
        if (instance.epoch() != 0) {
            meta.addProperty(Vocabulary.EPOCH, String.valueOf(instance.epoch()));
        }
        JsonArray tags = new JsonArray();
        instance.grpcServices().stream().sorted().forEach(name -> tags.add(Vocabulary.GRPC_SERVICE + name));
        int room = Vocabulary.MOST_TAGS;
        for (Map.Entry<String, String> tag : new TreeMap<>(instance.tags()).entrySet()) {
            if (room > 0 && Vocabulary.isMeta(tag.getKey(), tag.getValue())) {
                meta.addProperty(tag.getKey(), tag.getValue());
                room--;
            } else {
                tags.add(Vocabulary.ENCODED_TAG + Question.encoded(tag.getKey()) + "="
                        + Question.encoded(tag.getValue()));
            }
        }
        JsonObject service = new JsonObject();
        service.addProperty("ID", consulId(instance));
        service.addProperty("Name", instance.service());
        service.addProperty("Address", instance.host());
        service.addProperty("Port", instance.port());
        service.add("Tags", tags);
        service.add("Meta", meta);
        service.add("Weights", weights(instance.weight()));
        service.add("Check", check(instance, check));
        return service.toString();
    }

    private static void put(JsonObject meta, String key, @Nullable String value, String property) {
        if (value == null) {
            return;
        }
        if (!Vocabulary.fits(value)) {
            throw new DiscoveryConfigurationException(
                    property,
                    "Consul cannot hold a value of " + value.length() + " characters",
                    "Use at most " + Vocabulary.LONGEST_VALUE + " bytes.",
                    null);
        }
        meta.addProperty(key, value);
    }

    /** For those who find it through Consul's DNS; Consul wants at least 1. */
    private static JsonObject weights(int weight) {
        JsonObject weights = new JsonObject();
        weights.addProperty("Passing", Math.max(1, weight));
        weights.addProperty("Warning", 1);
        return weights;
    }

    private static JsonObject check(ServiceInstance instance, ConsulCheck settings) {
        JsonObject check = new JsonObject();
        // It serves: it registers itself only then. The first check may disagree a moment later.
        check.addProperty("Status", "passing");
        check.addProperty(
                "DeregisterCriticalServiceAfter", settings.deregisterAfter().toMillis() + "ms");
        if (settings.type() == ConsulCheck.Type.TTL) {
            check.addProperty("TTL", settings.ttl().toMillis() + "ms");
            return check;
        }
        check.addProperty("GRPC", instance.address());
        check.addProperty("Interval", settings.interval().toMillis() + "ms");
        check.addProperty("Timeout", settings.timeout().toMillis() + "ms");
        check.addProperty("GRPCUseTLS", settings.tls());
        check.addProperty("TLSSkipVerify", settings.tlsSkipVerify());
        return check;
    }
}
