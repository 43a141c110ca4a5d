/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.Attempt;
import io.grpc.Status;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That it takes all the signs together; {@code UndeliveredIT} has the real ones. */
class UndeliveredTests {

    private static final Status REFUSED =
            Status.UNAVAILABLE.withDescription("RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM");
    private static final Status GONE = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");

    private final Attempt attempt = new Attempt(1, Set.of());

    private static Attempt.OpenStream stream(boolean sent, boolean heard) {
        return new Attempt.OpenStream() {
            @Override
            public void release() {}

            @Override
            public boolean sent() {
                return sent;
            }

            @Override
            public boolean heard() {
                return heard;
            }
        };
    }

    private Attempt with(Attempt.OpenStream... streams) {
        for (Attempt.OpenStream stream : streams) {
            attempt.streamCreated(FakeChannel.instance(1), stream);
        }
        attempt.close();
        return attempt;
    }

    @Test
    void knowsWhatWasRefusedAndWhatWasNotSent() {
        with(stream(false, false));
        assertThat(Undelivered.of(attempt, REFUSED)).isEqualTo(Undelivered.REFUSED);
        assertThat(Undelivered.of(attempt, GONE)).isEqualTo(Undelivered.NOT_SENT);
    }

    @Test
    void whatLeftIsNotUnsentButMayBeRefused() {
        with(stream(true, false));
        assertThat(Undelivered.of(attempt, REFUSED)).isEqualTo(Undelivered.REFUSED);
        assertThat(Undelivered.of(attempt, GONE)).isEqualTo(Undelivered.NO);
    }

    @Test
    void whereTheServerSaidSomethingItIsTheServersWord() {
        with(stream(false, true));
        assertThat(Undelivered.of(attempt, REFUSED)).isEqualTo(Undelivered.NO);
        assertThat(Undelivered.of(attempt, GONE)).isEqualTo(Undelivered.NO);
    }

    @Test
    void ofSeveralStreamsNothingIsSaid() {
        with(stream(false, false), stream(false, false));
        assertThat(Undelivered.of(attempt, REFUSED)).isEqualTo(Undelivered.NO);
        assertThat(Undelivered.of(attempt, GONE)).isEqualTo(Undelivered.NO);
    }

    @Test
    void ofAStreamThatNobodyWatchedNothingIsSaid() {
        assertThat(Undelivered.of(attempt, REFUSED)).isEqualTo(Undelivered.NO);
        with(() -> {});
        assertThat(Undelivered.of(attempt, REFUSED)).isEqualTo(Undelivered.NO);
    }

    @Test
    void otherWordsAndOtherCodesAreNotBelieved() {
        with(stream(false, false));
        for (String words : new String[] {
            "Keepalive failed. The connection is likely gone",
            "Channel shutdownNow invoked",
            "RST_STREAM closed stream. HTTP/2 error code: CANCEL",
            "Abrupt GOAWAY closed sent stream. HTTP/2 error code: ENHANCE_YOUR_CALM (Bandwidth exhausted)"
        }) {
            assertThat(Undelivered.of(attempt, Status.UNAVAILABLE.withDescription(words)))
                    .as(words)
                    .isEqualTo(Undelivered.NO);
        }
        assertThat(Undelivered.of(attempt, Status.UNAVAILABLE)).isEqualTo(Undelivered.NO);
        assertThat(Undelivered.of(attempt, Status.CANCELLED.withDescription(GONE.getDescription())))
                .isEqualTo(Undelivered.NO);
        assertThat(Undelivered.of(attempt, Status.DEADLINE_EXCEEDED.withDescription(REFUSED.getDescription())))
                .isEqualTo(Undelivered.NO);
    }
}
