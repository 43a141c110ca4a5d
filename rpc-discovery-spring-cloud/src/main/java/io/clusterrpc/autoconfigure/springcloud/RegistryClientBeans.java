/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import io.clusterrpc.discovery.springcloud.DirectoryDiscoveryClient;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClient;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;

/**
 * The clients of an application's registries. Not the composite one, which contains all others and hides which of them sees nothing; and
 * not ours, which would have the directory ask itself.
 */
final class RegistryClientBeans {

    private RegistryClientBeans() {}

    static List<DiscoveryClient> of(ListableBeanFactory beans) {
        List<DiscoveryClient> clients = new ArrayList<>();
        for (String name : beans.getBeanNamesForType(DiscoveryClient.class, true, false)) {
            if (!beans.isTypeMatch(name, CompositeDiscoveryClient.class)
                    && !beans.isTypeMatch(name, DirectoryDiscoveryClient.class)) {
                DiscoveryClient client = beans.getBean(name, DiscoveryClient.class);
                if (!(client instanceof CompositeDiscoveryClient) && !(client instanceof DirectoryDiscoveryClient)) {
                    clients.add(client);
                }
            }
        }
        AnnotationAwareOrderComparator.sort(clients);
        return clients;
    }
}
