/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.registries;

import io.clusterrpc.benchmarks.discovery.Registry;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.details.JsonInstanceSerializer;
import org.springframework.cloud.zookeeper.discovery.ZookeeperInstance;

/** A real ZooKeeper, with records as Spring Cloud writes them. */
final class ZooKeeperRegistry implements Registry {

    private final TestingServer server;
    private final CuratorFramework curator;
    private final ServiceDiscovery<ZookeeperInstance> registrations;

    ZooKeeperRegistry() throws Exception {
        server = new TestingServer();
        curator = CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(50));
        curator.start();
        registrations = ServiceDiscoveryBuilder.builder(ZookeeperInstance.class)
                .client(curator)
                .basePath("/services")
                .serializer(new JsonInstanceSerializer<>(ZookeeperInstance.class))
                .build();
    }

    @Override
    public String name() {
        return "zookeeper";
    }

    @Override
    public String[] arguments() {
        return new String[] {
            "--rpc.discovery.backends=spring-cloud",
            "--rpc.discovery.disk-cache.enabled=false",
            "--spring.cloud.zookeeper.connect-string=" + server.getConnectString(),
            "--spring.cloud.loadbalancer.enabled=false",
            "--eureka.client.enabled=false"
        };
    }

    @Override
    public Membership join(String id, int port) {
        ServiceInstance<ZookeeperInstance> instance;
        try {
            instance = ServiceInstance.<ZookeeperInstance>builder()
                    .name("greeter")
                    .id(id)
                    .address("127.0.0.1")
                    .port(port)
                    .payload(new ZookeeperInstance(id, "greeter", Metadata.of(id, port)))
                    .build();
            registrations.registerService(instance);
        } catch (Exception e) {
            throw new IllegalStateException("ZooKeeper did not take " + id, e);
        }
        return new Membership() {
            @Override
            public boolean registered() {
                return true;
            }

            @Override
            public void close() {
                try {
                    registrations.unregisterService(instance);
                } catch (Exception e) {
                    throw new IllegalStateException("ZooKeeper kept " + id, e);
                }
            }
        };
    }

    @Override
    public void close() {
        curator.close();
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
