/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.List;

/**
 * Whether an answer broke off: gRPC made up a code that usually is a handler's, because the connection or a proxy ended the stream without
 * one. Told by its cause, which no server can send, or by words. A handler that ends a call with the same words is taken for
 * the transport, which costs another attempt of a method that may be repeated anyway.
 */
final class BrokenOff {

    private static final List<String> INTERNAL = List.of(
            // A proxy whose own connection to the instance broke: nginx, Envoy.
            "RST_STREAM closed stream. HTTP/2 error code: INTERNAL_ERROR",
            "Received unexpected EOS on",
            "Encountered end-of-stream mid-frame");

    /** Trailers without a status, after headers. */
    private static final String NO_STATUS = "missing GRPC status in response";

    private BrokenOff() {}

    static boolean is(Status status) {
        String words = status.getDescription() == null ? "" : status.getDescription();
        return switch (status.getCode()) {
            case UNKNOWN -> status.getCause() instanceof ClosedChannelException || words.startsWith(NO_STATUS);
            case INTERNAL -> INTERNAL.stream().anyMatch(words::startsWith);
            default -> false;
        };
    }
}
