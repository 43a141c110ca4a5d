/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.SAFE;
import static io.clusterrpc.resilience.CallFixture.UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.MoreExecutors;
import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deadlines of attempts that gRPC leaves to the context of the attempt. */
class TimedAttemptTests {

    private final CallFixture fixture = new CallFixture();
    private final CallerLog caller = new CallerLog();

    @AfterEach
    void noTimerIsLeft() {
        assertThat(fixture.time.timers()).isZero();
    }

    @Test
    void theContextOfAnAttemptHasItsDeadlineSoThatGrpcSetsNoTimer() {
        fixture.start(SAFE, caller);
        FakeCall first = fixture.channel.attempt(1);
        assertThat(first.context.getDeadline()).isNotNull().isEqualTo(first.options.getDeadline());
        assertThat(fixture.time.timers()).isOne();
        first.answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(first.context.isCancelled()).isTrue();
    }

    @Test
    void anAttemptThatIsNotRepeatedHasThatOfTheCall() {
        fixture.start(UNSAFE, caller);
        FakeCall only = fixture.channel.attempt(1);
        assertThat(only.context.getDeadline()).isEqualTo(only.options.getDeadline());
        fixture.time.advance(Duration.ofSeconds(5));
        // What makes gRPC end the call.
        assertThat(only.context.cancellationCause()).isInstanceOf(TimeoutException.class);
        only.ends(Status.DEADLINE_EXCEEDED);
        assertThat(caller.heard).containsExactly("DEADLINE_EXCEEDED");
    }

    @Test
    void whatTheCallerHearsItHearsInItsOwnContext() {
        List<Context> heardIn = new ArrayList<>();
        CallerLog listener = new CallerLog() {
            @Override
            public void onHeaders(Metadata headers) {
                heardIn.add(Context.current());
            }

            @Override
            public void onMessage(String message) {
                heardIn.add(Context.current());
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                heardIn.add(Context.current());
            }
        };
        Context own = Context.current().withValue(Context.key("who"), "caller");
        own.run(() -> fixture.start(SAFE, listener));
        FakeCall first = fixture.channel.attempt(1);
        first.context.run(() -> first.answers("hi"));
        assertThat(heardIn).containsExactly(own, own, own);
    }

    @Test
    void anEarlierDeadlineOfTheContextIsWatchedWhereItCameFrom() {
        Deadline soon = Deadline.after(1, TimeUnit.SECONDS, fixture.time);
        CancellableContext serving = Context.current().withDeadline(soon, fixture.time.scheduler());
        serving.run(() -> fixture.start(UNSAFE, caller));
        assertThat(fixture.time.timers()).isOne();
        fixture.channel.attempt(1).answers("hi");
        serving.cancel(null);
    }

    @Test
    void aTimerThatWasShutDownLeavesItToGrpc() {
        fixture.time.rejecting = true;
        fixture.start(SAFE, caller);
        FakeCall first = fixture.channel.attempt(1);
        assertThat(first.options.getDeadline()).isNotNull();
        assertThat(first.context.getDeadline()).isNull();
        first.answers("hi");
    }

    @Test
    void callbacksOnTheThreadThatEndsAnAttemptLeaveItToGrpc() {
        fixture.options = CallOptions.DEFAULT.withExecutor(MoreExecutors.directExecutor());
        fixture.start(SAFE, caller);
        FakeCall first = fixture.channel.attempt(1);
        assertThat(first.context.getDeadline()).isNull();
        first.answers("hi");
    }

    @Test
    void anAttemptThatCannotBeMadeLeavesNoTimer() {
        fixture.channel.startThrows = new IllegalStateException("no");
        assertThatThrownBy(() -> fixture.start(SAFE, caller)).isSameAs(fixture.channel.startThrows);
    }
}
