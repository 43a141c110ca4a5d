/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.demo.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TallyTests {

    private final Tally tally = new Tally();

    @Test
    void countsSafeAndUnsafeCallsApart() throws InterruptedException {
        StreamObserver<String> answered = tally.safe("SayHello", Function.identity());
        answered.onNext("pid 1");
        answered.onCompleted();
        tally.<String>unsafe("PlaceOrder", Function.identity())
                .onError(Status.UNAVAILABLE.withDescription("gone").asRuntimeException());

        tally.awaitEnd();

        assertThat(tally.toString())
                .startsWith("calls\t1\t1\nfailed\t0\t1\ninstance\tpid 1\t1\t0\nerror\t")
                .endsWith("PlaceOrder UNAVAILABLE: gone\n");
    }
}
