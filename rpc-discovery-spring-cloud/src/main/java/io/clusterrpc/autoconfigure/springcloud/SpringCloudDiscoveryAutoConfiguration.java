/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.springcloud.DirectoryDiscoveryClient;
import io.clusterrpc.discovery.springcloud.DirectoryReactiveDiscoveryClient;
import io.clusterrpc.discovery.springcloud.ServiceRegistries;
import io.clusterrpc.discovery.springcloud.SpringCloudDiscovery;
import io.clusterrpc.discovery.springcloud.SpringCloudSettings;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Flux;

/**
 * Makes the registries of Spring Cloud that an application has the registry of its gRPC servers.
 */
@AutoConfiguration(
        before = RpcDiscoveryAutoConfiguration.class,
        afterName = "org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration")
@ConditionalOnBooleanProperty(name = "rpc.discovery.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SpringCloudProperties.class)
public final class SpringCloudDiscoveryAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    SpringCloudDiscovery rpcSpringCloudDiscovery(
            SpringCloudProperties properties,
            ListableBeanFactory beans,
            ServiceRegistries registries,
            SpringCloudEvents events) {
        SpringCloudDiscovery discovery = SpringCloudDiscovery.of(
                RegistryClientBeans.of(beans),
                registries,
                new SpringCloudSettings(
                        properties.interval(),
                        properties.timeout(),
                        properties.portKeys(),
                        properties.grpcOnlyServices()));
        events.tell(discovery);
        return discovery;
    }

    @Bean
    ServiceRegistries rpcServiceRegistries(
            ListableBeanFactory beans,
            ObjectProvider<ServiceRegistry<?>> registries,
            ObjectProvider<Registration> registrations,
            SpringCloudProperties properties,
            SpringCloudEvents events,
            Environment environment) {
        return new ServiceRegistries(
                new ServiceRegistries.Surroundings(
                        () -> List.copyOf(registries.orderedStream().toList()),
                        () -> registrations.orderedStream().toList(),
                        () -> environment.getProperty("local.server.port", Integer.class, 0),
                        events::registers,
                        events::registered),
                obstacle(properties.register(), beans));
    }

    private static String obstacle(boolean register, ListableBeanFactory beans) {
        if (!register) {
            return "rpc.discovery.spring-cloud.register is false, which leaves that to Spring Cloud";
        }
        return beans.getBeanNamesForType(Registration.class, true, false).length > 0
                ? ""
                : "Spring Cloud has no registration for this application; add the starter of a registry, and leave"
                        + " spring.cloud.service-registry.auto-registration.enabled at true";
    }

    @Bean
    SpringCloudEvents rpcSpringCloudEvents(ApplicationContext context) {
        return new SpringCloudEvents(context);
    }

    /** Where a gRPC server is registered by us, nobody else may register the same application. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnRegisteredServer.class)
    static class RegistrationConfiguration {

        @Bean
        static RegistrationTakeOver rpcRegistrationTakeOver(Environment environment) {
            return new RegistrationTakeOver(environment);
        }
    }

    /** The other way round. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty("rpc.discovery.spring-cloud.discovery-client.enabled")
    static class DiscoveryClientConfiguration {

        @Bean
        @ConditionalOnMissingBean
        DirectoryDiscoveryClient rpcDirectoryDiscoveryClient(
                ObjectProvider<Directory> directory, SpringCloudProperties properties) {
            return new DirectoryDiscoveryClient(
                    directory::getObject, properties.discoveryClient().patience());
        }
    }

    /** The same for those who must not block. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Flux.class)
    @ConditionalOnBooleanProperty("rpc.discovery.spring-cloud.discovery-client.enabled")
    static class ReactiveDiscoveryClientConfiguration {

        @Bean
        @ConditionalOnMissingBean
        DirectoryReactiveDiscoveryClient rpcDirectoryReactiveDiscoveryClient(DirectoryDiscoveryClient client) {
            return new DirectoryReactiveDiscoveryClient(client);
        }
    }
}
