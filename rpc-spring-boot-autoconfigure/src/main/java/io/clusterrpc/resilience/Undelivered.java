/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.grpc.Status;
import java.util.List;

/**
 * Why a request surely reached no handler although a stream was opened for it: what gRPC repeats by itself ("transparent retry"),
 * and leaves to the failover on channels without its retry buffer.
 *
 * <p>gRPC tells its own retry alone how far a stream got. From outside it takes three signs together: the tracer of the attempt's
 * only stream heard nothing, so that no server can have written the status; the tracer saw the headers leave, or not; and the
 * transport describes the end in words that it uses for nothing else. Were the words to change, a request would not be
 * repeated that could be, and {@code UndeliveredIT} would fail: never the other way round.
 */
enum Undelivered {
    /** It may have been delivered. */
    NO,
    /**
     * The connection was lost or left before the headers were given to the socket, and they never will be. Not said of a
     * connection that is given up as dead: what waits to be written to it may still leave when it wakes up.
     */
    NOT_SENT,
    /** The server said that it did not process the stream: reset as REFUSED_STREAM, or beyond the last one of its GOAWAY. */
    REFUSED;

    private static final String RESET = "RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM";

    /** Any other code and Netty may name a wrong last stream (its issue 10670). */
    private static final String GOAWAY = "Abrupt GOAWAY closed sent stream. HTTP/2 error code: NO_ERROR";

    /** How a transport that is gone, or takes no streams any more, ends one that it did not write. */
    private static final List<String> GONE = List.of(
            "GOAWAY shut down transport",
            "Connection closed after GOAWAY",
            "Network closed for unknown reason",
            "io exception",
            "Subchannel shutdown invoked",
            "Abrupt GOAWAY closed unsent stream",
            "GOAWAY closed buffered stream",
            "Connection closed while stream is buffered",
            "Transport closed for unknown reason",
            "channel closed",
            "ssl exception",
            "InternalSubchannel closed transport",
            "Stream IDs have been exhausted");

    /** Looks at an attempt that ended. */
    static Undelivered of(Attempt attempt, Status status) {
        String description = status.getDescription();
        if (status.getCode() != Status.Code.UNAVAILABLE || description == null || !attempt.unheard()) {
            return NO;
        }
        if (description.startsWith(RESET) || description.startsWith(GOAWAY)) {
            return REFUSED;
        }
        if (attempt.unwritten()) {
            for (String words : GONE) {
                if (description.startsWith(words)) {
                    return NOT_SENT;
                }
            }
        }
        return NO;
    }
}
