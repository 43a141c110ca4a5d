/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

/**
 * Injects a gRPC stub (or an {@link io.grpc.Channel}) whose calls go to the live instances of another application.
 *
 * <p>The value names the reference; {@code rpc.references.<name>.*} holds its settings, and {@code rpc.references.<name>.service}
 * the application (the same name by default). Without a value the gRPC service that the stub speaks decides, see
 * {@code rpc.services}.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Autowired
@Qualifier
public @interface RpcReference {

    /**
     * The name of the reference; empty to look the application up by the stub's gRPC service.
     *
     * @return the name of the reference
     */
    String value() default "";
}
