/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.Attempt;
import io.clusterrpc.CallPriority;
import io.clusterrpc.ExpectedInstance;
import io.clusterrpc.ServiceInstance;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EndpointTracerTests {

    private static final long MILLI = 1_000_000L;
    private static final Metadata NO_HEADERS = new Metadata();

    private final VirtualTime time = new VirtualTime();
    private final EndpointRecord endpoint = record("a");
    private final EndpointStatistics statistics = endpoint.statistics();
    private final EndpointTracers tracers = new EndpointTracers(endpoint, time::nanoTime);
    private final Attempt attempt = new Attempt(1, Set.of());

    private EndpointRecord record(String id) {
        return new EndpointRecord(
                ServiceInstance.builder("orders", id, "localhost", 1).build(), true, time.nanoTime());
    }

    private ClientStreamTracer stream(CallOptions options) {
        return stream(tracers, options, new Metadata());
    }

    private static ClientStreamTracer stream(EndpointTracers tracers, CallOptions options, Metadata headers) {
        return tracers.newClientStreamTracer(
                ClientStreamTracer.StreamInfo.newBuilder()
                        .setCallOptions(options)
                        .build(),
                headers);
    }

    private ClientStreamTracer streamOfAttempt() {
        return stream(CallOptions.DEFAULT.withOption(Attempt.KEY, attempt));
    }

    @Test
    void aStreamOfAnAttemptCountsFromItsCreation() {
        stream(CallOptions.DEFAULT).outboundHeaders(); // another call, which stays
        ClientStreamTracer stream = streamOfAttempt();
        assertThat(statistics.inFlight()).isEqualTo(2);
        assertThat(attempt.instance()).isEqualTo(endpoint.instance());
        stream.outboundHeaders();
        assertThat(statistics.inFlight()).isEqualTo(2);
        stream.streamClosed(Status.OK);
        assertThat(statistics.inFlight()).isEqualTo(1);
        attempt.close();
        assertThat(statistics.inFlight()).isEqualTo(1);
        assertThat(statistics.picks()).isEqualTo(2);
    }

    @Test
    void thePriorityOfACallTravelsInAHeader() {
        Metadata headers = new Metadata();
        stream(tracers, CallOptions.DEFAULT.withOption(CallPriority.KEY, CallPriority.HIGH), headers);
        assertThat(CallPriority.read(headers)).isEqualTo(CallPriority.HIGH);
        Metadata none = new Metadata();
        stream(tracers, CallOptions.DEFAULT, none);
        assertThat(CallPriority.read(none)).isNull();
    }

    @Test
    void tellsHowFarTheAnswerIs() {
        List<String> told = new ArrayList<>();
        Attempt watched = new Attempt(1, Set.of(), 0, new Attempt.AnswerWatch() {
            @Override
            public void begun() {
                told.add("begun");
            }

            @Override
            public void complete() {
                told.add("complete");
            }
        });
        ClientStreamTracer stream = stream(CallOptions.DEFAULT.withOption(Attempt.KEY, watched));
        stream.outboundHeaders();
        stream.outboundMessage(0);
        assertThat(told).isEmpty();
        stream.inboundHeaders();
        stream.inboundMessage(0);
        stream.inboundTrailers(new Metadata());
        assertThat(told).containsExactly("begun");
        stream.streamClosed(Status.OK);
        assertThat(told).containsExactly("begun", "complete");

        told.clear();
        ClientStreamTracer many = stream(CallOptions.DEFAULT.withOption(Attempt.KEY, watched));
        many.inboundHeaders();
        many.inboundMessage(0);
        many.inboundMessage(1);
        assertThat(told).containsExactly("begun", "complete");
    }

    @Test
    void anAbandonedStreamIsReleasedByItsAttempt() {
        streamOfAttempt();
        streamOfAttempt();
        assertThat(statistics.inFlight()).isEqualTo(2);
        attempt.close();
        assertThat(statistics.inFlight()).isZero();
        streamOfAttempt();
        assertThat(statistics.inFlight()).isZero();
    }

    @Test
    void aStreamWithoutAnAttemptCountsFromWhenItsHeadersLeft() {
        ClientStreamTracer stream = stream(CallOptions.DEFAULT);
        assertThat(statistics.inFlight()).isZero();
        stream.outboundHeaders();
        assertThat(statistics.inFlight()).isEqualTo(1);
        stream.streamClosed(Status.OK);
        stream.outboundHeaders();
        assertThat(statistics.inFlight()).isZero();
    }

    @Test
    void noOrderOfEventsLeavesACount() throws Exception {
        stream(CallOptions.DEFAULT).outboundHeaders(); // another call, which stays
        Random random = new Random(3);
        var threads = Executors.newFixedThreadPool(3);
        for (int round = 0; round < 2_000; round++) {
            Attempt own = new Attempt(1, Set.of());
            ClientStreamTracer stream =
                    stream(round % 2 == 0 ? CallOptions.DEFAULT.withOption(Attempt.KEY, own) : CallOptions.DEFAULT);
            List<Runnable> events = new ArrayList<>(
                    List.of(stream::outboundHeaders, () -> stream.streamClosed(Status.CANCELLED), own::close));
            Collections.shuffle(events, random);
            CyclicBarrier barrier = new CyclicBarrier(events.size());
            var ends = events.stream()
                    .map(event -> threads.submit(() -> {
                        barrier.await();
                        event.run();
                        return null;
                    }))
                    .toList();
            for (var end : ends) {
                end.get();
            }
        }
        threads.shutdownNow();
        assertThat(statistics.inFlight()).isEqualTo(1);
    }

    @Test
    void theLatencyOfAUnaryCallIsTheTimeToItsResponse() {
        ClientStreamTracer stream = streamOfAttempt();
        stream.outboundHeaders();
        stream.outboundMessage(0);
        time.advance(Duration.ofMillis(30));
        stream.inboundMessage(0);
        time.advance(Duration.ofMillis(500));
        stream.streamClosed(Status.OK);
        assertThat(statistics.latencyNanos()).isBetween(29 * MILLI, 31 * MILLI);
        assertThat(statistics.successes()).isEqualTo(1);
    }

    @Test
    void thePaceOfAClientThatStreamsIsNotTheLatencyOfTheInstance() {
        ClientStreamTracer stream = streamOfAttempt();
        stream.outboundHeaders();
        for (int i = 0; i < 5; i++) {
            time.advance(Duration.ofSeconds(1));
            stream.outboundMessage(i);
        }
        time.advance(Duration.ofMillis(20));
        stream.inboundMessage(0);
        time.advance(Duration.ofSeconds(1));
        stream.outboundMessage(5);
        time.advance(Duration.ofSeconds(1));
        stream.inboundMessage(1);
        assertThat(statistics.latencyNanos()).isBetween(19 * MILLI, 21 * MILLI);
    }

    @Test
    void anErrorOfTheApplicationIsAnAnswerWithALatency() {
        ClientStreamTracer stream = streamOfAttempt();
        stream.outboundHeaders();
        time.advance(Duration.ofMillis(10));
        stream.streamClosed(Status.NOT_FOUND);
        assertThat(statistics.successes()).isEqualTo(1);
        assertThat(statistics.latencyNanos()).isBetween(9 * MILLI, 11 * MILLI);
    }

    @Test
    void aQuickFailureDoesNotLookFast() {
        ClientStreamTracer stream = streamOfAttempt();
        stream.outboundHeaders();
        time.advance(Duration.ofMillis(1));
        stream.streamClosed(Status.UNAVAILABLE);
        assertThat(statistics.failures()).isEqualTo(1);
        assertThat(statistics.latencyNanos()).isZero();
    }

    @Test
    void anExpiredDeadlineIsAFailureAlsoWhenGrpcReportsACancellation() {
        Deadline.Ticker ticker = new Deadline.Ticker() {
            @Override
            public long nanoTime() {
                return time.nanoTime();
            }
        };
        CallOptions options = CallOptions.DEFAULT.withDeadline(Deadline.after(100, TimeUnit.MILLISECONDS, ticker));
        ClientStreamTracer early = stream(options);
        early.outboundHeaders();
        early.streamClosed(Status.CANCELLED);
        assertThat(statistics.failures()).isZero();
        ClientStreamTracer late = stream(options);
        late.outboundHeaders();
        time.advance(Duration.ofMillis(100));
        late.streamClosed(Status.CANCELLED);
        assertThat(statistics.failures()).isEqualTo(1);
        assertThat(statistics.latencyNanos()).isBetween(99 * MILLI, 101 * MILLI);
    }

    @Test
    void theDeadlineOfTheContextIsOneToo() {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        try (Context.CancellableContext context =
                Context.current().withDeadline(Deadline.after(-1, TimeUnit.MILLISECONDS), scheduler)) {
            context.run(() -> {
                ClientStreamTracer stream = streamOfAttempt();
                stream.outboundHeaders();
                stream.streamClosed(Status.CANCELLED);
            });
        } finally {
            scheduler.shutdownNow();
        }
        assertThat(statistics.failures()).isEqualTo(1);
    }

    @Test
    void anAttemptGivenUpBecauseOfSilenceIsAFailure() {
        ClientStreamTracer stream = streamOfAttempt();
        stream.outboundHeaders();
        attempt.giveUp();
        stream.streamClosed(Status.CANCELLED);
        assertThat(statistics.failures()).isEqualTo(1);
    }

    @Test
    void aStreamThatNeverLeftIsNoFailure() {
        streamOfAttempt().streamClosed(Status.UNAVAILABLE);
        assertThat(statistics.failures()).isZero();
    }

    @Test
    void countsOneEndOnly() {
        ClientStreamTracer stream = streamOfAttempt();
        stream.outboundHeaders();
        stream.streamClosed(Status.OK);
        stream.streamClosed(Status.UNAVAILABLE);
        assertThat(statistics.successes()).isEqualTo(1);
        assertThat(statistics.failures()).isZero();
    }

    @Test
    void writesWhichInstanceIsMeantIfItsRealIdIsKnown() {
        Metadata headers = new Metadata();
        stream(tracers, CallOptions.DEFAULT, headers);
        assertThat(ExpectedInstance.read(headers)).isEqualTo("a");
        stream(new EndpointTracers(record("b"), time::nanoTime), CallOptions.DEFAULT, headers);
        assertThat(ExpectedInstance.read(headers)).isEqualTo("b");
        Metadata others = new Metadata();
        stream(new EndpointTracers(record("localhost:1"), time::nanoTime), CallOptions.DEFAULT, others);
        assertThat(ExpectedInstance.read(others)).isNull();
    }

    @Test
    void theInstanceOwesAResponseFromTheRequestToTheFirstResponse() {
        ClientStreamTracer stream = streamOfAttempt();
        stream.outboundHeaders();
        time.advance(Duration.ofSeconds(1));
        assertThat(waitingMillis()).isZero();
        stream.outboundMessage(0);
        time.advance(Duration.ofSeconds(2));
        assertThat(waitingMillis()).isEqualTo(2_000);
        stream.inboundMessage(0);
        time.advance(Duration.ofHours(1));
        assertThat(waitingMillis()).isZero();
        assertThat(statistics.inFlight()).isEqualTo(1);
    }

    @Test
    void owesNothingToAClientThatStillSendsNorToOneThatLeft() {
        ClientStreamTracer uploading = streamOfAttempt();
        uploading.outboundHeaders();
        uploading.outboundMessage(0);
        uploading.outboundMessage(1);
        time.advance(Duration.ofMinutes(1));
        assertThat(waitingMillis()).isZero();
        ClientStreamTracer left = streamOfAttempt();
        left.outboundHeaders();
        left.outboundMessage(0);
        time.advance(Duration.ofSeconds(1));
        attempt.close();
        assertThat(waitingMillis()).isZero();
        left.streamClosed(Status.CANCELLED);
        left.outboundMessage(1);
        uploading.streamClosed(Status.OK);
        time.advance(Duration.ofSeconds(1));
        assertThat(waitingMillis()).isZero();
    }

    @Test
    void whatIsHeardOfOneCallEndsTheSilenceForAll() {
        ClientStreamTracer older = streamOfAttempt();
        ClientStreamTracer younger = streamOfAttempt();
        older.outboundMessage(0);
        time.advance(Duration.ofSeconds(3));
        younger.outboundMessage(0);
        assertThat(waitingMillis()).isEqualTo(3_000);
        younger.inboundMessage(0);
        time.advance(Duration.ofSeconds(1));
        assertThat(waitingMillis()).isEqualTo(1_000);
        assertThat(statistics.quietNanos(time.nanoTime())).isEqualTo(1_000 * MILLI);
    }

    private long waitingMillis() {
        return statistics.waitingNanos(time.nanoTime()) / MILLI;
    }

    @Test
    void failuresFadeWithTime() {
        ClientStreamTracer stream = streamOfAttempt();
        stream.outboundHeaders();
        stream.streamClosed(Status.UNAVAILABLE);
        assertThat(statistics.failureRate(time.nanoTime())).isCloseTo(1, within(0.001));
        time.advance(EndpointStatistics.FAILURE_DECAY);
        assertThat(statistics.failureRate(time.nanoTime())).isCloseTo(1 / Math.E, within(0.001));
        ClientStreamTracer answered = streamOfAttempt();
        answered.outboundHeaders();
        answered.streamClosed(Status.OK);
        time.advance(Duration.ofSeconds(5));
        assertThat(statistics.failureRate(time.nanoTime())).isCloseTo(1 / Math.E / Math.E, within(0.001));
    }

    @Test
    void aClockThatStepsBackMeansNoTime() {
        ClientStreamTracer stream = streamOfAttempt();
        stream.outboundMessage(0);
        assertThat(statistics.waitingNanos(time.nanoTime() - 5_000 * MILLI)).isZero();
        assertThat(statistics.quietNanos(time.nanoTime() - 5_000 * MILLI)).isZero();
        assertThat(statistics.failureRate(time.nanoTime() - 5_000 * MILLI)).isBetween(0.0, 1.0);
    }

    @Test
    void neverThrows() {
        EndpointTracers broken = new EndpointTracers(endpoint, () -> {
            throw new IllegalStateException("no clock");
        });
        assertThat(stream(broken, CallOptions.DEFAULT, NO_HEADERS)).isNotNull();
    }
}
