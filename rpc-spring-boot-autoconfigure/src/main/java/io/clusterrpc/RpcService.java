/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.ServerInterceptor;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.grpc.server.service.GrpcService;

/**
 * Marks a gRPC service implementation that is served and registered for discovery. It is a {@link GrpcService}, so interceptors
 * work the same way. What the instance announces about itself (weight, version, zone, tags) belongs to the application, not
 * to one of its services: see {@code rpc.provider.*}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@GrpcService
public @interface RpcService {

    /**
     * Types of the {@link ServerInterceptor} beans applied to this service.
     *
     * @return interceptor bean types
     */
    @AliasFor(annotation = GrpcService.class)
    Class<? extends ServerInterceptor>[] interceptors() default {};

    /**
     * Names of the {@link ServerInterceptor} beans applied to this service.
     *
     * @return interceptor bean names
     */
    @AliasFor(annotation = GrpcService.class)
    String[] interceptorNames() default {};

    /**
     * Whether this service's interceptors are sorted among the global ones instead of being applied after them.
     *
     * @return {@code true} to sort them together
     */
    @AliasFor(annotation = GrpcService.class)
    boolean blendWithGlobalInterceptors() default false;
}
