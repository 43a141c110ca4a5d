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
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.Objects;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Completes {@code resilience4j.circuitbreaker.instances.<reference>} and {@code resilience4j.retry.instances.<reference>} where
 * they leave something open: with our base configuration, not with Resilience4j's, which is made for one remote server. An entry
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
        breakers.getConfigs().putIfAbsent(BASE, base());
        KnownReferences.names(beans, beans.getBean(Environment.class)).stream()
                .map(breakers.getInstances()::get)
                .filter(Objects::nonNull)
                .filter(own -> own.getBaseConfig() == null)
                .forEach(own -> own.setBaseConfig(BASE));
    }

    private static CommonCircuitBreakerConfigurationProperties.InstanceProperties base() {
        CircuitBreakerConfig ours = ReferenceDefaults.circuitBreaker();
        IntervalFunction open = ours.getWaitIntervalFunctionInOpenState();
        var base = new CommonCircuitBreakerConfigurationProperties.InstanceProperties()
                .setSlidingWindowType(ours.getSlidingWindowType())
                .setSlidingWindowSize(ours.getSlidingWindowSize())
                .setMinimumNumberOfCalls(ours.getMinimumNumberOfCalls())
                .setFailureRateThreshold(ours.getFailureRateThreshold())
                .setSlowCallDurationThreshold(ours.getSlowCallDurationThreshold())
                .setWaitDurationInOpenState(Duration.ofMillis(open.apply(1)))
                .setEnableExponentialBackoff(true)
                .setExponentialBackoffMultiplier((double) open.apply(2) / open.apply(1))
                .setExponentialMaxWaitDurationInOpenState(Duration.ofMillis(open.apply(100)))
                .setPermittedNumberOfCallsInHalfOpenState(ours.getPermittedNumberOfCallsInHalfOpenState())
                .setMaxWaitDurationInHalfOpenState(ours.getMaxWaitDurationInHalfOpenState())
                .setWritableStackTraceEnabled(ours.isWritableStackTraceEnabled());
        base.setTransitionToStateAfterWaitDuration(ours.getTransitionToStateAfterWaitDuration());
        return base;
    }

    private void complete(CommonRetryConfigurationProperties retries) {
        KnownReferences.names(beans, beans.getBean(Environment.class)).stream()
                .map(retries.getInstances()::get)
                .filter(Objects::nonNull)
                .filter(own -> own.getBaseConfig() == null)
                .forEach(ReferenceResilienceDefaults::complete);
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
