/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that are read on the thread of the transport and handed over as a whole. */
class OnePieceTests {

    private final CallFixture fixture = new CallFixture();
    private final FakeChannel channel = fixture.channel;
    private final CallerLog caller = new CallerLog();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Executor blocked = tasks::add;

    @BeforeEach
    void readOnTheTransport() {
        fixture.policy = CallPolicy.DEFAULTS.withReadOn(ResponseThread.TRANSPORT);
    }

    @Test
    void aCallerThatWaitsHearsItInOneTask() {
        fixture.options = CallOptions.DEFAULT.withExecutor(blocked);
        fixture.start(SAFE, caller);
        assertThat(channel.attempt(1).options.getExecutor()).isNotSameAs(blocked);
        channel.attempt(1).listener.onReady();
        channel.attempt(1).answers("hi");
        assertThat(caller.heard).isEmpty();
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(fixture.events).containsExactly("attempt 1 OK", "call ANSWERED OK 1");
    }

    @Test
    void otherCallersHearItOnTheThreadOfTheTransport() {
        fixture.start(SAFE, caller);
        channel.attempt(1).sends("hi");
        assertThat(caller.heard).isEmpty();
        channel.attempt(1).ends(Status.OK);
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void failuresAreRepeatedAsEver() {
        fixture.start(SAFE, caller);
        channel.attempt(1).sendsHeaders();
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(Duration.ofMillis(100));
        channel.attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void aCallThatFailsAfterItsMessageTellsBoth() {
        fixture.start(SAFE, caller);
        channel.attempt(1).sends("hi");
        channel.attempt(1).ends(Status.INTERNAL);
        assertThat(caller.heard).containsExactly("headers", "hi", "INTERNAL");
        assertThat(channel.calls).hasSize(1);
    }

    @Test
    void aCallerThatThrowsHearsTheEnd() {
        caller.onHeadersThrows = new IllegalStateException("no");
        fixture.start(SAFE, caller);
        channel.attempt(1).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "CANCELLED");
        assertThat(caller.end().getCause()).isSameAs(caller.onHeadersThrows);
    }

    @Test
    void streamsKeepTheirExecutor() {
        fixture.options = CallOptions.DEFAULT.withExecutor(blocked);
        fixture.start(LIST, caller);
        assertThat(channel.attempt(1).options.getExecutor()).isSameAs(blocked);
        channel.attempt(1).sends("one");
        assertThat(caller.heard).containsExactly("headers", "one");
        channel.attempt(1).ends(Status.OK);
    }
}
