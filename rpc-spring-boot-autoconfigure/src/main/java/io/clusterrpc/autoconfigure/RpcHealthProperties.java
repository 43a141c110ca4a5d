/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

/**
 * What the health endpoint makes of references.
 *
 * @param references What a reference without usable instances does to the health of this application.
 */
@ConfigurationProperties(RpcHealthProperties.PREFIX)
public record RpcHealthProperties(@DefaultValue("show") References references) {

    static final String PREFIX = "rpc.health";

    /** Where nothing is configured. */
    static final RpcHealthProperties STANDARD = new RpcHealthProperties(References.SHOW);

    static RpcHealthProperties of(Environment environment) {
        return WrittenProperties.bind(environment, PREFIX, RpcHealthProperties.class, STANDARD);
    }

    /** What a reference without usable instances does. */
    public enum References {
        /** It is shown with the status NO_INSTANCES, and the application stays UP. */
        SHOW,
        /** It is DOWN, and so is the application; its liveness and readiness are not touched. */
        FAIL
    }
}
