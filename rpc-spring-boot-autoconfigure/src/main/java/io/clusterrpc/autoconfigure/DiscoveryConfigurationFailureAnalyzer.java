/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.discovery.DiscoveryConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which setting of discovery keeps the application from starting, and what to set instead. */
final class DiscoveryConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<DiscoveryConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DiscoveryConfigurationException cause) {
        return new FailureAnalysis("Discovery cannot work: " + cause.getMessage(), cause.remedy(), cause);
    }
}
