/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.Attempt;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepeatRuleTests {

    private static final Status CLOSED = Status.UNKNOWN.withCause(new ClosedChannelException());

    @Test
    void connectionThatClosedUnderTheRequestIsNoAnswer() {
        assertThat(allows(true, CLOSED)).isTrue();
        assertThat(allows(false, CLOSED)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "INTERNAL, RST_STREAM closed stream. HTTP/2 error code: INTERNAL_ERROR",
        "INTERNAL, Received unexpected EOS on empty DATA frame from server",
        "INTERNAL, Received unexpected EOS on non-empty DATA frame from server",
        "INTERNAL, Encountered end-of-stream mid-frame",
        "UNKNOWN, missing GRPC status in response",
    })
    void answerThatBrokeOffIsNoAnswer(Status.Code code, String words) {
        Status status = code.toStatus().withDescription(words);
        assertThat(allows(true, status)).isTrue();
        assertThat(allows(false, status)).isFalse();
    }

    @Test
    void handlerThatThrewIsAnAnswer() {
        assertThat(allows(true, Status.UNKNOWN)).isFalse();
        assertThat(allows(true, Status.INTERNAL)).isFalse();
        assertThat(allows(true, Status.INTERNAL.withDescription("no such order")))
                .isFalse();
        assertThat(allows(true, Status.UNKNOWN.withCause(new IllegalStateException())))
                .isFalse();
    }

    private static boolean allows(boolean safe, Status status) {
        return RepeatRule.allows(safe, false, Undelivered.NO, new Attempt(1, Set.of()), status, new Metadata());
    }
}
