/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;

/** Slices as the control plane writes them. */
final class Slices {

    static final EndpointPort GRPC = port("grpc", 9090);

    private Slices() {}

    static EndpointPort port(String name, Integer number) {
        return new EndpointPortBuilder()
                .withName(name)
                .withPort(number)
                .withProtocol("TCP")
                .build();
    }

    static EndpointSlice slice(String service, String name, Endpoint... endpoints) {
        return slice(service, name, "IPv4", List.of(GRPC), endpoints);
    }

    static EndpointSlice slice(
            String service, String name, String family, List<EndpointPort> ports, Endpoint... endpoints) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(Vocabulary.SERVICE, service)
                .endMetadata()
                .withAddressType(family)
                .withPorts(ports)
                .withEndpoints(endpoints)
                .build();
    }

    static Endpoint ready(String pod, String address) {
        return endpoint(pod, address, true, true, false);
    }

    static Endpoint unready(String pod, String address) {
        return endpoint(pod, address, false, false, false);
    }

    static Endpoint terminating(String pod, String address) {
        return endpoint(pod, address, false, true, true);
    }

    static Endpoint endpoint(String pod, String address, Boolean ready, Boolean serving, Boolean terminating) {
        EndpointBuilder endpoint = new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions()
                .withReady(ready)
                .withServing(serving)
                .withTerminating(terminating)
                .endConditions();
        if (pod != null) {
            endpoint.withTargetRef(new ObjectReferenceBuilder()
                    .withKind("Pod")
                    .withName(pod)
                    .withUid("uid-" + pod)
                    .build());
        }
        return endpoint.build();
    }
}
