/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every server of this application says about itself. Immutable.
 *
 * @param service the application's name
 * @param zone the failure domain it runs in, {@code null} if unknown
 * @param version the application's version, {@code null} if unknown
 * @param weight static share of the traffic relative to its peers
 * @param tags free key/value pairs for routing
 * @param register whether consumers are told at all
 */
public record ProviderSettings(
        String service,
        @Nullable String zone,
        @Nullable String version,
        int weight,
        Map<String, String> tags,
        boolean register) {

    /** Copies the tags. */
    public ProviderSettings {
        tags = Map.copyOf(tags);
    }
}
