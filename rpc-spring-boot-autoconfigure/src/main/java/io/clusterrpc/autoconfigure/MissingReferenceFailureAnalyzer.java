/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.RpcReference;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Says why there is no stub for a reference: what makes them is switched off or missing. Comes before Boot's own analyzer, which would
 * advise to define the stub as a bean.
 */
final class MissingReferenceFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException>
        implements Ordered {

    private static final String[] SWITCHES = {
        "spring.grpc.client.enabled", "spring.grpc.client.channelfactory.enabled", "rpc.discovery.enabled"
    };

    private final Environment environment;

    MissingReferenceFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
        InjectionPoint wanted = null;
        for (Throwable each = rootFailure; each != null && each != cause; each = each.getCause()) {
            wanted = each instanceof UnsatisfiedDependencyException unsatisfied
                    ? unsatisfied.getInjectionPoint()
                    : wanted;
        }
        if (wanted == null || !isReference(wanted)) {
            return null;
        }
        String found = "@RpcReference on "
                + wanted.getMember().getDeclaringClass().getName() + "."
                + wanted.getMember().getName() + " gets no "
                + (cause.getResolvableType() != null ? cause.getResolvableType() : cause.getBeanName()) + ": ";
        for (String property : SWITCHES) {
            if ("false".equalsIgnoreCase(environment.getProperty(property))) {
                return new FailureAnalysis(
                        found + property + " is false.",
                        "Remove " + property + "=false, or what is annotated with @RpcReference.",
                        cause);
            }
        }
        return new FailureAnalysis(
                found + "the auto-configuration RpcReferenceAutoConfiguration did not apply.",
                "Add io.clusterrpc:rpc-spring-boot-starter and @EnableAutoConfiguration; the condition report (--debug) says"
                        + " what was missing.",
                cause);
    }

    private static boolean isReference(InjectionPoint point) {
        MethodParameter parameter = point.getMethodParameter();
        return point.getAnnotation(RpcReference.class) != null
                || (parameter != null && parameter.hasMethodAnnotation(RpcReference.class));
    }
}
