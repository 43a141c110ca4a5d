/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.kubernetes.KubernetesSettings.AddressFamily;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the slices of one Service into instances. An endpoint may stand in several slices, by family of its address or because it is being
 * moved: it is listed once, and it is leaving as soon as one of them says so. What cannot be used is left out or replaced by a
 * default, with a warning once as long as it stays so. Owned by the event loop.
 */
final class EndpointReader {

    private static final Pattern HOST = Pattern.compile(
            "[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[\\w.-]+)?");

    /** An instance, and how much its address is wanted: the least rank wins. */
    private record Candidate(ServiceInstance instance, int rank) {

        Candidate orBetter(Candidate other) {
            return other.rank < rank ? other : this;
        }
    }

    private final String service;
    private final String portName;
    private final String preferredFamily;
    private final Warnings warnings;

    EndpointReader(String service, String portName, AddressFamily family) {
        this.service = service;
        this.portName = portName;
        this.preferredFamily = family == AddressFamily.IPV6 ? "IPv6" : "IPv4";
        this.warnings = new Warnings("Endpoints of the Service " + service);
    }

    /**
     * Reads all slices of the Service together.
     *
     * @param slices sorted by name, so that the same slices give the same list
     */
    Listing read(Collection<EndpointSlice> slices) {
        warnings.begin();
        Map<String, Candidate> ready = new TreeMap<>();
        Set<String> leaving = new TreeSet<>();
        for (EndpointSlice slice : slices) {
            List<Endpoint> endpoints = slice.getEndpoints();
            Integer port = endpoints == null || endpoints.isEmpty() ? null : port(slice);
            if (port != null) {
                endpoints.forEach(endpoint -> read(slice, endpoint, port, ready, leaving));
            }
        }
        ready.keySet().removeAll(leaving);
        return new Listing(ready.values().stream().map(Candidate::instance).toList(), leaving);
    }

    private void read(
            EndpointSlice slice, Endpoint endpoint, int port, Map<String, Candidate> ready, Set<String> leaving) {
        ServiceInstance instance = instance(slice, endpoint, port);
        if (instance == null) {
            return;
        }
        EndpointConditions conditions = endpoint.getConditions();
        if (conditions != null && Boolean.TRUE.equals(conditions.getTerminating())) {
            leaving.add(instance.id());
        } else if (conditions == null || !Boolean.FALSE.equals(conditions.getReady())) {
            // What is not said counts as ready.
            ready.merge(instance.id(), new Candidate(instance, rank(slice)), Candidate::orBetter);
        }
    }

    private int rank(EndpointSlice slice) {
        if (preferredFamily.equals(slice.getAddressType())) {
            return 0;
        }
        return "FQDN".equals(slice.getAddressType()) ? 2 : 1;
    }

    private @Nullable Integer port(EndpointSlice slice) {
        List<EndpointPort> ports = slice.getPorts() == null ? List.of() : slice.getPorts();
        List<EndpointPort> named =
                ports.stream().filter(port -> portName.equals(port.getName())).toList();
        List<EndpointPort> chosen = named.isEmpty() ? ports : named;
        if (chosen.size() != 1) {
            warnings.add("those of the slice " + name(slice) + " are left out: none of its " + chosen.size() + " ports "
                    + ports.stream().map(EndpointPort::getName).toList() + " is named '" + portName
                    + "'. Name the Service's gRPC port so, or set rpc.discovery.kubernetes.port-name");
            return null;
        }
        Integer port = chosen.get(0).getPort();
        String protocol = chosen.get(0).getProtocol();
        if (port == null || port < 1 || port > 65535 || protocol != null && !protocol.equals("TCP")) {
            warnings.add("those of the slice " + name(slice) + " are left out: its port is " + port + "/" + protocol
                    + " (expected: 1..65535/TCP)");
            return null;
        }
        return port;
    }

    private @Nullable ServiceInstance instance(EndpointSlice slice, Endpoint endpoint, int port) {
        // The others, if any, are of no defined use.
        List<String> addresses = endpoint.getAddresses();
        String host = addresses == null || addresses.isEmpty() ? "" : Objects.requireNonNullElse(addresses.get(0), "");
        if (!HOST.matcher(host).matches()) {
            warnings.add("one in the slice " + name(slice) + " is left out: its address is '" + host
                    + "' (expected: an IP address or host name)");
            return null;
        }
        String id = PodId.of(endpoint.getTargetRef());
        ServiceInstance.Builder instance = id == null
                ? ServiceInstance.builder(service, host, port)
                : ServiceInstance.builder(service, id, host, port);
        return instance.zone(blankToNull(endpoint.getZone()))
                .version(blankToNull(Vocabulary.version(slice.getMetadata())))
                .weight(weight(slice))
                .tags(Vocabulary.tags(slice.getMetadata(), endpoint.getNodeName()))
                .build();
    }

    private int weight(EndpointSlice slice) {
        String text = Vocabulary.value(slice.getMetadata(), Vocabulary.WEIGHT);
        if (text == null) {
            return ServiceInstance.DEFAULT_WEIGHT;
        }
        int weight = text.strip().matches("\\d{1,4}") ? Integer.parseInt(text.strip()) : -1;
        if (weight >= 0 && weight <= 1000) {
            return weight;
        }
        warnings.add("those of the slice " + name(slice) + " count with weight " + ServiceInstance.DEFAULT_WEIGHT + ": "
                + Vocabulary.WEIGHT + " is '" + text + "' (expected: 0..1000)");
        return ServiceInstance.DEFAULT_WEIGHT;
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static String name(EndpointSlice slice) {
        return slice.getMetadata().getName();
    }
}
