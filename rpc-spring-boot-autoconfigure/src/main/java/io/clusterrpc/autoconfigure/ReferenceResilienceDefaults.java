/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.resilience.FailoverBackoff;
import io.clusterrpc.resilience.ReferenceDefaults;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.common.circuitbreaker.configuration.CommonCircuitBreakerConfigurationProperties;
import io.github.resilience4j.common.retry.configuration.CommonRetryConfigurationProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Completes {@code resilience4j.circuitbreaker.instances.<reference>} and {@code resilience4j.retry.instances.<reference>}, also those
 * of single methods ({@code "[<reference>.<method>]"}), where they leave something open: with our base configuration, not with Resilience4j's, which is made for one remote server. An entry
 * that names a {@code base-config} stands as it is. The breaker's base is {@code configs.rpc}, which users may define themselves.
 */
final class ReferenceResilienceDefaults implements BeanPostProcessor, BeanFactoryAware {

    private static final String BASE = "rpc";

    @SuppressWarnings("NullAway.Init") // set before any bean is processed
    private ListableBeanFactory beans;

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        this.beans = (ListableBeanFactory) beanFactory;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof CommonCircuitBreakerConfigurationProperties breakers) {
            complete(breakers);
        } else if (bean instanceof CommonRetryConfigurationProperties retries) {
            complete(retries);
        }
        return bean;
    }

    private void complete(CommonCircuitBreakerConfigurationProperties breakers) {
        if (breakers.getInstances().isEmpty()) {
            return;
        }
        breakers.getConfigs().putIfAbsent(BASE, base());
        for (var own : ofReferences(breakers.getInstances())) {
            if (own.getBaseConfig() == null) {
                own.setBaseConfig(BASE);
            }
        }
    }

    /** What is configured for references and their methods, among the instances of Resilience4j; mostly nothing is. */
    private <T> List<T> ofReferences(Map<String, T> instances) {
        List<T> ours = new ArrayList<>();
        if (!instances.isEmpty()) {
            Set<String> references = KnownReferences.names(beans, beans.getBean(Environment.class));
            instances.forEach((name, own) -> {
                if (references.contains(name) || references.stream().anyMatch(each -> name.startsWith(each + '.'))) {
                    ours.add(own);
                }
            });
        }
        return ours;
    }

    private static CommonCircuitBreakerConfigurationProperties.InstanceProperties base() {
        CircuitBreakerConfig ours = ReferenceDefaults.circuitBreaker();
        var base = new CommonCircuitBreakerConfigurationProperties.InstanceProperties()
                .setSlidingWindowType(ours.getSlidingWindowType())
                .setSlidingWindowSize(ours.getSlidingWindowSize())
                .setMinimumNumberOfCalls(ours.getMinimumNumberOfCalls())
                .setFailureRateThreshold(ours.getFailureRateThreshold())
                .setSlowCallDurationThreshold(ours.getSlowCallDurationThreshold())
                .setWaitDurationInOpenState(ReferenceDefaults.OPEN)
                .setEnableRandomizedWait(true)
                .setRandomizedWaitFactor(ReferenceDefaults.OPEN_JITTER)
                .setPermittedNumberOfCallsInHalfOpenState(ours.getPermittedNumberOfCallsInHalfOpenState())
                .setMaxWaitDurationInHalfOpenState(ours.getMaxWaitDurationInHalfOpenState())
                .setWritableStackTraceEnabled(ours.isWritableStackTraceEnabled());
        base.setTransitionToStateAfterWaitDuration(ours.getTransitionToStateAfterWaitDuration());
        return base;
    }

    private void complete(CommonRetryConfigurationProperties retries) {
        for (var own : ofReferences(retries.getInstances())) {
            if (own.getBaseConfig() == null) {
                complete(own);
            }
        }
    }

    private static void complete(CommonRetryConfigurationProperties.InstanceProperties own) {
        if (own.getMaxAttempts() == null) {
            own.setMaxAttempts(ReferenceDefaults.retry().getMaxAttempts());
        }
        if (own.getWaitDuration() == null && own.getIntervalBiFunction() == null) {
            own.setIntervalBiFunction(FailoverBackoff.class);
        }
    }
}
