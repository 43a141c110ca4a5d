/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.ClientCall;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a caller said so far to a call whose requests are a stream, to be said again to another attempt. Guarded by its call. */
final class SaidSoFar<ReqT> {

    /** How much is kept. */
    static final int MOST_BYTES = 64 * 1024;

    private static final int BYTES_OF_A_WORD = 64;

    /** One thing that was said. */
    @FunctionalInterface
    interface Word<ReqT> {

        void sayTo(ClientCall<ReqT, ?> attempt);
    }

    private final List<Word<ReqT>> words = new ArrayList<>();
    private int bytes;
    private int requested;

    void say(Word<ReqT> word, int size) {
        words.add(word);
        bytes = Math.min(MOST_BYTES + 1, bytes + BYTES_OF_A_WORD) + Math.min(MOST_BYTES + 1, size);
    }

    /** How much a message counts; one whose size is not known could not be written twice, either. */
    static <ReqT> int size(MethodDescriptor<ReqT, ?> method, ReqT message) {
        if (message instanceof InputStream) {
            return Integer.MAX_VALUE;
        }
        try {
            InputStream stream = method.streamRequest(message);
            return stream instanceof KnownLength || stream instanceof ByteArrayInputStream
                    ? stream.available()
                    : Integer.MAX_VALUE;
        } catch (IOException | RuntimeException e) {
            return Integer.MAX_VALUE; // gRPC will say so when it encodes the message
        }
    }

    /** Whether it is too much to be kept. */
    boolean isTooMuch() {
        return bytes > MOST_BYTES;
    }

    void request(int messages) {
        int sum = requested + messages;
        requested = sum < 0 ? Integer.MAX_VALUE : sum;
    }

    /** How many response messages the caller asked for. */
    int requested() {
        return requested;
    }

    /** Something said, in order; {@code null} if nothing was said after that many. */
    @Nullable
    Word<ReqT> after(int count) {
        return count < words.size() ? words.get(count) : null;
    }
}
