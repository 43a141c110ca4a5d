/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Takes the registration of the application out of Spring Cloud's hands: what starts it there knows the web port only, comes before the
 * gRPC server, and leaves after it. The registration itself and the registry's client stay, and are used once the gRPC server is ready.
 *
 * <p>Where the application has no fixed web port, Eureka's client would give all its instances on a machine one and the same id.
 */
final class RegistrationTakeOver implements BeanFactoryPostProcessor {

    private static final Logger logger = LoggerFactory.getLogger(RegistrationTakeOver.class);
    private static final String EUREKA_ID = "eureka.instance.instance-id";

    private final Environment environment;

    RegistrationTakeOver(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        List<String> taken = new ArrayList<>();
        for (String name : beans.getBeanNamesForType(AutoServiceRegistration.class, true, false)) {
            if (beans instanceof BeanDefinitionRegistry registry && registry.containsBeanDefinition(name)) {
                registry.removeBeanDefinition(name);
                taken.add(name);
            }
        }
        // Also where nothing is left to take: it was taken before where the application was processed ahead of time.
        giveEurekaAnId();
        if (taken.isEmpty()) {
            return;
        }
        logger.info(
                "{} does not register this application with its web port: it is registered once, when the gRPC server is ready, with"
                        + " the gRPC port in the metadata (rpc.discovery.spring-cloud.register=false leaves it to Spring Cloud)",
                String.join(", ", taken));
    }

    private void giveEurekaAnId() {
        boolean fixedPort = environment.getProperty("server.port", Integer.class, 0) > 0
                && environment
                        .getProperty("spring.main.web-application-type", "")
                        .isEmpty();
        if (!fixedPort
                && !environment.containsProperty(EUREKA_ID)
                && environment instanceof ConfigurableEnvironment configurable) {
            String id = environment.getProperty("spring.cloud.client.hostname", "localhost") + ":"
                    + environment.getProperty("spring.application.name", "application") + ":"
                    + UUID.randomUUID().toString().substring(0, 8);
            configurable
                    .getPropertySources()
                    .addLast(new MapPropertySource("rpcEurekaInstance", Map.of(EUREKA_ID, id)));
        }
    }
}
