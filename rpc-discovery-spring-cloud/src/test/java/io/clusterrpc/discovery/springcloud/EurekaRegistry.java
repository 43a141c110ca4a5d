/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.DataCenterInfo;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.LeaseInfo;
import com.netflix.appinfo.MyDataCenterInfo;
import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.shared.resolver.DefaultEndpoint;
import com.netflix.discovery.shared.transport.EurekaHttpClient;
import io.clusterrpc.ServiceInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;
import org.springframework.cloud.netflix.eureka.CloudEurekaClient;
import org.springframework.cloud.netflix.eureka.EurekaClientConfigBean;
import org.springframework.cloud.netflix.eureka.EurekaDiscoveryClient;
import org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean;
import org.springframework.cloud.netflix.eureka.TimeoutProperties;
import org.springframework.cloud.netflix.eureka.http.DefaultEurekaClientHttpRequestFactorySupplier;
import org.springframework.cloud.netflix.eureka.http.RestClientDiscoveryClientOptionalArgs;
import org.springframework.cloud.netflix.eureka.http.RestClientTransportClientFactories;
import org.springframework.cloud.netflix.eureka.http.RestClientTransportClientFactory;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.RestClient;

/** A real Eureka server in this JVM, and its real clients, hurried: a second between two fetches is their least. */
public final class EurekaRegistry implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(EurekaRegistry.class);

    @EnableEurekaServer
    @EnableAutoConfiguration
    static class Server {}

    private final int port;
    private ConfigurableApplicationContext server;

    /** Starts a server on a free port. */
    public EurekaRegistry() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        start();
    }

    /** Starts it again, empty. */
    public void start() {
        server = new SpringApplicationBuilder(Server.class)
                .properties(Map.ofEntries(
                        Map.entry("spring.application.name", "eureka"),
                        Map.entry("server.address", "127.0.0.1"),
                        Map.entry("server.port", port),
                        Map.entry("eureka.instance.hostname", "127.0.0.1"),
                        Map.entry("eureka.client.service-url.defaultZone", url()),
                        Map.entry("eureka.client.register-with-eureka", false),
                        Map.entry("eureka.client.fetch-registry", false),
                        Map.entry("eureka.server.use-read-only-response-cache", false),
                        // An answer composed while something changed is kept as it is until the next change, or so
                        // long.
                        Map.entry("eureka.server.response-cache-auto-expiration-in-seconds", 1),
                        Map.entry("eureka.server.enable-self-preservation", false),
                        Map.entry("eureka.server.eviction-interval-timer-in-ms", 500),
                        Map.entry("eureka.server.wait-time-in-ms-when-sync-empty", 0),
                        Map.entry("spring.cloud.zookeeper.enabled", false),
                        Map.entry("spring.grpc.server.enabled", false),
                        Map.entry("spring.main.banner-mode", "off"),
                        Map.entry("logging.level.com.netflix", "warn"),
                        Map.entry("rpc.discovery.enabled", false)))
                .run();
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/eureka/";
    }

    public void stop() {
        if (server.isActive()) {
            SpringApplication.exit(server);
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** A client that fetches once a second and hints after every fetch. */
    Client client() {
        return new Client();
    }

    EurekaHttpClient transport() {
        return new RestClientTransportClientFactory(Optional.empty(), Optional.empty(), requests(), RestClient::builder)
                .newClient(new DefaultEndpoint(url()));
    }

    private static DefaultEurekaClientHttpRequestFactorySupplier requests() {
        return new DefaultEurekaClientHttpRequestFactorySupplier(new TimeoutProperties() {}, Set.of());
    }

    /** One process' view. */
    final class Client implements AutoCloseable {

        private final EurekaClient eureka;
        private final EurekaClientConfigBean config = new EurekaClientConfigBean();
        volatile Runnable hint = () -> {};

        Client() {
            config.setServiceUrl(Map.of("defaultZone", url()));
            config.setRegisterWithEureka(false);
            config.setRegistryFetchIntervalSeconds(1);
            EurekaInstanceConfigBean instance = new EurekaInstanceConfigBean(new InetUtils(new InetUtilsProperties()));
            instance.setAppname("observer");
            ApplicationInfoManager manager = new ApplicationInfoManager(
                    instance, new org.springframework.cloud.netflix.eureka.InstanceInfoFactory().create(instance));
            eureka = new CloudEurekaClient(
                    manager,
                    config,
                    new RestClientTransportClientFactories(
                            new RestClientDiscoveryClientOptionalArgs(requests(), RestClient::builder)),
                    event -> {
                        if (event instanceof HeartbeatEvent) {
                            hint.run();
                        }
                    });
        }

        EurekaDiscoveryClient discoveryClient() {
            return new EurekaDiscoveryClient(eureka, config);
        }

        @Override
        public void close() {
            eureka.shutdown();
        }
    }

    /** Registers any number of instances over Eureka's protocol, renews them, and stops renewing when it is killed. */
    static final class Process implements Registrar {

        private final EurekaHttpClient transport;
        private final int lease;
        private final Map<String, InstanceInfo> held = new ConcurrentHashMap<>();
        volatile boolean cut;

        /** The lease is in seconds: as long as it lasts, nothing needs to be renewed. */
        Process(EurekaHttpClient transport, int lease) {
            this.transport = transport;
            this.lease = lease;
        }

        static String eurekaId(ServiceInstance instance) {
            return instance.service() + ":" + instance.id();
        }

        @Override
        public void register(ServiceInstance instance) {
            if (cut) {
                throw new IllegalStateException("cut off");
            }
            InstanceInfo info = InstanceInfo.Builder.newBuilder()
                    .setInstanceId(eurekaId(instance))
                    .setAppName(instance.service())
                    .setVIPAddress(instance.service())
                    .setIPAddr(instance.host())
                    .setHostName(instance.host())
                    .setPort(instance.port())
                    .setDataCenterInfo(new MyDataCenterInfo(DataCenterInfo.Name.MyOwn))
                    .setLeaseInfo(LeaseInfo.Builder.newBuilder()
                            .setDurationInSecs(lease)
                            .setRenewalIntervalInSecs(lease)
                            .build())
                    .setMetadata(RegistrationRecord.write(instance))
                    .build();
            transport.register(info);
            held.put(info.getInstanceId(), info);
        }

        @Override
        public void deregister(ServiceInstance instance) {
            InstanceInfo info = held.remove(eurekaId(instance));
            if (info != null) {
                transport.cancel(info.getAppName(), info.getInstanceId());
            }
        }

        /** As Eureka's own client does it: a failure is left to the next time, and what the server does not know is registered again. */
        void renew() {
            held.keySet()
                    .forEach(id -> held.computeIfPresent(id, (same, info) -> {
                        try {
                            int status = transport
                                    .sendHeartBeat(info.getAppName(), id, info, null)
                                    .getStatusCode();
                            if (status == HttpStatus.NOT_FOUND.value() && !cut) {
                                transport.register(info);
                            }
                        } catch (RuntimeException ex) {
                            logger.info("{} is not renewed: {}", id, ex.toString());
                        }
                        return info;
                    }));
        }

        void kill() {
            held.clear();
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
}
