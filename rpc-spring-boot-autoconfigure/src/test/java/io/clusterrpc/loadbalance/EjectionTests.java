/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.ejection.EjectionPolicy;
import io.clusterrpc.loadbalance.ejection.EjectionReason;
import io.clusterrpc.loadbalance.ejection.EjectionView;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class EjectionTests {

    private static final ServiceInstance A = instance("a");
    private static final ServiceInstance B = instance("b");
    private static final ServiceInstance C = instance("c");
    private static final ServiceInstance D = instance("d");
    private static final long PATIENCE = Duration.ofSeconds(2).toNanos();
    private static final Duration FAST = Duration.ofMillis(4);

    private final VirtualTime time = new VirtualTime();
    private final EndpointRegistry registry = new EndpointRegistry("orders", time::nanoTime);
    private final List<String> events = new ArrayList<>();

    EjectionTests() {
        registry.listen(new EndpointListener() {
            @Override
            public void ejected(String reference, ServiceInstance instance, EjectionView ejection) {
                events.add(instance.id() + " " + ejection.reason());
            }

            @Override
            public void returned(String reference, ServiceInstance instance) {
                events.add(instance.id() + " returned");
            }
        });
    }

    private static ServiceInstance instance(String id) {
        return ServiceInstance.builder("orders", id, "localhost", 1 + id.charAt(0))
                .build();
    }

    private FakeChannel channel(EjectionPolicy policy, ServiceInstance... instances) {
        return channel(BalancingPolicy.DEFAULTS.withEjection(policy), instances);
    }

    private FakeChannel channel(BalancingPolicy policy, ServiceInstance... instances) {
        BalancerContext context = new BalancerContext(
                "orders", new Turns(), policy, registry, time::nanoTime, time::instant, () -> new Random(1));
        return new FakeChannel(context, time).resolve(instances).connect(instances);
    }

    private FakeChannel cluster(ServiceInstance... instances) {
        return channel(EjectionPolicy.DEFAULTS, instances);
    }

    /** A stream to an instance whose request has been sent. */
    private static ClientStreamTracer send(FakeChannel channel, ServiceInstance instance) {
        Attempt attempt = new Attempt(1, Set.of(), PATIENCE);
        ClientStreamTracer stream = channel.tracers(instance)
                .newClientStreamTracer(
                        ClientStreamTracer.StreamInfo.newBuilder()
                                .setCallOptions(CallOptions.DEFAULT.withOption(Attempt.KEY, attempt))
                                .build(),
                        new Metadata());
        stream.outboundHeaders();
        stream.outboundMessage(0);
        return stream;
    }

    private void answer(ClientStreamTracer stream) {
        stream.inboundHeaders(new Metadata());
        stream.inboundMessage(0);
        stream.inboundTrailers(new Metadata());
        stream.streamClosed(Status.OK);
    }

    private void succeed(FakeChannel channel, ServiceInstance instance, Duration latency) {
        ClientStreamTracer stream = send(channel, instance);
        time.advance(latency);
        answer(stream);
    }

    private void fail(FakeChannel channel, ServiceInstance instance, Code code, int times) {
        for (int i = 0; i < times; i++) {
            ClientStreamTracer stream = send(channel, instance);
            stream.inboundTrailers(new Metadata());
            stream.streamClosed(code.toStatus());
        }
    }

    private EjectionView ejection(ServiceInstance instance) {
        return registry.view(instance.id()).ejection();
    }

    private void waitUntilAsked(FakeChannel channel, ServiceInstance instance) {
        for (int i = 0; i < 400 && !channel.to(instance).health.isAsked(); i++) {
            time.advance(Duration.ofMillis(100));
        }
        assertThat(channel.to(instance).health.isAsked()).isTrue();
    }

    @Test
    void failuresInARowEjectAtOnce() {
        FakeChannel channel = cluster(A, B, C);
        fail(channel, A, Code.UNAVAILABLE, 4);
        assertThat(ejection(A)).isNull();
        fail(channel, A, Code.UNAVAILABLE, 1);
        assertThat(ejection(A).reason()).isEqualTo(EjectionReason.CONSECUTIVE_FAILURES);
        assertThat(ejection(A).since()).isEqualTo(time.instant());
        assertThat(Duration.between(ejection(A).since(), ejection(A).until()))
                .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
        assertThat(channel.spread(30)).isEqualTo(Map.of("b", 15, "c", 15));
        assertThat(registry.view("a").unusedBecause()).isEqualTo("ejected: 5 failures in a row");
    }

    @Test
    void anAnswerBreaksTheRow() {
        FakeChannel channel = cluster(A, B);
        for (int i = 0; i < 3; i++) {
            fail(channel, A, Code.UNAVAILABLE, 4);
            succeed(channel, A, FAST);
            succeed(channel, A, FAST);
            succeed(channel, A, FAST);
            succeed(channel, A, FAST);
            succeed(channel, A, FAST);
        }
        time.advance(Duration.ofSeconds(3));
        assertThat(ejection(A)).isNull();
    }

    @Test
    void oneOfTwoMayBeEjectedAndTheLastOneNever() {
        FakeChannel channel = cluster(A, B);
        fail(channel, A, Code.UNAVAILABLE, 5);
        fail(channel, B, Code.UNAVAILABLE, 50);
        time.advance(Duration.ofSeconds(2));
        assertThat(ejection(A)).isNotNull();
        assertThat(ejection(B)).isNull();
        assertThat(channel.spread(4)).isEqualTo(Map.of("b", 4));
    }

    @Test
    void noMoreThanTheShareIsEjected() {
        FakeChannel channel = cluster(A, B, C, D);
        fail(channel, A, Code.UNAVAILABLE, 5);
        fail(channel, B, Code.UNAVAILABLE, 5);
        fail(channel, C, Code.UNAVAILABLE, 5);
        time.advance(Duration.ofSeconds(2));
        assertThat(events).containsExactly("a CONSECUTIVE_FAILURES", "b CONSECUTIVE_FAILURES");
    }

    @Test
    void aFailureOfAllIsNoReasonToEjectOne() {
        FakeChannel channel = cluster(A, B, C);
        for (int i = 0; i < 20; i++) {
            fail(channel, A, Code.UNKNOWN, 1);
            fail(channel, B, Code.UNKNOWN, 1);
            fail(channel, C, Code.UNKNOWN, 1);
        }
        time.advance(Duration.ofSeconds(2));
        assertThat(events).isEmpty();
    }

    @Test
    void cancelledCallsAndThoseWithAShortenedDeadlineNeverCount() {
        FakeChannel channel = channel(noSilence(), A, B);
        fail(channel, A, Code.CANCELLED, 50);
        fail(channel, A, Code.DEADLINE_EXCEEDED, 50);
        for (int i = 0; i < 10; i++) {
            ClientStreamTracer stream = send(channel, A);
            time.advance(Duration.ofMillis(300));
            stream.streamClosed(Status.DEADLINE_EXCEEDED);
        }
        assertThat(events).isEmpty();
    }

    @Test
    void aDeadlineThatLeftEnoughTimeCounts() {
        FakeChannel channel = channel(noSilence(), A, B);
        List<ClientStreamTracer> streams = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            streams.add(send(channel, A));
        }
        time.advance(Duration.ofMillis(1_990));
        streams.forEach(stream -> stream.streamClosed(Status.DEADLINE_EXCEEDED));
        assertThat(ejection(A).reason()).isEqualTo(EjectionReason.CONSECUTIVE_FAILURES);
    }

    @Test
    void theCodesThatCountAreConfigurable() {
        FakeChannel channel = channel(codes(Code.RESOURCE_EXHAUSTED), A, B);
        fail(channel, A, Code.UNAVAILABLE, 50);
        assertThat(events).isEmpty();
        fail(channel, A, Code.RESOURCE_EXHAUSTED, 5);
        assertThat(ejection(A)).isNotNull();
    }

    @Test
    void nothingIsEjectedWhereItIsSwitchedOff() {
        FakeChannel channel = channel(EjectionPolicy.OFF, A, B);
        fail(channel, A, Code.UNAVAILABLE, 50);
        time.advance(Duration.ofSeconds(10));
        assertThat(events).isEmpty();
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void aHighErrorRateEjects() {
        FakeChannel channel = cluster(A, B);
        for (int i = 0; i < 20; i++) {
            fail(channel, A, Code.UNAVAILABLE, 2);
            succeed(channel, A, FAST);
            succeed(channel, B, FAST);
        }
        time.advance(Duration.ofSeconds(2));
        assertThat(events).containsExactly("a ERROR_RATE");
        assertThat(ejection(A).detail()).contains("67 % of").endsWith("of others 0 %");
    }

    @Test
    void aHighErrorRateOfAllEjectsNobody() {
        FakeChannel channel = cluster(A, B);
        for (int i = 0; i < 20; i++) {
            fail(channel, A, Code.UNAVAILABLE, 3);
            succeed(channel, A, FAST);
            fail(channel, B, Code.UNAVAILABLE, 2);
            succeed(channel, B, FAST);
        }
        time.advance(Duration.ofSeconds(2));
        assertThat(events).isEmpty();
    }

    @Test
    void oneOfTwoThatIsManyTimesSlowerIsEjected() {
        FakeChannel channel = cluster(A, B);
        for (int i = 0; i < 20; i++) {
            succeed(channel, A, FAST);
            succeed(channel, B, Duration.ofMillis(250));
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(events).containsExactly("b LATENCY");
        assertThat(ejection(B).detail()).matches("median latency 2\\d\\d ms, of others \\d ms");
    }

    @Test
    void halfTheSpeedIsNoReasonNorIsASmallDifference() {
        FakeChannel channel = cluster(A, B, C);
        for (int i = 0; i < 20; i++) {
            succeed(channel, A, Duration.ofMillis(200));
            succeed(channel, B, Duration.ofMillis(400));
            succeed(channel, C, Duration.ofMillis(300));
        }
        time.advance(Duration.ofSeconds(20));
        for (int i = 0; i < 20; i++) {
            succeed(channel, A, Duration.ofMillis(1));
            succeed(channel, B, Duration.ofMillis(50));
            succeed(channel, C, Duration.ofMillis(1));
        }
        time.advance(Duration.ofSeconds(2));
        assertThat(events).isEmpty();
    }

    @Test
    void silenceIsAskedAfterHalfTheTimeAndEjectsWhenTheHealthCallIsNotAnsweredEither() {
        FakeChannel channel = cluster(A, B);
        succeed(channel, A, FAST);
        time.advance(Duration.ofMillis(250));
        send(channel, A);
        time.advance(Duration.ofMillis(750));
        assertThat(channel.to(A).health.isAsked()).isTrue();
        assertThat(ejection(A)).isNull();
        time.advance(Duration.ofMillis(500));
        assertThat(ejection(A).reason()).isEqualTo(EjectionReason.SILENCE);
        assertThat(channel.spread(4)).isEqualTo(Map.of("b", 4));
    }

    /** An overloaded machine, or a network that is gone: the same happens to all at once. */
    @Test
    void aSilenceOfAllIsNoReasonToEjectOne() {
        FakeChannel channel = cluster(A, B, C, D);
        for (ServiceInstance instance : List.of(A, B, C, D)) {
            succeed(channel, instance, FAST);
            send(channel, instance);
        }
        time.advance(Duration.ofSeconds(30));
        assertThat(events).isEmpty();
    }

    @Test
    void aSilenceOfMostMustLastBeforeItEjects() {
        FakeChannel channel = cluster(A, B, C, D);
        send(channel, A);
        send(channel, B);
        send(channel, C);
        for (int i = 0; i < 29; i++) {
            time.advance(Duration.ofMillis(90));
            succeed(channel, D, FAST);
        }
        assertThat(events).isEmpty();
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofMillis(90));
            succeed(channel, D, FAST);
        }
        assertThat(events).containsExactly("a SILENCE", "b SILENCE");
    }

    @Test
    void aSilenceOfHalfEjectsAtOnce() {
        FakeChannel channel = cluster(A, B, C);
        send(channel, A);
        send(channel, B);
        time.advance(Duration.ofMillis(1_600));
        assertThat(events).containsExactly("a SILENCE");
    }

    @Test
    void aSlowMethodOfALiveServerIsNotSilence() {
        FakeChannel channel = cluster(A, B);
        send(channel, A);
        for (int i = 0; i < 600; i++) {
            time.advance(Duration.ofMillis(100));
            if (channel.to(A).health.isAsked()) {
                channel.to(A).health.ends(Status.UNIMPLEMENTED);
            }
        }
        assertThat(events).isEmpty();
        assertThat(channel.to(A).health.asked).isBetween(3, 9);
    }

    @Test
    void theUsualTailLatencyOfTheInstanceIsNoSilence() {
        FakeChannel channel = cluster(A, B);
        for (int i = 0; i < 10; i++) {
            succeed(channel, A, Duration.ofMillis(450));
            succeed(channel, B, Duration.ofMillis(450));
        }
        send(channel, A);
        time.advance(Duration.ofMillis(1_900));
        assertThat(events).isEmpty();
        time.advance(Duration.ofMillis(1_500));
        assertThat(events).containsExactly("a SILENCE");
    }

    @Test
    void anIdleInstanceIsNotSilentAndCostsNothing() {
        FakeChannel channel = cluster(A, B);
        succeed(channel, A, FAST);
        time.advance(Duration.ofSeconds(60));
        assertThat(time.scheduled()).isZero();
        send(channel, A);
        time.advance(Duration.ofMillis(400));
        assertThat(channel.to(A).health.asked).isZero();
        assertThat(time.scheduled()).isOne();
    }

    @Test
    void aHealthCallBringsAnInstanceBackAndItsShareRises() {
        FakeChannel channel = cluster(A, B);
        fail(channel, A, Code.UNAVAILABLE, 5);
        waitUntilAsked(channel, A);
        assertThat(channel.spread(4)).isEqualTo(Map.of("b", 4));
        channel.to(A).health.answers(ServingStatus.SERVING);
        assertThat(events).containsExactly("a CONSECUTIVE_FAILURES", "a returned");
        assertThat(channel.spread(4)).containsKey("a");
        assertThat(registry.view("a").warmth()).isBetween(0.1, 0.11);
        assertThat(registry.view("b").warmth()).isEqualTo(1);
        time.advance(Duration.ofSeconds(5));
        assertThat(registry.view("a").warmth()).isBetween(0.45, 0.6);
        time.advance(Duration.ofSeconds(6));
        assertThat(registry.view("a").warmth()).isEqualTo(1);
    }

    @Test
    void anInstanceThatDoesNotAnswerIsAskedAgainEverySecond() {
        FakeChannel channel = cluster(A, B);
        fail(channel, A, Code.UNAVAILABLE, 5);
        waitUntilAsked(channel, A);
        channel.to(A).health.answers(ServingStatus.NOT_SERVING);
        assertThat(ejection(A).detail()).isEqualTo("health call: says NOT_SERVING");
        time.advance(Duration.ofMillis(900));
        assertThat(channel.to(A).health.isAsked()).isFalse();
        time.advance(Duration.ofMillis(600));
        channel.to(A).health.ends(Status.DEADLINE_EXCEEDED);
        assertThat(ejection(A).detail()).isEqualTo("health call: no answer");
        waitUntilAsked(channel, A);
        channel.to(A).health.answers(ServingStatus.SERVING);
        assertThat(ejection(A)).isNull();
    }

    @Test
    void oneThatFailsItsFirstCallIsOutAgainAndLonger() {
        FakeChannel channel = cluster(A, B);
        fail(channel, A, Code.UNAVAILABLE, 5);
        Duration[] lengths = new Duration[6];
        for (int i = 0; i < lengths.length; i++) {
            EjectionView ejection = ejection(A);
            lengths[i] = Duration.between(ejection.since(), ejection.until());
            waitUntilAsked(channel, A);
            channel.to(A).health.answers(ServingStatus.SERVING);
            fail(channel, A, Code.UNAVAILABLE, 1);
        }
        assertThat(lengths[1]).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
        assertThat(lengths[3]).isBetween(Duration.ofSeconds(16), Duration.ofSeconds(20));
        assertThat(lengths[5]).isBetween(Duration.ofSeconds(16), Duration.ofSeconds(20));
    }

    @Test
    void goodConductShortensTheNextEjection() {
        FakeChannel channel = cluster(A, B);
        fail(channel, A, Code.UNAVAILABLE, 5);
        waitUntilAsked(channel, A);
        channel.to(A).health.answers(ServingStatus.SERVING);
        fail(channel, A, Code.UNAVAILABLE, 1);
        assertThat(ejection(A).times()).isEqualTo(2);
        waitUntilAsked(channel, A);
        channel.to(A).health.answers(ServingStatus.SERVING);
        succeed(channel, A, FAST);
        time.advance(Duration.ofSeconds(21));
        assertThat(time.scheduled()).isZero();
        fail(channel, A, Code.UNAVAILABLE, 5);
        assertThat(ejection(A).times()).isEqualTo(1);
    }

    @Test
    void aNewConnectionIsAskedAtOnce() {
        FakeChannel channel = cluster(A, B);
        fail(channel, A, Code.UNAVAILABLE, 5);
        channel.to(A).fails("connection refused");
        channel.connect(A);
        time.advance(Duration.ofMillis(250));
        assertThat(channel.to(A).health.isAsked()).isTrue();
    }

    @Test
    void anEjectionOutlivesTheIdleModeOfTheChannel() {
        FakeChannel channel = cluster(A, B);
        fail(channel, A, Code.UNAVAILABLE, 5);
        channel.idle();
        channel.resolve(A, B).connect(A, B);
        assertThat(ejection(A)).isNotNull();
        assertThat(channel.spread(4)).isEqualTo(Map.of("b", 4));
        waitUntilAsked(channel, A);
        channel.to(A).health.answers(ServingStatus.SERVING);
        assertThat(ejection(A)).isNull();
    }

    @Test
    void inPanicEjectedOnesGetCallsToo() {
        ServiceInstance e = instance("e");
        FakeChannel channel = cluster(A, B, C, D, e);
        fail(channel, A, Code.UNAVAILABLE, 5);
        fail(channel, B, Code.UNAVAILABLE, 5);
        assertThat(channel.spread(30)).doesNotContainKeys("a", "b");
        channel.to(C).fails("connection refused");
        channel.to(D).fails("connection refused");
        assertThat(channel.spread(30)).isEqualTo(Map.of("a", 10, "b", 10, "e", 10));
        assertThat(registry.view("a").unusedBecause()).isNull();
        assertThat(ejection(A)).isNotNull();
        channel.connect(C);
        assertThat(channel.spread(30)).doesNotContainKeys("a", "b");
    }

    @Test
    void theTestOfSilenceDoesNotStartWithAPauseOfThisProcess() {
        FakeChannel channel = cluster(A, B);
        send(channel, A);
        time.advance(Duration.ofMillis(10));
        time.pause(Duration.ofSeconds(5));
        time.advance(Duration.ofMillis(100));
        assertThat(events).isEmpty();
    }

    @Test
    void recordersOfManyThreadsEjectOnce() throws Exception {
        FakeChannel channel = cluster(A, B, C);
        var threads = Executors.newFixedThreadPool(4);
        List<Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ends.add(threads.submit(() -> fail(channel, A, Code.UNAVAILABLE, 5_000)));
        }
        for (Future<?> end : ends) {
            end.get();
        }
        threads.shutdownNow();
        assertThat(events).containsExactly("a CONSECUTIVE_FAILURES");
        assertThat(registry.view("a").inFlight()).isZero();
    }

    @Test
    void anInstanceThatGetsNoCallsAnywayIsNotEjected() {
        FakeChannel channel = cluster(A, B);
        fail(channel, A, Code.UNAVAILABLE, 4);
        channel.to(A).becomes(ConnectivityState.CONNECTING);
        fail(channel, A, Code.UNAVAILABLE, 5);
        assertThat(events).isEmpty();
    }

    private static EjectionPolicy codes(Code code) {
        EjectionPolicy all = EjectionPolicy.DEFAULTS;
        return new EjectionPolicy(
                true,
                all.consecutiveFailures(),
                all.errorRate(),
                all.latencyFactor(),
                all.latencyDifference(),
                all.silence(),
                all.minCalls(),
                all.interval(),
                all.baseTime(),
                all.maxTime(),
                all.maxShare(),
                all.panicShare(),
                EnumSet.of(code));
    }

    private static EjectionPolicy noSilence() {
        EjectionPolicy all = EjectionPolicy.DEFAULTS;
        return new EjectionPolicy(
                true,
                all.consecutiveFailures(),
                all.errorRate(),
                all.latencyFactor(),
                all.latencyDifference(),
                Duration.ZERO,
                all.minCalls(),
                all.interval(),
                all.baseTime(),
                all.maxTime(),
                all.maxShare(),
                all.panicShare(),
                all.codes());
    }

    /** One after the other, weights ignored but asked for. */
    private static final class Turns implements LoadBalancingAlgorithm {

        @Override
        public String name() {
            return "turns";
        }

        @Override
        public Selector selector(List<? extends Candidate> candidates) {
            return new Rotation().selector(candidates);
        }
    }
}
