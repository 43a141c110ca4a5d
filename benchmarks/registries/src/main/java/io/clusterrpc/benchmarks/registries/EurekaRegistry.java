/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.registries;

import com.netflix.appinfo.DataCenterInfo;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.LeaseInfo;
import com.netflix.appinfo.MyDataCenterInfo;
import com.netflix.discovery.shared.resolver.DefaultEndpoint;
import com.netflix.discovery.shared.transport.EurekaHttpClient;
import io.clusterrpc.benchmarks.discovery.Registry;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.netflix.eureka.TimeoutProperties;
import org.springframework.cloud.netflix.eureka.http.DefaultEurekaClientHttpRequestFactorySupplier;
import org.springframework.cloud.netflix.eureka.http.RestClientTransportClientFactory;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

/** A real Eureka server without its second cache, whose clients fetch every second: their least. */
final class EurekaRegistry implements Registry {

    @EnableEurekaServer
    @EnableAutoConfiguration
    static class Server {}

    private static final int LEASE_SECONDS = 3600;

    private final ConfigurableApplicationContext server;
    private final String url;
    private final EurekaHttpClient eureka;

    EurekaRegistry() {
        server = new SpringApplicationBuilder(Server.class)
                .run(
                        "--spring.application.name=eureka",
                        "--server.address=127.0.0.1",
                        "--server.port=0",
                        "--eureka.client.register-with-eureka=false",
                        "--eureka.client.fetch-registry=false",
                        "--eureka.server.use-read-only-response-cache=false",
                        "--eureka.server.enable-self-preservation=false",
                        "--eureka.server.wait-time-in-ms-when-sync-empty=0",
                        "--spring.cloud.zookeeper.enabled=false",
                        "--spring.grpc.server.enabled=false",
                        "--rpc.discovery.enabled=false");
        url = "http://127.0.0.1:" + server.getEnvironment().getRequiredProperty("local.server.port") + "/eureka/";
        eureka = new RestClientTransportClientFactory(
                        Optional.empty(),
                        Optional.empty(),
                        new DefaultEurekaClientHttpRequestFactorySupplier(new TimeoutProperties() {}, Set.of()),
                        RestClient::builder)
                .newClient(new DefaultEndpoint(url));
    }

    @Override
    public String name() {
        return "eureka";
    }

    @Override
    public String[] arguments() {
        return new String[] {
            "--rpc.discovery.backends=spring-cloud",
            "--rpc.discovery.disk-cache.enabled=false",
            "--eureka.client.service-url.defaultZone=" + url,
            "--eureka.client.register-with-eureka=false",
            "--eureka.client.registry-fetch-interval-seconds=1",
            // The server, which consumers do not have, brings Jersey.
            "--eureka.client.jersey.enabled=false",
            "--spring.cloud.loadbalancer.enabled=false",
            "--spring.cloud.zookeeper.enabled=false"
        };
    }

    @Override
    public Membership join(String id, int port) {
        eureka.register(InstanceInfo.Builder.newBuilder()
                .setInstanceId(id)
                .setAppName("greeter")
                .setVIPAddress("greeter")
                .setIPAddr("127.0.0.1")
                .setHostName("127.0.0.1")
                .setPort(port)
                .setDataCenterInfo(new MyDataCenterInfo(DataCenterInfo.Name.MyOwn))
                .setLeaseInfo(LeaseInfo.Builder.newBuilder()
                        .setDurationInSecs(LEASE_SECONDS)
                        .setRenewalIntervalInSecs(LEASE_SECONDS)
                        .build())
                .setMetadata(Metadata.of(id, port))
                .build());
        return new Membership() {
            @Override
            public boolean registered() {
                return true;
            }

            @Override
            public void close() {
                eureka.cancel("GREETER", id);
            }
        };
    }

    @Override
    public void close() {
        eureka.shutdown();
        server.close();
    }
}
