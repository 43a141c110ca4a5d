/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.details.JsonInstanceSerializer;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;
import org.springframework.cloud.zookeeper.discovery.ZookeeperDiscoveryClient;
import org.springframework.cloud.zookeeper.discovery.ZookeeperDiscoveryProperties;
import org.springframework.cloud.zookeeper.discovery.ZookeeperInstance;
import org.springframework.cloud.zookeeper.discovery.ZookeeperServiceWatch;
import org.springframework.cloud.zookeeper.serviceregistry.ServiceInstanceRegistration;
import org.springframework.cloud.zookeeper.serviceregistry.ZookeeperServiceRegistry;

/** One process' connection to ZooKeeper with Spring Cloud's own classes; registers any number of instances. */
final class ZooKeeperProcess implements Registrar, AutoCloseable {

    private final CuratorFramework curator;
    private final ZookeeperServiceRegistry registry;
    private final ZookeeperServiceWatch watch;
    private final ZookeeperDiscoveryClient client;
    private final Map<String, ServiceInstanceRegistration> held = new ConcurrentHashMap<>();
    volatile boolean cut;
    volatile Runnable hint = () -> {};

    ZooKeeperProcess(String address) {
        curator = CuratorFrameworkFactory.newClient(address, 4000, 1000, new RetryOneTime(50));
        curator.start();
        ZookeeperDiscoveryProperties properties =
                new ZookeeperDiscoveryProperties(new InetUtils(new InetUtilsProperties()));
        ServiceDiscovery<ZookeeperInstance> discovery = ServiceDiscoveryBuilder.builder(ZookeeperInstance.class)
                .client(curator)
                .basePath(properties.getRoot())
                .serializer(new JsonInstanceSerializer<>(ZookeeperInstance.class))
                .build();
        registry = new ZookeeperServiceRegistry(discovery);
        registry.afterSingletonsInstantiated();
        client = new ZookeeperDiscoveryClient(discovery, null, properties);
        watch = new ZookeeperServiceWatch(curator, properties);
        watch.setApplicationEventPublisher(event -> {
            if (event instanceof HeartbeatEvent) {
                hint.run();
            }
        });
        watch.onApplicationEvent(new InstanceRegisteredEvent<>(this, properties));
    }

    ZookeeperDiscoveryClient client() {
        return client;
    }

    private static String key(ServiceInstance instance) {
        return instance.service() + "/" + instance.id();
    }

    @Override
    public void register(ServiceInstance instance) {
        if (cut) {
            throw new IllegalStateException("cut off");
        }
        ServiceInstanceRegistration registration = ServiceInstanceRegistration.builder()
                .name(instance.service())
                .id(instance.id())
                .address(instance.host())
                .port(instance.port())
                .defaultUriSpec()
                .payload(new ZookeeperInstance(instance.id(), instance.service(), RegistrationRecord.write(instance)))
                .build();
        registry.register(registration);
        held.put(key(instance), registration);
    }

    @Override
    public void deregister(ServiceInstance instance) {
        ServiceInstanceRegistration registration = held.remove(key(instance));
        if (registration != null) {
            registry.deregister(registration);
        }
    }

    /** Behind its owner's back. */
    void delete(ServiceInstance instance) {
        try {
            curator.delete().forPath("/services/" + key(instance));
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** The end of the session, which the server brings about some seconds after a process was killed. */
    void kill() {
        try {
            curator.getZookeeperClient().getZooKeeper().close();
            watch.stop();
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void close() {
        try {
            watch.stop();
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
        curator.close();
    }

    @Override
    public boolean single() {
        return false;
    }

    @Override
    public String obstacle() {
        return "";
    }
}
