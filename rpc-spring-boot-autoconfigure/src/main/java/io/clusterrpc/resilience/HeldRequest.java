/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.ClientCall;
import org.jspecify.annotations.Nullable;

/**
 * What a caller said so far to a call with one request message, to be said again to the next attempt. Guarded by its call, except
 * {@link #replay}.
 */
final class HeldRequest<ReqT> {

    private @Nullable ReqT message;
    private @Nullable Boolean compression;
    private boolean complete;
    private int requested;

    void message(ReqT message) {
        this.message = message;
    }

    void compression(boolean enabled) {
        compression = enabled;
    }

    void complete() {
        complete = true;
    }

    /** Whether the caller has nothing more to send. */
    boolean isComplete() {
        return complete;
    }

    void request(int messages) {
        if (messages < 0) {
            throw new IllegalArgumentException("messages requested: " + messages + " (expected: >= 0)");
        }
        int sum = requested + messages;
        requested = sum < 0 ? Integer.MAX_VALUE : sum;
    }

    /** How many response messages the caller asked for. */
    int requested() {
        return requested;
    }

    /** Forgets the message: there will be no further attempt. */
    void release() {
        message = null;
    }

    /** Says it to an attempt; only for a complete request, which does not change any more. */
    void replay(ClientCall<ReqT, ?> attempt, int messages) {
        if (compression != null) {
            attempt.setMessageCompression(compression);
        }
        ReqT held = message;
        if (held != null) {
            attempt.sendMessage(held);
        }
        attempt.halfClose();
        // Last, or the event loop would be woken up twice: gRPC sends a single request when it is complete.
        if (messages > 0) {
            attempt.request(messages);
        }
    }
}
