/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the health endpoint makes of references.
 *
 * @param references What a reference without usable instances does to the health of this application.
 */
@ConfigurationProperties("rpc.health")
public record RpcHealthProperties(References references) {

    /** Fills in what is not configured. */
    public RpcHealthProperties {
        // Not as a default value of the property: to convert it anew costs every start of an application.
        references = references == null ? References.SHOW : references;
    }

    /** What a reference without usable instances does. */
    public enum References {
        /** It is shown with the status NO_INSTANCES, and the application stays UP. */
        SHOW,
        /** It is DOWN, and so is the application; its liveness and readiness are not touched. */
        FAIL
    }
}
