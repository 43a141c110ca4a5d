/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One element of {@code /v1/health/service}: a registration and the checks on it.
 *
 * @param node name of the node that it is registered on
 * @param id Consul's id
 * @param service its name
 * @param address its own, or the node's if it has none
 * @param port 0 if it has none
 * @param meta metadata
 * @param tags tags
 * @param modified when it was changed last, in the order of the registry
 * @param health of all checks together
 */
record ListedEntry(
        String node,
        String id,
        String service,
        String address,
        int port,
        Map<String, String> meta,
        List<String> tags,
        long modified,
        Health health) {

    /** What the checks on an instance and its node say together. */
    enum Health {
        /** Every one passes. */
        WELL,
        /** At least one does not. */
        UNWELL,
        /** Taken out on purpose, by its owner or by an operator. */
        LEAVING
    }

    /** Reads leniently: a field that is missing or of another type counts as empty. */
    static ListedEntry read(JsonObject entry) {
        JsonObject node = object(entry.get("Node"));
        JsonObject service = object(entry.get("Service"));
        String address = text(service.get("Address"));
        return new ListedEntry(
                text(node.get("Node")),
                text(service.get("ID")),
                text(service.get("Service")),
                address.isBlank() ? text(node.get("Address")) : address,
                (int) number(service.get("Port")),
                texts(object(service.get("Meta"))),
                texts(array(service.get("Tags"))),
                number(service.get("ModifyIndex")),
                health(array(entry.get("Checks"))));
    }

    private static Health health(JsonArray checks) {
        boolean well = true;
        for (JsonElement each : checks) {
            JsonObject check = object(each);
            String id = text(check.get("CheckID"));
            if (id.startsWith("_service_maintenance:") || id.equals("_node_maintenance")) {
                return Health.LEAVING;
            }
            well &= text(check.get("Status")).equals("passing");
        }
        return well ? Health.WELL : Health.UNWELL;
    }

    private static Map<String, String> texts(JsonObject object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.entrySet().forEach(entry -> texts.put(entry.getKey(), text(entry.getValue())));
        return texts;
    }

    private static List<String> texts(JsonArray array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(text(element)));
        return texts;
    }

    private static String text(@Nullable JsonElement element) {
        return element != null && element.isJsonPrimitive() ? element.getAsString() : "";
    }

    private static long number(@Nullable JsonElement element) {
        try {
            return element != null && element.isJsonPrimitive() ? element.getAsLong() : 0;
        } catch (NumberFormatException ex) {
            return 0;
        }
    }

    private static JsonObject object(@Nullable JsonElement element) {
        return element != null && element.isJsonObject() ? element.getAsJsonObject() : new JsonObject();
    }

    private static JsonArray array(@Nullable JsonElement element) {
        return element != null && element.isJsonArray() ? element.getAsJsonArray() : new JsonArray();
    }
}
