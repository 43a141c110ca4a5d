/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryException;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Writes slices, one for each instance, as Kubernetes would for the pods of a Service: registering is a pod that becomes ready, closing one
 * that is terminated and then gone. Watching is {@link KubernetesDiscovery}'s. An API server accepts no slice with a loopback
 * address, so another one stands for it there.
 */
final class ControlPlane implements DiscoveryBackend {

    private static final String LOOPBACK = "127.0.0.1";
    private static final String WRITTEN = "10.9.9.9";

    private final KubernetesDiscovery discovery;
    private final KubernetesClient client;
    private final String namespace;
    private final Map<String, Pod> pods = new ConcurrentHashMap<>();
    private final List<Pod> dead = new CopyOnWriteArrayList<>();

    ControlPlane(KubernetesDiscovery discovery, KubernetesClient client, String namespace) {
        this.discovery = discovery;
        this.client = client;
        this.namespace = namespace;
    }

    @Override
    public String name() {
        return discovery.name();
    }

    @Override
    public Duration noticeTime() {
        return discovery.noticeTime();
    }

    @Override
    public Subscription watch(String service, Listener listener) {
        return discovery.watch(service, new Listener() {
            @Override
            public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
                listener.onInstances(
                        instances.stream().map(ControlPlane::told).toList(),
                        left.stream().map(ControlPlane::pod).collect(Collectors.toSet()));
            }

            @Override
            public void onError(DiscoveryException problem) {
                listener.onError(problem);
            }
        });
    }

    /** Under the name of its pod, at loopback. */
    private static ServiceInstance told(ServiceInstance instance) {
        return ServiceInstance.builder(
                        instance.service(),
                        pod(instance.id()),
                        instance.host().replace(WRITTEN, LOOPBACK),
                        instance.port())
                .zone(instance.zone())
                .version(instance.version())
                .weight(instance.weight())
                .tags(instance.tags())
                .startTime(instance.startTime())
                .build();
    }

    private static String pod(String id) {
        return id.split(":")[1];
    }

    @Override
    public Registration register(ServiceInstance instance) {
        Pod pod = new Pod(instance);
        pods.put(instance.id(), pod);
        return pod;
    }

    /** The node died: its pods are not ready any more. */
    void crash() {
        pods.values().forEach(Pod::fail);
        dead.addAll(pods.values());
        pods.clear();
    }

    /** The pod is alive, but not listed until the subscription is closed. */
    Subscription hide(ServiceInstance instance) {
        Pod pod = pods.get(instance.id());
        pod.delete();
        return () -> {
            if (pods.containsKey(instance.id())) {
                pod.create();
            }
        };
    }

    @Override
    public void close() {
        discovery.close();
        pods.values().forEach(Pod::close);
        // Or the next run in this namespace would find them.
        dead.forEach(Pod::delete);
        dead.clear();
    }

    private final class Pod implements Registration {

        private ServiceInstance instance;
        private boolean open = true;
        private boolean exists;

        Pod(ServiceInstance instance) {
            this.instance = instance;
            create();
        }

        private synchronized void create() {
            client.resource(slice(true, false)).create();
            exists = true;
        }

        private EndpointSlice slice(boolean ready, boolean terminating) {
            Endpoint endpoint = Slices.endpoint(
                    instance.id(),
                    instance.host().replace(LOOPBACK, WRITTEN),
                    ready,
                    ready || terminating,
                    terminating);
            endpoint.setZone(instance.zone());
            EndpointSlice slice = Slices.slice(
                    instance.service(),
                    instance.service() + "-" + instance.id().replace('_', '-'),
                    "IPv4",
                    List.of(Slices.port("grpc", instance.port())),
                    endpoint);
            EndpointSliceBuilder described = slice.edit()
                    .editMetadata()
                    .withNamespace(namespace)
                    .addToAnnotations(Vocabulary.WEIGHT, String.valueOf(instance.weight()))
                    .endMetadata();
            if (instance.version() != null) {
                described
                        .editMetadata()
                        .addToAnnotations(Vocabulary.VERSION, instance.version())
                        .endMetadata();
            }
            instance.tags()
                    .forEach((key, value) -> described
                            .editMetadata()
                            .addToAnnotations(Vocabulary.TAG + key, value)
                            .endMetadata());
            return described.build();
        }

        @Override
        public synchronized void update(ServiceInstance changed) {
            instance = changed;
            client.resource(slice(true, false)).update();
        }

        @Override
        public boolean registered() {
            return open;
        }

        synchronized void fail() {
            if (exists) {
                client.resource(slice(false, false)).update();
            }
        }

        synchronized void delete() {
            client.resource(slice(false, false)).delete();
            exists = false;
        }

        @Override
        public synchronized void close() {
            if (open && exists) {
                client.resource(slice(false, true)).update();
                delete();
            }
            open = false;
        }
    }
}
