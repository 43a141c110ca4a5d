/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.time.Instant;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Consul behind a cable. An application without calls registers what joins. */
final class ConsulRegistry implements Registry {

    private final String[] arguments;
    private final ConfigurableApplicationContext providers;

    ConsulRegistry(int port) {
        this.arguments = new String[] {
            "--rpc.discovery.backends=consul",
            "--rpc.discovery.consul.agents=http://127.0.0.1:" + port,
            "--rpc.discovery.disk-cache.enabled=false"
        };
        this.providers = new SpringApplicationBuilder(QuietApplication.class)
                .web(WebApplicationType.NONE)
                .run(arguments);
    }

    @Override
    public String name() {
        return "consul";
    }

    @Override
    public String[] arguments() {
        return arguments.clone();
    }

    @Override
    public Membership join(String id, int port) {
        DiscoveryBackend.Registration registration = providers
                .getBean(Directory.class)
                .register(ServiceInstance.builder("greeter", id, "127.0.0.1", port)
                        .startTime(Instant.now())
                        .build());
        return new Membership() {
            @Override
            public boolean registered() {
                return registration.registered();
            }

            @Override
            public void close() {
                registration.close();
            }
        };
    }

    @Override
    public void close() {
        providers.close();
    }
}
