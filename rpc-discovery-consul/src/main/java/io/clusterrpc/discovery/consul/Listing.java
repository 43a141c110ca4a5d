/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What Consul lists of one service.
 *
 * @param empty whether there is no registration at all: that is also how older agents refuse an answer
 * @param instances those that are well, sorted by id
 * @param leaving ids of those that were taken out on purpose
 */
record Listing(boolean empty, List<ServiceInstance> instances, Set<String> leaving) {

    private record Known(ServiceInstance instance, ListedEntry entry) {}

    /**
     * Reads an answer.
     *
     * @param service its exact name: Consul does not tell upper from lower case
     */
    static Listing read(String service, Answer answer, InstanceReader reader) {
        List<ListedEntry> entries = entries(service, answer);
        reader.begin();
        Map<String, Known> byId = new TreeMap<>();
        Set<String> leaving = new HashSet<>();
        for (ListedEntry entry : entries) {
            ServiceInstance instance = entry.service().equals(service) ? reader.read(entry) : null;
            if (instance == null) {
                continue;
            }
            if (entry.health() == ListedEntry.Health.LEAVING) {
                leaving.add(instance.id());
            } else if (entry.health() == ListedEntry.Health.WELL) {
                // Registered with several agents, the newest word counts.
                byId.merge(
                        instance.id(),
                        new Known(instance, entry),
                        (a, b) -> b.entry().modified() > a.entry().modified() ? b : a);
            }
        }
        byId.keySet().removeAll(leaving);
        List<ServiceInstance> instances = byId.values().stream()
                .map(Known::instance)
                .sorted(Comparator.comparing(ServiceInstance::id))
                .toList();
        return new Listing(entries.isEmpty(), instances, leaving);
    }

    private static List<ListedEntry> entries(String service, Answer answer) {
        List<ListedEntry> entries = new ArrayList<>();
        try {
            for (JsonElement element : JsonParser.parseString(answer.body()).getAsJsonArray()) {
                entries.add(ListedEntry.read(element.getAsJsonObject()));
            }
        } catch (JsonParseException | IllegalStateException ex) {
            throw new DiscoveryException(
                    "consul agent " + answer.agent() + ": its answer about " + service
                            + " is no list of instances. Is that really Consul? rpc.discovery.consul.agents names the agents",
                    null);
        }
        return entries;
    }
}
