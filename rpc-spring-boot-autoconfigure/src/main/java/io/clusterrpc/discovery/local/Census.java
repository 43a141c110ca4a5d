/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.ServiceInstance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who is there, as the last look into the directory told. Owned by the hub's thread. */
final class Census {

    private record Seen(String hub, ServiceInstance instance, boolean listed) {}

    private static final Comparator<ServiceInstance> BY_ID = Comparator.comparing(ServiceInstance::id);

    private final String self;
    private final Function<Path, @Nullable ServiceInstance> reader;
    private final Map<String, Seen> seen = new HashMap<>();
    private Map<String, List<ServiceInstance>> byService = Map.of();

    Census(String self, Function<Path, @Nullable ServiceInstance> reader) {
        this.self = self;
        this.reader = reader;
    }

    /**
     * Takes the directory's content.
     *
     * @param present hubs that are alive, or not surely dead
     * @return ids that left on purpose or died
     */
    Set<String> update(MeetingPoint.Listing listing, Set<String> present, Collection<OwnRegistration> own) {
        Set<String> theirs = new HashSet<>();
        for (Map.Entry<String, Path> registration : listing.registrations().entrySet()) {
            String name = registration.getKey();
            String hub = MeetingPoint.hubOf(name);
            if (!hub.equals(self) && present.contains(hub)) {
                theirs.add(name);
                ServiceInstance instance = reader.apply(registration.getValue());
                if (instance != null) {
                    seen.put(name, new Seen(hub, instance, true));
                }
            }
        }
        Set<String> left = updateOwn(own);
        for (Iterator<Map.Entry<String, Seen>> all = seen.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, Seen> entry = all.next();
            String name = entry.getKey();
            if (isOwn(name) || theirs.contains(name)) {
                continue;
            }
            Seen missing = entry.getValue();
            if (listing.withdrawn().contains(name) || !present.contains(missing.hub())) {
                left.add(missing.instance().id());
                all.remove();
            } else {
                entry.setValue(new Seen(missing.hub(), missing.instance(), false));
            }
        }
        index();
        return left;
    }

    /** Takes only what this process announced, for when the directory cannot be read. */
    Set<String> updateOwn(Collection<OwnRegistration> own) {
        Set<String> left = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (OwnRegistration registration : own) {
            names.add(registration.name());
            seen.put(registration.name(), new Seen(self, registration.instance(), true));
        }
        for (Iterator<Map.Entry<String, Seen>> all = seen.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, Seen> entry = all.next();
            if (isOwn(entry.getKey()) && !names.contains(entry.getKey())) {
                left.add(entry.getValue().instance().id());
                all.remove();
            }
        }
        index();
        return left;
    }

    /** The listed instances of a service, sorted by id. */
    List<ServiceInstance> instances(String service) {
        return byService.getOrDefault(service, List.of());
    }

    /** The applications that offer a gRPC service, sorted. */
    List<String> applications(String grpcService) {
        Set<String> names = new TreeSet<>();
        byService.forEach((service, instances) -> {
            if (instances.stream().anyMatch(instance -> instance.grpcServices().contains(grpcService))) {
                names.add(service);
            }
        });
        return List.copyOf(names);
    }

    private boolean isOwn(String name) {
        return MeetingPoint.hubOf(name).equals(self);
    }

    private void index() {
        Map<String, List<ServiceInstance>> index = new HashMap<>();
        for (Seen each : seen.values()) {
            if (each.listed()) {
                index.computeIfAbsent(each.instance().service(), unused -> new ArrayList<>())
                        .add(each.instance());
            }
        }
        for (List<ServiceInstance> list : index.values()) {
            list.sort(BY_ID);
        }
        byService = index;
    }
}
