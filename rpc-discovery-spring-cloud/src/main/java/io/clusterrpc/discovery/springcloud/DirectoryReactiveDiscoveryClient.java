/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** {@link DirectoryDiscoveryClient} for those who must not block: its first answer may have to be waited for. Thread-safe. */
public final class DirectoryReactiveDiscoveryClient implements ReactiveDiscoveryClient {

    private final DirectoryDiscoveryClient client;

    /**
     * Answers what another client answers.
     *
     * @param client whom to ask; not closed here
     */
    public DirectoryReactiveDiscoveryClient(DirectoryDiscoveryClient client) {
        this.client = client;
    }

    @Override
    public String description() {
        return client.description();
    }

    @Override
    public Flux<ServiceInstance> getInstances(String service) {
        return Flux.defer(() -> Flux.fromIterable(client.getInstances(service)))
                .subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public Flux<String> getServices() {
        return Flux.defer(() -> Flux.fromIterable(client.getServices()));
    }

    @Override
    public int getOrder() {
        return client.getOrder();
    }
}
