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

import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls whose requests surely reached nobody: sent anew at once, whatever the method, and not counted. */
class UndeliveredCallTests {

    private static final String SOME = "x".repeat(1000);

    private final CallFixture fixture = new CallFixture();
    private final FakeChannel channel = fixture.channel;
    private final CallerLog caller = new CallerLog();

    static Stream<MethodDescriptor<String, String>> methods() {
        return Stream.of(SAFE, UNSAFE, LIST, CHAT);
    }

    @AfterEach
    void nothingLeaks() {
        assertThat(fixture.breaker.settled()).isEqualTo(fixture.breaker.acquired.get());
        assertThat(fixture.time.timers()).isZero();
        for (FakeCall call : channel.calls) {
            assertThat(call.released).hasValue(call.started ? 1 : 0);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void whatWasRefusedIsSentToAnotherInstanceAtOnce(MethodDescriptor<String, String> method) {
        fixture.start(method, caller);
        channel.attempt(1).isRefused();
        FakeCall anew = channel.attempt(2);
        assertThat(anew.messages).containsExactly("hello");
        assertThat(anew.halfClosed).isTrue();
        assertThat(anew.requested).isEqualTo(2);
        assertThat(anew.attempt.number()).isOne();
        assertThat(anew.attempt.tried()).containsExactly("instance-1");
        anew.answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(fixture.events).containsExactly("attempt 1 OK", "call ANSWERED OK 1");
        assertThat(fixture.undelivered).isOne();
        assertThat(fixture.stages().retryBudget())
                .isEqualTo(new CallFixture().stages().retryBudget());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void whatWasNotSentIsSentAnewWhereverTheBalancerThinksBest(MethodDescriptor<String, String> method) {
        fixture.start(method, caller);
        for (int i = 1; i <= Undeliveries.MOST; i++) {
            channel.attempt(i).isNotSent();
            assertThat(channel.attempt(i + 1).attempt.tried()).isEmpty();
        }
        channel.attempt(Undeliveries.MOST + 1).answers("hi");
        assertThat(fixture.undelivered).isEqualTo(Undeliveries.MOST);
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(fixture.events).containsExactly("attempt 1 OK", "call ANSWERED OK 1");
    }

    @Test
    void aSecondRefusalIsAFailureThatMayBeRepeatedAfterABackoff() {
        fixture.start(UNSAFE, caller);
        channel.attempt(1).isRefused();
        channel.attempt(2).isRefused();
        assertThat(channel.calls).hasSize(2);
        fixture.time.advance(Duration.ofMillis(100));
        channel.attempt(3).answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(fixture.events)
                .containsExactly("attempt 1 UNAVAILABLE", "failover UNAVAILABLE", "attempt 2 OK", "call ANSWERED OK 2");
    }

    @Test
    void aSecondRefusalEndsAStreamOfRequests() {
        fixture.start(CHAT, caller);
        channel.attempt(1).isRefused();
        channel.attempt(2).isRefused();
        assertThat(channel.calls).hasSize(2);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(fixture.events).containsExactly("attempt 1 UNAVAILABLE", "call FAILED UNAVAILABLE 1");
    }

    @ParameterizedTest
    @MethodSource("methods")
    void thisHoldsForCallsThatFailFast(MethodDescriptor<String, String> method) {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.FAILFAST, null);
        fixture.start(method, caller);
        channel.attempt(1).isRefused();
        channel.attempt(2).isNotSent();
        channel.attempt(3).ends(Status.UNAVAILABLE);
        assertThat(channel.calls).hasSize(3);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(fixture.events).containsExactly("attempt 1 UNAVAILABLE", "call FAILED UNAVAILABLE 1");
        assertThat(fixture.retry.getMetrics().getNumberOfFailedCallsWithoutRetryAttempt())
                .isZero();
    }

    @Test
    void aCallThatFailsFastHearsHeadersAtOnceAndIsNotRepeatedThen() {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.FAILFAST, null);
        fixture.start(LIST, caller);
        channel.attempt(1).sendsHeaders();
        assertThat(caller.heard).containsExactly("headers");
        channel.attempt(1).isRefused();
        assertThat(caller.heard).containsExactly("headers", "UNAVAILABLE");
        assertThat(channel.calls).hasSize(1);
    }

    @Test
    void eitherAttemptOfAHedgedCallIsSentAnew() {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.HEDGED, Duration.ofMillis(50));
        fixture.start(SAFE, caller);
        channel.attempt(1).isNotSent();
        fixture.time.advance(Duration.ofMillis(50));
        assertThat(channel.calls).hasSize(3);
        FakeCall hedge = channel.attempt(3);
        assertThat(hedge.attempt.number()).isEqualTo(2);
        hedge.isRefused();
        FakeCall anew = channel.attempt(4);
        assertThat(anew.attempt.number()).isEqualTo(2);
        assertThat(anew.attempt.tried()).contains("instance-2");
        anew.answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(channel.attempt(2).cancelled).isNotNull();
        channel.attempt(2).ends(Status.CANCELLED);
        assertThat(fixture.events).contains("call ANSWERED OK 2");
        assertThat(fixture.undelivered).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void theServersOwnWordsAreNotBelieved(MethodDescriptor<String, String> method) {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.FAILFAST, null);
        fixture.start(method, caller);
        channel.attempt(1)
                .ends(Status.UNAVAILABLE.withDescription(
                        "RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM"));
        assertThat(channel.calls).hasSize(1);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
    }

    @ParameterizedTest
    @MethodSource("methods")
    void nothingIsSentAnewAfterTheDeadlineOrTheCallersCancel(MethodDescriptor<String, String> method) {
        fixture.options = fixture.deadline(Duration.ofMillis(10));
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.FAILFAST, null);
        fixture.start(method, caller);
        fixture.time.advance(Duration.ofMillis(10));
        channel.attempt(1).isNotSent();
        assertThat(channel.calls).hasSize(1);
        assertThat(caller.ends).hasSize(1);

        CallerLog second = new CallerLog();
        fixture.options = fixture.deadline(Duration.ofMillis(10));
        ClientCall<String, String> call = fixture.start(method, second);
        call.cancel("enough", null);
        channel.attempt(2).isNotSent();
        assertThat(channel.calls).hasSize(2);
        assertThat(second.ends).hasSize(1);
    }

    // What only streams of requests have

    @Test
    void aStreamOfRequestsIsSaidAgainInOrderAndGoesOn() {
        ClientCall<String, String> call = fixture.call(CHAT);
        call.start(caller, new Metadata());
        call.request(1);
        call.sendMessage("one");
        call.setMessageCompression(true);
        call.sendMessage("two");
        channel.attempt(1).isNotSent();
        FakeCall anew = channel.attempt(2);
        assertThat(anew.messages).containsExactly("one", "two");
        assertThat(anew.compression).isTrue();
        call.sendMessage("three");
        call.halfClose();
        call.request(2);
        assertThat(anew.messages).containsExactly("one", "two", "three");
        assertThat(anew.halfClosed).isTrue();
        assertThat(anew.requested).isEqualTo(3);
        anew.answers("hi");
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
    }

    @Test
    void whatIsSaidWhileItIsSaidAgainComesLast() {
        ClientCall<String, String> call = fixture.call(CHAT);
        call.start(caller, new Metadata());
        call.sendMessage("one");
        channel.onStart = attempt -> {
            call.sendMessage("two");
            call.halfClose();
        };
        channel.attempt(1).isNotSent();
        assertThat(channel.attempt(2).messages).containsExactly("one", "two");
        assertThat(channel.attempt(2).halfClosed).isTrue();
        channel.attempt(2).answers("hi");
    }

    @Test
    void aCancelWhileItIsSaidAgainReachesTheAttempt() {
        ClientCall<String, String> call = fixture.call(CHAT);
        call.start(caller, new Metadata());
        call.sendMessage("one");
        channel.onStart = attempt -> call.cancel("enough", null);
        channel.attempt(1).isNotSent();
        assertThat(channel.attempt(2).cancelled).isEqualTo("enough");
        channel.attempt(2).ends(Status.CANCELLED);
        assertThat(caller.heard).containsExactly("CANCELLED");
    }

    @Test
    void aStreamThatSaidTooMuchIsNotSentAnew() {
        ClientCall<String, String> call = fixture.call(CHAT);
        call.start(caller, new Metadata());
        IntStream.range(0, SaidSoFar.MOST_BYTES / SOME.length() + 1).forEach(i -> call.sendMessage(SOME));
        channel.attempt(1).isNotSent();
        assertThat(channel.calls).hasSize(1);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(fixture.undelivered).isZero();
    }

    @Test
    void theReferenceCountsThem() {
        CallStages stages = fixture.stages();
        fixture.start(stages, SAFE, caller);
        channel.attempt(1).isNotSent();
        channel.attempt(2).isRefused();
        channel.attempt(3).answers("hi");
        fixture.start(stages, SAFE, new CallerLog());
        channel.attempt(4).answers("hi");
        assertThat(stages.undelivered()).isEqualTo(2);
        assertThat(stages.retryBudget().retries()).isZero();
    }

    @Test
    void anAttemptThatCannotBeginAnewEndsTheCall() {
        fixture.start(CHAT, caller);
        channel.startThrows = new IllegalStateException("no");
        channel.attempt(1).isNotSent();
        assertThat(caller.heard).containsExactly("UNKNOWN");
        assertThat(channel.attempt(2).released).hasValue(1);
    }

    /** With the caller, and the transport that loses attempts, on threads of their own. */
    @Test
    void noWordIsLostOrSaidTwiceWithThreadsThatRace() throws Exception {
        ExecutorService transport = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 3_000; i++) {
                race(transport);
            }
        } finally {
            transport.shutdownNow();
        }
    }

    private static void race(ExecutorService transport) throws Exception {
        CallFixture fixture = new CallFixture();
        fixture.retry = Retry.of("orders", RetryConfig.custom().maxAttempts(1).build());
        CompletableFuture<Status> end = new CompletableFuture<>();
        CallerLog caller = new CallerLog() {
            @Override
            public void onClose(Status status, Metadata trailers) {
                super.onClose(status, trailers);
                end.complete(status);
            }
        };
        List<Future<?>> losses = new ArrayList<>();
        fixture.channel.onStart = attempt -> {
            if (fixture.channel.calls.size() <= 3) {
                losses.add(transport.submit(attempt::isNotSent));
            }
        };
        fixture.channel.onHalfClose = attempt -> {
            if (fixture.channel.calls.size() > 3) {
                transport.execute(() -> attempt.answers("hi"));
            }
        };
        ClientCall<String, String> call = fixture.call(CHAT);
        call.start(caller, new Metadata());
        call.request(1);
        List<String> said = List.of("1", "2", "3", "4", "5", "6");
        said.forEach(call::sendMessage);
        call.halfClose();
        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(Status.OK);
        assertThat(caller.heard).containsExactly("headers", "hi", "OK");
        assertThat(fixture.channel.calls).hasSize(4);
        assertThat(fixture.channel.attempt(4).messages).isEqualTo(said);
        assertThat(fixture.channel.attempt(4).requested).isOne();
        for (FakeCall attempt : fixture.channel.calls) {
            assertThat(attempt.released).hasValue(1);
        }
    }
}
