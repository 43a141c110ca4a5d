/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.DrainBudget;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.core.env.Environment;

/**
 * Fits what Boot does at the end of a gRPC server to the drain.
 *
 * <p>The calls in flight get what the notice time left over, instead of Boot's 30 s, unless the user set the grace period. This
 * happens to the bound properties and not in the environment because the notice time depends on the registries in use.
 *
 * <p>The drain says NOT_SERVING for good. Boot would say so again when it destroys the bean, and gRPC answers that with a stack
 * trace in the log. (When the bean is made is the time to tell: to look for it before costs start-up time.)
 */
final class ServerStop implements MergedBeanDefinitionPostProcessor {

    private static final String PROPERTY = "spring.grpc.server.shutdown.grace-period";

    private static final Logger log = LoggerFactory.getLogger(ServerStop.class);

    private final Environment environment;
    private final ObjectProvider<DrainBudget> budget;

    ServerStop(Environment environment, ObjectProvider<DrainBudget> budget) {
        this.environment = environment;
        this.budget = budget;
    }

    @Override
    public void postProcessMergedBeanDefinition(RootBeanDefinition beanDefinition, Class<?> beanType, String beanName) {
        if (HealthStatusManager.class.isAssignableFrom(beanType)) {
            beanDefinition.setDestroyMethodName("");
        }
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
