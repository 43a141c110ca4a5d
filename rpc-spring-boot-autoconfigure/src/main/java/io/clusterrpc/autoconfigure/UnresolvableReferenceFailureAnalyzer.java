/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.reference.UnresolvableReferenceException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to change when a reference cannot work. */
final class UnresolvableReferenceFailureAnalyzer extends AbstractFailureAnalyzer<UnresolvableReferenceException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnresolvableReferenceException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.remedy(), cause);
    }
}
