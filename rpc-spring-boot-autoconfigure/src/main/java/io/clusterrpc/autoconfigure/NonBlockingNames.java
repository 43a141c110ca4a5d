/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.limit.HandlerSettings;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** Finds names among {@code rpc.provider.executor.non-blocking} that are none of a service or method of this application. */
final class NonBlockingNames {

    static final String PROPERTY = "rpc.provider.executor.non-blocking";

    private NonBlockingNames() {}

    static void check(Set<String> names, ListableBeanFactory beans) {
        Set<String> unknown = new TreeSet<>(names);
        unknown.remove(HandlerSettings.ALL);
        if (unknown.isEmpty()) {
            return;
        }
        Set<String> services = new TreeSet<>();
        for (BindableService bean : beans.getBeansOfType(BindableService.class).values()) {
            ServiceDescriptor service = bean.bindService().getServiceDescriptor();
            services.add(service.getName());
            unknown.remove(service.getName());
            for (MethodDescriptor<?, ?> method : service.getMethods()) {
                unknown.remove(method.getFullMethodName());
            }
        }
        if (!unknown.isEmpty()) {
            throw new FailureAnalyzedException(
                    PROPERTY + ": " + String.join(", ", unknown)
                            + " (expected: a gRPC service of this application, one of " + String.join(", ", services)
                            + "; a method of it, as in Service/Method; or " + HandlerSettings.ALL + " for all)",
                    "Correct the name in " + PROPERTY + ", or remove it: its handlers would then run on"
                            + " threads of their own, which they may block.");
        }
    }
}
