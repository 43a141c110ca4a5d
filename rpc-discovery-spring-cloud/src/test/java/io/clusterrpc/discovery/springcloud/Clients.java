/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import java.util.List;
import java.util.Map;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/** Clients and entries of no registry. */
final class Clients {

    interface Answers {
        List<ServiceInstance> of(String service) throws Exception;
    }

    private Clients() {}

    static DiscoveryClient answering(Answers answers) {
        return answering(answers, List.of("something"));
    }

    static DiscoveryClient answering(Answers answers, List<String> services) {
        return new DiscoveryClient() {
            @Override
            public String description() {
                return "Some Client";
            }

            @Override
            public List<ServiceInstance> getInstances(String service) {
                try {
                    return answers.of(service);
                } catch (RuntimeException ex) {
                    throw ex;
                } catch (Exception ex) {
                    throw new IllegalStateException(ex);
                }
            }

            @Override
            public List<String> getServices() {
                return services;
            }
        };
    }

    static ServiceInstance instance(String id, Map<String, String> metadata) {
        return instance(id, "192.0.2.1", 8080, metadata);
    }

    static ServiceInstance instance(String id, String host, int port, Map<String, String> metadata) {
        return new DefaultServiceInstance(id, "orders", host, port, false, metadata);
    }
}
