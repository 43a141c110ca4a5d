/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.consul;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** What the settings of Spring Cloud Consul say, for users who have those. */
final class SpringCloudConsul {

    private static final Logger logger = LoggerFactory.getLogger(SpringCloudConsul.class);
    private static final String REGISTRATION =
            "org.springframework.cloud.consul.serviceregistry.ConsulAutoServiceRegistration";

    private final Environment environment;

    SpringCloudConsul(Environment environment) {
        this.environment = environment;
    }

    List<String> agents() {
        String host = environment.getProperty("spring.cloud.consul.host", "localhost");
        String port = environment.getProperty("spring.cloud.consul.port", "8500");
        String scheme = environment.getProperty("spring.cloud.consul.scheme", "http");
        return List.of(
                scheme + "://" + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port);
    }

    /** The name of the property that holds a token, {@code null} if none does. */
    @Nullable
    String tokenProperty() {
        for (String property : List.of("spring.cloud.consul.discovery.acl-token", "spring.cloud.consul.token")) {
            if (!environment.getProperty(property, "").isBlank()) {
                return property;
            }
        }
        return null;
    }

    /** Its registration names the web port, and consumers would call that. */
    void warnOfSecondRegistration(ClassLoader loader) {
        boolean registers = environment.getProperty("spring.cloud.consul.enabled", Boolean.class, true)
                && environment.getProperty("spring.cloud.consul.discovery.enabled", Boolean.class, true)
                && environment.getProperty("spring.cloud.consul.discovery.register", Boolean.class, true)
                && environment.getProperty(
                        "spring.cloud.service-registry.auto-registration.enabled", Boolean.class, true);
        if (registers && ClassUtils.isPresent(REGISTRATION, loader)) {
            logger.warn("Spring Cloud Consul registers this application as well, with its web port, under a name that"
                    + " consumers of its gRPC services ask for: set spring.cloud.consul.discovery.register=false, or another"
                    + " spring.cloud.consul.discovery.service-name");
        }
    }
}
