/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.RpcService;
import io.clusterrpc.reference.LibraryBeans;
import io.grpc.BindableService;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.grpc.server.GrpcServletRegistration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerFactoryCustomizer;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** Finds mistakes in the services of an application before a server starts, and says which beans made them. */
final class RpcServiceChecks implements SmartInitializingSingleton {

    private static final Logger logger = LoggerFactory.getLogger(RpcServiceChecks.class);

    private final ConfigurableListableBeanFactory beans;

    private final Environment environment;

    RpcServiceChecks(ConfigurableListableBeanFactory beans, Environment environment) {
        this.beans = beans;
        this.environment = environment;
    }

    @Override
    public void afterSingletonsInstantiated() {
        noneInAServletContainer();
        everyRpcServiceIsBindable();
        if (WrittenProperties.isWritten(environment, NonBlockingNames.PROPERTY)) {
            NonBlockingNames.check(
                    RpcProviderProperties.of(environment).executor().nonBlocking(), beans);
        }
        // A customizer may give each of several servers its own services, and then two beans for one service are no
        // mistake.
        if (beans.getBeanNamesForType(GrpcServerFactoryCustomizer.class, true, false).length == 0) {
            noServiceTwice();
        }
    }

    /** Boot reports nothing of a gRPC server that a servlet container runs, so its life cannot be followed. */
    private void noneInAServletContainer() {
        // Needs the classes of a servlet container.
        if (ClassUtils.isPresent(
                        "org.springframework.boot.grpc.server.GrpcServletRegistration",
                        RpcServiceChecks.class.getClassLoader())
                && beans.getBeanNamesForType(GrpcServletRegistration.class, true, false).length > 0) {
            logger.warn("gRPC services in a servlet container are not announced to consumers: "
                    + "set spring.grpc.server.servlet.enabled=false to serve them from a port of their own");
        }
    }

    private void everyRpcServiceIsBindable() {
        for (String name : beans.getBeanDefinitionNames()) {
            BeanDefinition definition = beans.getBeanDefinition(name);
            if (definition.isAbstract()
                    || LibraryBeans.made(definition)
                    || beans.findAnnotationOnBean(name, RpcService.class) == null) {
                continue;
            }
            Class<?> type = beans.getType(name);
            if (type != null && !BindableService.class.isAssignableFrom(type)) {
                String userType = ClassUtils.getUserClass(type).getName();
                throw new FailureAnalyzedException(
                        "The bean '" + name + "' is an @RpcService, but its class " + userType
                                + " is no gRPC service: it does not implement " + BindableService.class.getName() + ".",
                        "Let " + userType + " extend the base class generated for the service (for example"
                                + " GreeterGrpc.GreeterImplBase), or remove the annotation.");
            }
        }
    }

    private void noServiceTwice() {
        Map<String, String> owners = new TreeMap<>();
        beans.getBeansOfType(BindableService.class).forEach((name, bean) -> {
            if (ScopedProxyUtils.isScopedTarget(name)) {
                return; // stands behind the bean that is served
            }
            String service = bean.bindService().getServiceDescriptor().getName();
            String other = owners.putIfAbsent(service, name);
            if (other != null) {
                throw new FailureAnalyzedException(
                        "The beans '" + other + "' and '" + name + "' both implement the gRPC service " + service
                                + "; a server can offer it only once.",
                        "Remove one of the two beans, for example by a condition or a profile.");
            }
        });
    }
}
