/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.CHAT;
import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.SAFE;
import static io.clusterrpc.resilience.CallFixture.UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.CallListener;
import io.clusterrpc.PreviousAttempts;
import io.clusterrpc.RetriedBelow;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.event.RetryEvent;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every interleaving of a call's events that is worth fearing, by hand. {@link RandomScheduleTests} looks for the others. */
class FailoverCallTests {

    private static final Metadata.Key<String> HEADER = Metadata.Key.of("colour", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration BACKOFF = Duration.ofMillis(100);

    private final CallFixture fixture = new CallFixture();
    private final FakeChannel channel = fixture.channel;
    private final CallerLog caller = new CallerLog();

    @AfterEach
    void nothingLeaks() {
        assertThat(fixture.breaker.settled()).isEqualTo(fixture.breaker.acquired.get());
        assertThat(fixture.time.timers()).isZero();
        assertThat(fixture.executor).isEmpty();
        for (FakeCall call : channel.calls) {
            assertThat(call.released).hasValue(call.started && channel.streams ? 1 : 0);
        }
    }

    @Test
    void passesASuccessThrough() {
        fixture.start(SAFE, caller);
        FakeCall first = channel.attempt(1);
        assertThat(first.messages).containsExactly("hello");
        assertThat(first.requested).isEqualTo(2);
        assertThat(first.halfClosed).isTrue();
        first.answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(channel.calls).hasSize(1);
        assertThat(fixture.events).containsExactly("attempt 1 OK", "call ANSWERED OK 1");
        assertThat(fixture.retry.getMetrics().getNumberOfSuccessfulCallsWithoutRetryAttempt())
                .isOne();
    }

    @Test
    void goesToAnotherInstanceAfterTheBackoff() {
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(channel.calls).hasSize(1);
        assertThat(fixture.time.nextTimer()).isEqualTo(BACKOFF);
        fixture.time.advance(BACKOFF);
        FakeCall second = channel.attempt(2);
        assertThat(second.messages).containsExactly("hello");
        assertThat(second.requested).isEqualTo(2);
        assertThat(second.halfClosed).isTrue();
        assertThat(second.attempt.number()).isEqualTo(2);
        assertThat(second.attempt.tried()).containsExactly("instance-1");
        second.answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(fixture.events)
                .containsExactly("attempt 1 UNAVAILABLE", "failover UNAVAILABLE", "attempt 2 OK", "call ANSWERED OK 2");
        assertThat(fixture.retry.getMetrics().getNumberOfSuccessfulCallsWithRetryAttempt())
                .isOne();
        assertThat(fixture.breaker.succeeded).hasValue(1);
    }

    @Test
    void saysAfterTheLastAttemptWhatAllFailedWith() {
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE.withDescription("gone"));
        fixture.time.advance(BACKOFF);
        channel.attempt(2).ends(Status.UNAVAILABLE.withDescription("gone"));
        fixture.time.advance(BACKOFF);
        Metadata trailers = new Metadata();
        trailers.put(HEADER, "red");
        channel.attempt(3).ends(Status.UNAVAILABLE.withDescription("gone as well"), trailers);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(caller.end().getDescription())
                .isEqualTo("gone as well\n3 attempts (10.0.0.1:9090: UNAVAILABLE, 10.0.0.2:9090: UNAVAILABLE,"
                        + " 10.0.0.3:9090: UNAVAILABLE)");
        assertThat(caller.trailers.get(HEADER)).isEqualTo("red");
        assertThat(RetriedBelow.isMarked(caller.trailers)).isTrue();
        assertThat(fixture.events).endsWith("call FAILED UNAVAILABLE 3");
        assertThat(fixture.retry.getMetrics().getNumberOfFailedCallsWithRetryAttempt())
                .isOne();
        assertThat(fixture.breaker.failed).hasValue(1);
    }

    @Test
    void givesEachAttemptItsOwnHeaders() {
        Metadata headers = new Metadata();
        headers.put(HEADER, "red");
        channel.onStart = call -> call.headers.put(HEADER, "added by attempt " + call.attempt.number());
        ClientCall<String, String> call = fixture.call(SAFE);
        call.start(caller, headers);
        call.request(2);
        call.sendMessage("hello");
        call.halfClose();
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        assertThat(channel.attempt(2).headers.getAll(HEADER)).containsExactly("red", "added by attempt 2");
        assertThat(headers.getAll(HEADER)).containsExactly("red");
        channel.attempt(2).answers("hi");
    }

    @Test
    void eachAttemptSaysHowManyCameBefore() {
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        channel.attempt(2).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        channel.attempt(3).answers("hi");
        assertThat(channel.calls)
                .extracting(attempt -> PreviousAttempts.read(attempt.headers))
                .containsExactly(0, 1, 2);
    }

    @Test
    void doesNotRepeatAnUnsafeMethodThatMayHaveBeenHandled() {
        fixture.start(UNSAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE.withDescription("gone"));
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(caller.end().getDescription()).isEqualTo("gone");
    }

    @Test
    void repeatsAnUnsafeMethodForWhichNoStreamWasCreated() {
        channel.streams = false;
        channel.onStart = call -> call.attempt.balanced();
        fixture.start(UNSAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        assertThat(channel.attempt(2).attempt.tried()).isEmpty();
        channel.attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void doesNotRepeatAnUnsafeMethodWhoseStreamsGoUnseen() {
        channel.streams = false;
        fixture.start(UNSAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNAVAILABLE", "RESOURCE_EXHAUSTED"})
    void repeatsAnUnsafeMethodThatTheServerDidNotProcess(Status.Code code) {
        fixture.start(UNSAFE, caller);
        channel.attempt(1).ends(code.toStatus(), Unprocessed.mark(new Metadata(), "draining"));
        fixture.time.advance(BACKOFF);
        channel.attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    /** Two busy instances are reason to believe that all are. */
    @Test
    void triesOneOtherInstanceWhenACallWasShedAndNoThird() {
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.RESOURCE_EXHAUSTED, Unprocessed.mark(new Metadata(), "overloaded"));
        fixture.time.advance(BACKOFF);
        channel.attempt(2).ends(Status.RESOURCE_EXHAUSTED, Unprocessed.mark(new Metadata(), "overloaded"));
        fixture.time.advance(Duration.ofSeconds(1));
        assertThat(channel.calls).hasSize(2);
        assertThat(caller.heard).containsExactly("RESOURCE_EXHAUSTED");
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK", "UNAVAILABLE", "CANCELLED"},
            mode = EnumSource.Mode.EXCLUDE)
    void doesNotRepeatWhatWouldFailElsewhereToo(Status.Code code) {
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(code.toStatus());
        assertThat(caller.heard).containsExactly(code.name());
    }

    @Test
    void repeatsASafeMethodThatAServerStoppedByForce() {
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.CANCELLED.withDescription("HTTP/2 error code: CANCEL"));
        fixture.time.advance(BACKOFF);
        channel.attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void doesNotRepeatWhatCouldNotBeDecodedHere() {
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.CANCELLED.withCause(new IllegalArgumentException("bad bytes")));
        assertThat(caller.heard).containsExactly("CANCELLED");
    }

    @Test
    void configurationMakesAMethodSafeOrUnsafe() {
        fixture.policy = CallFixture.policyFor("Charge", new MethodPolicy(null, null, true));
        fixture.start(UNSAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        channel.attempt(2).answers("hi");
        CallFixture other = new CallFixture();
        other.policy = CallFixture.policyFor("test.Orders/Get", new MethodPolicy(null, null, false));
        CallerLog otherCaller = new CallerLog();
        other.start(SAFE, otherCaller);
        other.channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(otherCaller.heard).containsExactly("UNAVAILABLE");
    }

    @Test
    void anAttemptGetsHalfOfTheTimeLeftAndTheLastOneAll() {
        fixture.options = fixture.deadline(Duration.ofSeconds(1));
        fixture.start(SAFE, caller);
        assertThat(timeout(1)).isEqualTo(500);
        fixture.time.advance(Duration.ofMillis(500));
        channel.attempt(1).ends(Status.DEADLINE_EXCEEDED);
        fixture.time.advance(BACKOFF);
        assertThat(timeout(2)).isEqualTo(200);
        fixture.time.advance(Duration.ofMillis(200));
        channel.attempt(2).ends(Status.DEADLINE_EXCEEDED);
        fixture.time.advance(BACKOFF);
        assertThat(timeout(3)).isEqualTo(100);
        channel.attempt(3).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void anAttemptGetsNoMoreThanConfigured() {
        fixture.start(SAFE, caller);
        assertThat(timeout(1)).isEqualTo(2000);
        channel.attempt(1).answers("hi");
    }

    @Test
    void anAttemptThatCannotBeRepeatedGetsAllTheTime() {
        fixture.start(UNSAFE, caller);
        assertThat(timeout(1)).isEqualTo(5000);
        channel.attempt(1).answers("hi");
    }

    private long timeout(int attempt) {
        return channel.attempt(attempt).options.getDeadline().timeRemaining(TimeUnit.MILLISECONDS);
    }

    @Test
    void doesNotRepeatADeadlineThatTheServerReports() {
        fixture.start(SAFE, caller);
        fixture.time.advance(Duration.ofSeconds(1));
        channel.attempt(1).ends(Status.DEADLINE_EXCEEDED.withDescription("of a call that the handler made"));
        assertThat(caller.heard).containsExactly("DEADLINE_EXCEEDED");
    }

    @Test
    void givesUpAtOnceWhenTheBackoffWouldPassTheDeadline() {
        fixture.options = fixture.deadline(Duration.ofMillis(90));
        List<RetryEvent.Type> retryEvents = new ArrayList<>();
        fixture.retry.getEventPublisher().onEvent(event -> retryEvents.add(event.getEventType()));
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE.withDescription("gone"));
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(caller.end().getDescription())
                .isEqualTo("gone\n1 attempt (10.0.0.1:9090: UNAVAILABLE), no time left for another");
        // The retry is asked for its interval and announces the attempt, as the documentation says.
        assertThat(retryEvents).containsExactly(RetryEvent.Type.RETRY);
    }

    @Test
    void aDeadlineThatPassesDuringALateBackoffSaysWhatTheAttemptsFailedWith() {
        fixture.options = fixture.deadline(Duration.ofMillis(150));
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advanceUnnoticed(Duration.ofMillis(200));
        fixture.time.advance(Duration.ZERO);
        assertThat(caller.heard).containsExactly("DEADLINE_EXCEEDED");
        // One attempt only, but the caller could not tell why the time is over.
        assertThat(caller.end().getDescription()).contains("between two attempts", "10.0.0.1:9090: UNAVAILABLE");
        assertThat(channel.calls).hasSize(1);
    }

    @Test
    void aCancelDuringTheBackoffEndsTheCallAtOnce() {
        ClientCall<String, String> call = fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        IllegalStateException why = new IllegalStateException("why");
        call.cancel("enough", why);
        assertThat(caller.heard).containsExactly("CANCELLED");
        assertThat(caller.end().getDescription()).isEqualTo("enough");
        assertThat(caller.end().getCause()).isSameAs(why);
        fixture.time.advance(BACKOFF);
        call.cancel("again", null);
        assertThat(channel.calls).hasSize(1);
        assertThat(caller.ends).hasSize(1);
        assertThat(fixture.breaker.released).hasValue(1);
        assertThat(fixture.events).endsWith("call CANCELLED CANCELLED 1");
    }

    @Test
    void aCancelAfterTheBackoffButBeforeTheExecutorRuns() {
        fixture.queueing = true;
        ClientCall<String, String> call = fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        call.cancel("enough", null);
        assertThat(caller.heard).isEmpty();
        fixture.runQueued();
        assertThat(caller.heard).containsExactly("CANCELLED");
        assertThat(channel.calls).hasSize(1);
    }

    @Test
    void aCancelDuringAnAttemptReachesThatAttempt() {
        ClientCall<String, String> call = fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        call.cancel("enough", null);
        assertThat(channel.attempt(2).cancelled).isEqualTo("enough");
        channel.attempt(2).ends(Status.CANCELLED.withDescription("enough"));
        assertThat(caller.heard).containsExactly("CANCELLED");
    }

    @Test
    void aFailureThatMeetsACancelEndsCancelled() {
        ClientCall<String, String> call = fixture.start(SAFE, caller);
        call.cancel("enough", null);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("CANCELLED");
    }

    @Test
    void aSuccessThatMeetsACancelStays() {
        ClientCall<String, String> call = fixture.start(SAFE, caller);
        call.cancel("enough", null);
        channel.attempt(1).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void aCancelBeforeTheStartEndsTheCallAtItsStart() {
        ClientCall<String, String> call = fixture.call(SAFE);
        call.cancel("changed my mind", null);
        CallFixture.say(call, caller);
        assertThat(caller.heard).containsExactly("CANCELLED");
        assertThat(channel.calls).isEmpty();
    }

    @Test
    void aCancelDuringTheStartReachesTheAttempt() {
        ClientCall<String, String> call = fixture.call(SAFE);
        channel.onStart = attempt -> call.cancel("enough", null);
        CallFixture.say(call, caller);
        assertThat(channel.attempt(1).cancelled).isEqualTo("enough");
        channel.attempt(1).ends(Status.CANCELLED);
        assertThat(caller.heard).containsExactly("CANCELLED");
    }

    @Test
    void aCallThatIsNeverStartedHoldsNothing() {
        fixture.call(SAFE).cancel("never mind", null);
        fixture.call(SAFE);
        assertThat(fixture.breaker.acquired).hasValue(0);
    }

    @Test
    void whatTheCallerSaysAfterItsCancelIsNotHeard() {
        ClientCall<String, String> call = fixture.call(SAFE);
        call.start(caller, new Metadata());
        call.cancel("enough", null);
        call.request(2);
        call.sendMessage("hello");
        call.halfClose();
        channel.attempt(1).ends(Status.CANCELLED);
        assertThat(channel.attempt(1).messages).isEmpty();
        assertThat(caller.heard).containsExactly("CANCELLED");
    }

    @Test
    void aFirstAttemptThatEndsDuringItsStartWaitsForTheRequest() {
        channel.onStart = call -> {
            if (call.attempt.number() == 1) {
                call.ends(Status.UNAVAILABLE);
            }
        };
        ClientCall<String, String> call = fixture.call(SAFE);
        call.start(caller, new Metadata());
        fixture.time.advance(BACKOFF);
        assertThat(channel.calls).hasSize(1);
        call.request(2);
        call.sendMessage("hello");
        call.setMessageCompression(true);
        call.halfClose();
        FakeCall second = channel.attempt(2);
        assertThat(second.messages).containsExactly("hello");
        assertThat(second.requested).isEqualTo(2);
        assertThat(second.compression).isTrue();
        second.answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void aRequestThatIsNeverCompletedEndsWithTheDeadline() {
        ClientCall<String, String> call = fixture.call(SAFE);
        call.start(caller, new Metadata());
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        assertThat(caller.heard).isEmpty();
        fixture.time.advance(Duration.ofSeconds(5));
        assertThat(caller.heard).containsExactly("DEADLINE_EXCEEDED");
        assertThat(caller.end().getDescription()).contains("10.0.0.1:9090: UNAVAILABLE");
    }

    @Test
    void attemptsThatEndDuringTheirStartWithoutBackoffDoNotMixUp() {
        fixture.retry = Retry.of(
                "orders",
                RetryConfig.custom().maxAttempts(5).waitDuration(Duration.ZERO).build());
        channel.onStart = call -> {
            if (call.attempt.number() < 5) {
                call.ends(Status.UNAVAILABLE);
            }
        };
        fixture.start(SAFE, caller);
        assertThat(channel.calls).hasSize(5);
        assertThat(channel.attempt(5).messages).containsExactly("hello");
        assertThat(channel.attempt(5).requested).isEqualTo(2);
        for (int number = 1; number < 5; number++) {
            assertThat(channel.attempt(number).messages).isEmpty();
        }
        channel.attempt(5).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void aCancelReachesTheThirdAttemptThoughTheSecondEndedWhileItWasBeingOpened() throws Exception {
        CountDownLatch opensThird = new CountDownLatch(1);
        CountDownLatch mayOpenThird = new CountDownLatch(1);
        Metadata atOnce = new Metadata();
        atOnce.put(PUSHBACK, "0");
        List<Thread> transports = new ArrayList<>();
        ClientCall<String, String> call = fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        channel.onHalfClose = second -> {
            channel.onNewCall = () -> {
                opensThird.countDown();
                awaits(mayOpenThird);
            };
            Thread transport = new Thread(() -> second.ends(Status.UNAVAILABLE, atOnce));
            transports.add(transport);
            channel.onHalfClose = third -> {};
            transport.start();
            awaits(opensThird);
        };
        fixture.time.advance(BACKOFF);
        call.request(3);
        call.cancel("enough", null);
        mayOpenThird.countDown();
        transports.get(0).join(10_000);
        FakeCall third = channel.attempt(3);
        assertThat(third.cancelled).isEqualTo("enough");
        assertThat(channel.attempt(2).requested).isEqualTo(2);
        third.ends(Status.CANCELLED);
        assertThat(caller.heard).containsExactly("CANCELLED");
    }

    private static void awaits(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void lateCallbacksOfAnEndedAttemptAreIgnored() {
        fixture.start(SAFE, caller);
        FakeCall first = channel.attempt(1);
        first.ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        first.listener.onHeaders(new Metadata());
        first.listener.onMessage("late");
        first.listener.onReady();
        first.listener.onClose(Status.OK, new Metadata());
        assertThat(caller.heard).isEmpty();
        channel.attempt(2).answers("hi");
        channel.attempt(2).listener.onMessage("late");
        channel.attempt(2).listener.onClose(Status.UNAVAILABLE, new Metadata());
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void headersOfAFailedAttemptAreNotHeard() {
        fixture.start(LIST, caller);
        channel.attempt(1).listener.onHeaders(new Metadata());
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        channel.attempt(2).listener.onHeaders(new Metadata());
        assertThat(caller.heard).isEmpty();
        channel.attempt(2).ends(Status.OK);
        assertThat(caller.heard).containsExactly("headers", "OK");
    }

    @Test
    void aCallerThatThrowsAtTheHeadersStillHearsTheEnd() {
        caller.onHeadersThrows = new IllegalArgumentException("cannot read that");
        fixture.start(SAFE, caller);
        channel.attempt(1).listener.onHeaders(new Metadata());
        channel.attempt(1).ends(Status.NOT_FOUND);
        assertThat(caller.heard).containsExactly("headers", "CANCELLED");
        assertThat(caller.end().getCause()).isSameAs(caller.onHeadersThrows);
    }

    @Test
    void aStreamIsRepeatedUntilItsFirstResponse() {
        ClientCall<String, String> call = fixture.start(LIST, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        channel.attempt(2).listener.onHeaders(new Metadata());
        channel.attempt(2).listener.onMessage("one");
        call.request(3);
        assertThat(channel.attempt(2).requested).isEqualTo(5);
        channel.attempt(2).listener.onMessage("two");
        assertThat(fixture.breaker.succeeded).hasValue(1);
        channel.attempt(2).ends(Status.UNAVAILABLE.withDescription("gone"));
        assertThat(caller.heard).containsExactly("headers", "one", "two", "UNAVAILABLE");
        assertThat(channel.calls).hasSize(2);
        assertThat(fixture.breaker.failed).hasValue(0);
    }

    @Test
    void requestsMadeBetweenTwoAttemptsReachTheNextOne() {
        ClientCall<String, String> call = fixture.start(LIST, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        call.request(Integer.MAX_VALUE);
        fixture.time.advance(BACKOFF);
        assertThat(channel.attempt(2).requested).isEqualTo(Integer.MAX_VALUE);
        channel.attempt(2).answers("hi");
    }

    @Test
    void requestsMadeWhileAnAttemptStartsReachIt() {
        ClientCall<String, String> call = fixture.call(LIST);
        channel.onStart = attempt -> call.request(attempt.attempt.number());
        CallFixture.say(call, caller);
        assertThat(channel.attempt(1).requested).isEqualTo(3);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        assertThat(channel.attempt(2).requested).isEqualTo(5);
        channel.attempt(2).answers("hi");
    }

    @Test
    void aSilentStreamIsGivenUpAndRepeated() {
        fixture.start(LIST, caller);
        fixture.time.advance(Duration.ofSeconds(2));
        FakeCall first = channel.attempt(1);
        assertThat(first.cancelled).isNotNull();
        assertThat(first.givenUpWhenCancelled).isTrue();
        assertThat(channel.calls).hasSize(1);
        // What was on its way when the timeout struck.
        first.listener.onHeaders(new Metadata());
        first.listener.onMessage("too late");
        first.ends(Status.CANCELLED);
        assertThat(fixture.events).containsExactly("attempt 1 DEADLINE_EXCEEDED");
        fixture.time.advance(BACKOFF);
        channel.attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void aUnaryAnswerThatBreaksOffAfterItsMessageIsAskedForAgain() {
        fixture.start(SAFE, caller);
        channel.attempt(1).sends("half");
        assertThat(caller.heard).isEmpty();
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        channel.attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void aUnaryAnswerThatBreaksOffIsToldAsItIsIfTheMethodIsNotSafe() {
        fixture.start(UNSAFE, caller);
        channel.attempt(1).sends("half");
        channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("headers", "half", "UNAVAILABLE");
        assertThat(channel.calls).hasSize(1);
    }

    @Test
    void aSecondMessageOfAUnaryAnswerIsToldAndNotLost() {
        fixture.start(SAFE, caller);
        channel.attempt(1).sends("one");
        channel.attempt(1).sends("two");
        channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("headers", "one", "two", "UNAVAILABLE");
    }

    @Test
    void aRunningStreamIsNeverCut() {
        fixture.start(LIST, caller);
        channel.attempt(1).listener.onHeaders(new Metadata());
        assertThat(fixture.time.timers()).isZero();
        fixture.time.advance(Duration.ofHours(1));
        assertThat(channel.attempt(1).cancelled).isNull();
        channel.attempt(1).listener.onMessage("one");
        fixture.time.advance(Duration.ofHours(1));
        assertThat(channel.attempt(1).cancelled).isNull();
        channel.attempt(1).ends(Status.OK);
    }

    @Test
    void aTimeoutThatStrikesAsTheFirstWordArrivesCutsNothing() {
        fixture.time.deafToCancel = true;
        fixture.start(LIST, caller);
        channel.attempt(1).sendsHeaders();
        fixture.time.advance(Duration.ofSeconds(2));
        assertThat(channel.attempt(1).cancelled).isNull();
        channel.attempt(1).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void theLastAttemptOfAStreamMayBeSilent() {
        fixture.start(LIST, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        channel.attempt(2).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        fixture.time.advance(Duration.ofHours(1));
        assertThat(channel.attempt(3).cancelled).isNull();
        channel.attempt(3).answers("hi");
    }

    @Test
    void aStreamOfRequestsIsOneAttempt() {
        ClientCall<String, String> call = fixture.call(CHAT);
        call.start(caller, new Metadata());
        call.sendMessage("one");
        call.sendMessage("two");
        channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(channel.attempt(1).attempt.number()).isOne();
        assertThat(channel.attempt(1).options.getDeadline()).isNull();
        assertThat(fixture.events).containsExactly("attempt 1 UNAVAILABLE", "call FAILED UNAVAILABLE 1");
    }

    @Test
    void aStreamOfRequestsThatCannotStartHoldsNothing() {
        channel.startThrows = new IllegalStateException("no");
        assertThatThrownBy(() -> fixture.call(CHAT).start(caller, new Metadata()))
                .isSameAs(channel.startThrows);
        assertThat(fixture.breaker.released).hasValue(1);
    }

    @Test
    void newCallThrowingAtTheFirstAttemptReachesTheCaller() {
        channel.newCallThrows = new IllegalStateException("no");
        assertThatThrownBy(() -> fixture.call(SAFE).start(caller, new Metadata()))
                .isSameAs(channel.newCallThrows);
        assertThatThrownBy(() -> fixture.call(CHAT).start(caller, new Metadata()))
                .isSameAs(channel.newCallThrows);
        assertThat(caller.heard).isEmpty();
    }

    @Test
    void startThrowingAtTheFirstAttemptReachesTheCaller() {
        channel.startThrows = new IllegalStateException("no");
        assertThatThrownBy(() -> fixture.call(SAFE).start(caller, new Metadata()))
                .isSameAs(channel.startThrows);
        channel.attempt(1).listener.onMessage("late");
        channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).isEmpty();
    }

    @Test
    void newCallThrowingAtALaterAttemptEndsTheCall() {
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        channel.newCallThrows = new IllegalStateException("no");
        fixture.time.advance(BACKOFF);
        assertThat(caller.heard).containsExactly("UNKNOWN");
        assertThat(caller.end().getCause()).isSameAs(channel.newCallThrows);
    }

    @Test
    void startThrowingAtALaterAttemptEndsTheCall() {
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        channel.startThrows = Status.INTERNAL.asRuntimeException();
        fixture.time.advance(BACKOFF);
        assertThat(caller.heard).containsExactly("INTERNAL");
    }

    @Test
    void aSchedulerThatIsShutDownMeansNoFurtherAttempt() {
        fixture.start(SAFE, caller);
        fixture.time.rejecting = true;
        channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
    }

    @Test
    void aCancelledContextEndsTheBackoff() {
        Context.CancellableContext context = Context.current().withCancellation();
        context.run(() -> fixture.start(SAFE, caller));
        channel.attempt(1).ends(Status.UNAVAILABLE);
        context.cancel(new CancellationException("the caller's caller is gone"));
        assertThat(caller.heard).containsExactly("CANCELLED");
        assertThat(fixture.time.timers()).isZero();
    }

    @Test
    void aContextThatIsCancelledAlreadyMeansNoFurtherAttempt() {
        Context.CancellableContext context = Context.current().withCancellation();
        context.run(() -> fixture.start(SAFE, caller));
        context.cancel(null);
        channel.attempt(1).ends(Status.CANCELLED);
        assertThat(caller.heard).containsExactly("CANCELLED");
        assertThat(channel.calls).hasSize(1);
    }

    @Test
    void laterAttemptsRunInTheContextOfTheCaller() {
        Context.Key<String> key = Context.key("user");
        Context.current().withValue(key, "me").run(() -> fixture.start(SAFE, caller));
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        assertThat(key.get(channel.attempt(2).context)).isEqualTo("me");
        assertThat(key.get()).isNull();
        channel.attempt(2).answers("hi");
    }

    @Test
    void attemptsRunInTheContextInWhichTheCallWasMade() {
        Context.Key<String> key = Context.key("user");
        AtomicReference<ClientCall<String, String>> call = new AtomicReference<>();
        Context.current().withValue(key, "me").run(() -> call.set(fixture.call(SAFE)));
        CallFixture.say(call.get(), caller);
        assertThat(key.get(channel.attempt(1).context)).isEqualTo("me");
        channel.attempt(1).answers("hi");
    }

    @Test
    void theServerMaySayWhenToComeBack() {
        fixture.start(SAFE, caller);
        Metadata trailers = new Metadata();
        trailers.put(PUSHBACK, "700");
        channel.attempt(1).ends(Status.UNAVAILABLE, trailers);
        assertThat(fixture.time.nextTimer()).isEqualTo(Duration.ofMillis(700));
        fixture.time.advance(Duration.ofMillis(700));
        channel.attempt(2).answers("hi");
    }

    @Test
    void theServerMaySayNotToComeBack() {
        fixture.retry.getEventPublisher().onEvent(event -> fixture.events.add("retry " + event.getEventType()));
        for (String pushback : List.of("-1", "soon")) {
            CallerLog each = new CallerLog();
            fixture.start(SAFE, each);
            Metadata trailers = new Metadata();
            trailers.put(PUSHBACK, pushback);
            channel.calls.get(channel.calls.size() - 1).ends(Status.UNAVAILABLE, trailers);
            assertThat(each.heard).containsExactly("UNAVAILABLE");
        }
        assertThat(fixture.events).noneMatch(event -> event.startsWith("retry"));
    }

    @Test
    void exceptionsThatTheUserExcludesAreNotRetried() {
        fixture.retry = Retry.of(
                "orders",
                RetryConfig.custom()
                        .retryOnException(failure -> failure instanceof IOException)
                        .build());
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
    }

    @Test
    void aPredicateOrConsumerOfTheRetryThatThrowsDoesNotStopTheFailover() {
        failsOverThough(() -> {
            throw new IllegalStateException("consumer");
        });
    }

    @Test
    void aConsumerOfTheRetryWhoseLibraryIsMissingDoesNotStopTheFailover() {
        failsOverThough(() -> {
            throw new NoClassDefFoundError("consumer");
        });
    }

    private void failsOverThough(Runnable consuming) {
        fixture.retry.getEventPublisher().onRetry(event -> consuming.run());
        fixture.retry.getEventPublisher().onSuccess(event -> consuming.run());
        fixture.start(SAFE, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        channel.attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void contractBreaksOfTheCallerAreAnswered() {
        ClientCall<String, String> call = fixture.call(SAFE);
        assertThat(call.isReady()).isFalse();
        assertThat(call.getAttributes()).isNotNull();
        assertThatIllegalStateException().isThrownBy(() -> call.request(1));
        assertThatIllegalStateException().isThrownBy(() -> call.sendMessage("too early"));
        call.start(caller, new Metadata());
        assertThat(call.isReady()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> call.start(caller, new Metadata()));
        call.halfClose();
        assertThatIllegalStateException().isThrownBy(call::halfClose);
        assertThatIllegalStateException().isThrownBy(() -> call.sendMessage("too late"));
        channel.attempt(1).ends(Status.INVALID_ARGUMENT);
    }

    @Test
    void aListenerThatThrowsDoesNotFailTheCall() {
        outlives(() -> {
            throw new IllegalStateException("listener");
        });
    }

    @Test
    void aListenerWhoseLibraryIsMissingDoesNotFailTheCall() {
        outlives(() -> {
            throw new NoClassDefFoundError("listener");
        });
    }

    private void outlives(Runnable listening) {
        CallListener broken = new CallListener() {
            @Override
            public void attemptEnded(
                    String reference,
                    MethodDescriptor<?, ?> method,
                    ServiceInstance instance,
                    int attempt,
                    Status.Code code,
                    long nanos) {
                listening.run();
            }

            @Override
            public void failedOver(
                    String reference, MethodDescriptor<?, ?> method, ServiceInstance from, Status.Code code) {
                listening.run();
            }

            @Override
            public void callEnded(
                    String reference,
                    MethodDescriptor<?, ?> method,
                    Outcome outcome,
                    Status.Code code,
                    int attempts,
                    long nanos) {
                listening.run();
            }
        };
        ClientCall<String, String> call = ClientInterceptors.interceptForward(
                        channel,
                        CallStages.of(
                                        "orders",
                                        fixture.policy,
                                        new Safeguards(fixture.breaker.breaker(), fixture.retry, Fallbacks.NONE),
                                        fixture.runtime(),
                                        List.of(broken, fixture))
                                .interceptors())
                .newCall(SAFE, fixture.options);
        CallFixture.say(call, caller);
        channel.attempt(1).ends(Status.UNAVAILABLE);
        fixture.time.advance(BACKOFF);
        channel.attempt(2).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(fixture.events).hasSize(4);
    }
}
