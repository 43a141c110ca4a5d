/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Which calls an overloaded provider refuses before others. A call has it from its {@link CallOptions}, else from the call
 * that is being served where it is made:
 *
 * <pre>{@code stub.withOption(CallPriority.KEY, CallPriority.LOW).report(usage);}</pre>
 *
 * <p>It travels in the request header {@code rpc-priority}. It never reorders anything: a provider that is not overloaded does not
 * look at it.
 */
public enum CallPriority {
    /** May fail when there is much to do: prefetching, reports, batches. Refused at nine tenths of the limit. */
    LOW("low", 0.9),
    /** What a call has if nobody says otherwise. */
    NORMAL("normal", 1),
    /** Somebody waits for it, or others depend on it. Let in up to a tenth above the limit. */
    HIGH("high", 1.1);

    /** Where the {@link CallOptions} of a call carry its priority. */
    public static final CallOptions.Key<CallPriority> KEY = CallOptions.Key.create("io.clusterrpc.priority");

    /**
     * Where the context of a call that is being served carries the priority of what is called for it: its own, if its caller gave it
     * any, and {@link #LOW} if it is a further attempt.
     */
    public static final Context.Key<CallPriority> CONTEXT = Context.key("io.clusterrpc.priority");

    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("rpc-priority", Metadata.ASCII_STRING_MARSHALLER);

    private static final CallPriority[] ALL = values();

    private final String text;
    private final double share;

    CallPriority(String text, double share) {
        this.text = text;
        this.share = share;
    }

    /**
     * Up to which share of the limit of calls in flight such a call is let in.
     *
     * @return around 1
     */
    public double share() {
        return share;
    }

    /**
     * Writes the header, replacing an earlier one.
     *
     * @param headers headers of an attempt, changed
     */
    public void write(Metadata headers) {
        headers.discardAll(HEADER);
        headers.put(HEADER, text);
    }

    /**
     * Reads the header.
     *
     * @param headers headers of a request
     * @return {@code null} if the caller gave none, or one that is not known here
     */
    public static @Nullable CallPriority read(Metadata headers) {
        String value = headers.get(HEADER);
        if (value != null) {
            for (CallPriority priority : ALL) {
                if (priority.text.equals(value)) {
                    return priority;
                }
            }
        }
        return null;
    }
}
