/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** What a caller that was turned away talks to while it does not know yet. */
final class UnsentCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

    @Override
    public void start(Listener<RespT> listener, Metadata headers) {}

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(ReqT message) {}

    @Override
    public boolean isReady() {
        return false;
    }
}
