/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.MoreExecutors;
import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** What gRPC wants to have run for an answer, from its first event to its last. */
class WholeAnswerTests {

    private final List<String> run = new ArrayList<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private final WholeAnswer answer = new WholeAnswer(tasks::add);

    private Runnable task(String name) {
        return () -> run.add(name);
    }

    private List<String> ran() {
        tasks.forEach(Runnable::run);
        tasks.clear();
        return run;
    }

    @Test
    void keepsTheFirstEventUntilTheAnswerIsComplete() {
        answer.requested(2);
        answer.begun();
        answer.execute(task("headers"));
        assertThat(tasks).isEmpty();
        answer.complete();
        assertThat(tasks).hasSize(1);
        assertThat(ran()).containsExactly("headers");
        answer.execute(task("end"));
        assertThat(tasks).hasSize(1);
    }

    @Test
    void keepsNothingBeforeAnAnswerBegan() {
        // Credentials use the executor of a call before it is sent, and it would never be if they were kept.
        answer.requested(2);
        answer.execute(task("credentials"));
        assertThat(ran()).containsExactly("credentials");
    }

    @Test
    void keepsNothingFromACallerThatMayHaveToAskForMore() {
        answer.requested(1);
        answer.begun();
        answer.execute(task("headers"));
        assertThat(ran()).containsExactly("headers");
        answer.requested(1);
        answer.execute(task("message"));
        assertThat(tasks).isEmpty();
        answer.complete();
        assertThat(ran()).containsExactly("headers", "message");
    }

    @Test
    void countsRequestsWithoutOverflow() {
        answer.requested(Integer.MAX_VALUE);
        answer.requested(Integer.MAX_VALUE);
        answer.begun();
        answer.execute(task("headers"));
        assertThat(tasks).isEmpty();
    }

    @Test
    void keepsOneThingOnlyAndTheOrder() {
        answer.requested(2);
        answer.begun();
        answer.execute(task("one"));
        answer.execute(task("another"));
        assertThat(ran()).containsExactly("one", "another");
    }

    @Test
    void anAnswerThatEndedWithoutAnEventKeepsNoLaterOne() {
        answer.requested(2);
        answer.complete();
        answer.begun();
        answer.execute(task("end"));
        assertThat(ran()).containsExactly("end");
    }

    @Test
    void whatAnExecutorRejectsRunsAllTheSame() {
        WholeAnswer rejected = new WholeAnswer(task -> {
            throw new RejectedExecutionException();
        });
        rejected.requested(2);
        rejected.begun();
        rejected.execute(task("headers"));
        rejected.complete();
        assertThat(run).containsExactly("headers");
    }

    @Test
    void aCallThatBringsAnExecutorHasItSpared() {
        CallFixture fixture = new CallFixture();
        fixture.options = CallOptions.DEFAULT.withExecutor(tasks::add);
        fixture.start(SAFE, new CallerLog());
        FakeCall first = fixture.channel.attempt(1);
        Executor executor = first.options.getExecutor();
        first.attempt.answerBegun();
        executor.execute(task("headers"));
        assertThat(tasks).isEmpty();
        first.attempt.answerComplete();
        assertThat(ran()).containsExactly("headers");
        first.ends(Status.UNAVAILABLE);
        fixture.time.advance(Duration.ofMillis(100));
        tasks.forEach(Runnable::run);
        Executor next = fixture.channel.attempt(2).options.getExecutor();
        assertThat(next).isInstanceOf(WholeAnswer.class).isNotSameAs(executor);
        fixture.channel.attempt(2).answers("hi");
    }

    @Test
    void streamsAndDirectExecutorsAreLeftAlone() {
        CallFixture fixture = new CallFixture();
        fixture.options = CallOptions.DEFAULT.withExecutor(tasks::add);
        fixture.start(LIST, new CallerLog());
        assertThat(fixture.channel.attempt(1).options.getExecutor()).isSameAs(fixture.options.getExecutor());
        fixture.options = CallOptions.DEFAULT.withExecutor(MoreExecutors.directExecutor());
        fixture.start(SAFE, new CallerLog());
        assertThat(fixture.channel.attempt(2).options.getExecutor()).isSameAs(MoreExecutors.directExecutor());
    }

    @Test
    void messagesAreRequestedOnceTheRequestIsSaid() {
        CallFixture fixture = new CallFixture();
        ClientCall<String, String> call = fixture.call(SAFE);
        call.start(new CallerLog(), new Metadata());
        call.request(2);
        call.sendMessage("hello");
        FakeCall first = fixture.channel.attempt(1);
        assertThat(first.requested).isZero();
        fixture.channel.onHalfClose = any -> assertThat(any.requested).isZero();
        call.halfClose();
        assertThat(first.requested).isEqualTo(2);
        call.request(1);
        assertThat(first.requested).isEqualTo(3);
        first.answers("hi");
    }
}
