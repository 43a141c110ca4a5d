/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.discovery.DiscoveryException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Service as a reference names it: {@code name} or {@code namespace/name}.
 *
 * @param full as it was written
 * @param namespace {@code null} for the application's own
 * @param name the Service
 */
record ServiceName(String full, @Nullable String namespace, String name) {

    static final String LABEL_RULE =
            "1 to 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit";

    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

    static boolean isLabel(String text) {
        return LABEL.matcher(text).matches();
    }

    /**
     * Reads a name.
     *
     * @throws DiscoveryException if Kubernetes can have no such Service
     */
    static ServiceName parse(String text) {
        int slash = text.indexOf('/');
        String namespace = slash < 0 ? null : text.substring(0, slash);
        String name = text.substring(slash + 1);
        if (!isLabel(name) || namespace != null && !isLabel(namespace)) {
            throw new DiscoveryException(
                    "kubernetes cannot have a Service named '" + text + "' (expected: name or namespace/name, each "
                            + LABEL_RULE
                            + "): set rpc.references.*.service to the name of the Service, which may be another one than the"
                            + " provider's spring.application.name",
                    null);
        }
        return new ServiceName(text, namespace, name);
    }
}
