/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.nginx.NginxState.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended.
 *
 * @param outcome in a word
 * @param problem in a sentence, {@code null} if it succeeded
 */
record Attempt(Outcome outcome, @Nullable String problem) {

    static final Attempt RELOADED = new Attempt(Outcome.RELOADED, null);
}
