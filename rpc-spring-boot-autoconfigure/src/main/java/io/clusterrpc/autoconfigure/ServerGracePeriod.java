/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.DrainBudget;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.core.env.Environment;

/**
 * Leaves the calls in flight what the notice time left over, instead of Boot's 30 s, unless the user set the grace period. This
 * happens to the bound properties and not in the environment because the notice time depends on the registries in use.
 */
final class ServerGracePeriod implements BeanPostProcessor {

    private static final String PROPERTY = "spring.grpc.server.shutdown.grace-period";

    private static final Logger log = LoggerFactory.getLogger(ServerGracePeriod.class);

    private final Environment environment;
    private final ObjectProvider<DrainBudget> budget;

    ServerGracePeriod(Environment environment, ObjectProvider<DrainBudget> budget) {
        this.environment = environment;
        this.budget = budget;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof GrpcServerProperties properties) {
            apply(budget.getObject(), properties.getShutdown());
        }
        return bean;
    }

    private void apply(DrainBudget drain, GrpcServerProperties.Shutdown shutdown) {
        if (!Binder.get(environment).bind(PROPERTY, String.class).isBound()) {
            shutdown.setGracePeriod(drain.defaultGrace());
        }
        Duration grace = shutdown.getGracePeriod();
        if (drain.exceededWith(grace)) {
            log.warn(
                    "Stopping may take {} (rpc.provider.drain.notice) and then {} ({}), more than {} s together: "
                            + "Kubernetes kills a container after 30 s unless told otherwise",
                    seconds(drain.notice()),
                    grace.isNegative() ? "for ever" : seconds(grace),
                    PROPERTY,
                    DrainBudget.WHOLE.toSeconds());
        }
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }
}
