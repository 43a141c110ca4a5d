/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdaptiveTests extends LoadBalancingAlgorithmContractTests {

    private static final long MILLI = 1_000_000;

    private long now = 1_000_000 * MILLI;

    @Override
    LoadBalancingAlgorithm algorithm(Supplier<RandomGenerator> random) {
        return new Algorithms(random, () -> now, List.of()).named("adaptive");
    }

    private static EndpointStatistics statistics(Candidate candidate) {
        return ((ReadyEndpoint) candidate).known().statistics();
    }

    /** One that was called before, answers in this time and has some calls under way. */
    private Candidate known(String id, long millis, int inFlight) {
        Candidate candidate = candidate(id, 100, 1);
        statistics(candidate).opened(now - Duration.ofSeconds(4).toNanos());
        statistics(candidate).released();
        answer(candidate, millis);
        for (int i = 0; i < inFlight; i++) {
            send(candidate);
        }
        return candidate;
    }

    private void send(Candidate candidate) {
        statistics(candidate).opened(now);
        statistics(candidate).asked(now);
    }

    private void answer(Candidate candidate, long millis) {
        send(candidate);
        statistics(candidate).heard(now);
        statistics(candidate).responded(now, millis * MILLI);
        statistics(candidate).released();
        statistics(candidate).ended(Code.OK, true, now, 0);
    }

    private void fail(Candidate candidate) {
        send(candidate);
        statistics(candidate).heard(now);
        statistics(candidate).released();
        statistics(candidate).ended(Code.UNAVAILABLE, true, now, MILLI);
    }

    @Test
    void goesRoundWhereAllAreAboutEqual() {
        List<Candidate> candidates =
                IntStream.range(0, 6).mapToObj(i -> known("i" + i, 100 + i, 2)).toList();
        assertThat(shares(candidates, 6_000))
                .containsExactly(new double[] {1 / 6.0, 1 / 6.0, 1 / 6.0, 1 / 6.0, 1 / 6.0, 1 / 6.0}, within(0.001));
    }

    @Test
    void prefersTheFasterAndTheLessBusy() {
        assertThat(shares(List.of(known("a", 65, 0), known("b", 40, 0)), 100)[1])
                .isCloseTo(1, within(1e-6));
        assertThat(shares(List.of(known("a", 20, 3), known("b", 20, 1)), 100)[1])
                .isCloseTo(1, within(1e-6));
        assertThat(shares(List.of(known("a", 30, 0), known("b", 20, 1)), 100)[0])
                .isCloseTo(1, within(1e-6));
    }

    /** Else the first instance that is warm would get all calls, and the others would stay cold. */
    @Test
    void sharesAmongInstancesThatAreAllFast() {
        assertThat(shares(List.of(known("cold", 4, 0), known("warm", 1, 0)), 100))
                .containsExactly(new double[] {0.5, 0.5}, within(1e-6));
    }

    @Test
    void callsTheSlowerEveryTwoSecondsInCaseItIsNotSlowAnyMore() {
        Candidate slower = known("slower", 65, 0);
        assertThat(shares(List.of(slower, known("a", 20, 0)), 100)[0]).isZero();
        now += Duration.ofSeconds(3).toNanos();
        List<Candidate> later = List.of(slower, known("a", 20, 0));
        assertThat(shares(later, 100)[0]).isPositive();
        send(slower);
        assertThat(shares(later, 100)[0]).isZero();
    }

    @Test
    void probesAnOutlierEveryTwoSecondsOnly() {
        Candidate stuck = known("stuck", 2_000, 0);
        List<Candidate> candidates = List.of(known("a", 10, 30), stuck, known("b", 10, 30));
        assertThat(shares(candidates, 1_000)[1]).isZero();
        now += Duration.ofSeconds(3).toNanos();
        List<Candidate> later = List.of(known("a", 10, 30), stuck, known("b", 10, 30));
        assertThat(shares(later, 1_000)[1]).isPositive();
        send(stuck);
        assertThat(shares(later, 1_000)[1]).isZero();
    }

    @Test
    void seesThatOneIsSilentBeforeItsFirstLateResponse() {
        Candidate silent = known("silent", 10, 1);
        now += 100 * MILLI;
        assertThat(shares(List.of(silent, known("a", 10, 5)), 100)[0]).isZero();
    }

    @Test
    void failingFastAttractsNothing() {
        Candidate failing = known("failing", 5, 0);
        for (int i = 0; i < 5; i++) {
            now += Duration.ofMillis(500).toNanos();
            fail(failing);
        }
        assertThat(shares(List.of(known("a", 50, 2), failing, known("b", 50, 2)), 100)[1])
                .isZero();
    }

    @Test
    void avoidsOneThatOnlyEverFailedWhateverIsKnownOfTheOthers() {
        Candidate failing = candidate("failing", 100, 1);
        fail(failing);
        assertThat(shares(List.of(known("a", 50, 2), failing), 100)[1]).isZero();
        assertThat(shares(List.of(candidate("new", 100, 1), failing), 100)[1]).isZero();
    }

    @Test
    void takesTheFailingOneWhereThereIsNoOther() {
        Candidate failing = candidate("failing", 100, 1);
        fail(failing);
        assertThat(shares(List.of(failing), 10)[0]).isCloseTo(1, within(1e-6));
        Candidate too = candidate("too", 100, 1);
        fail(too);
        assertThat(shares(List.of(failing, too), 1_000)).containsExactly(new double[] {0.5, 0.5}, within(0.01));
    }

    @Test
    void aNewOneGetsItsTurnsOneCallAtATime() {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            candidates.add(known("i" + i, 20, 2));
        }
        Candidate joining = candidate("joining", 100, 1);
        candidates.add(joining);
        assertThat(shares(candidates, 10_000)[9]).isCloseTo(0.1, within(0.001));
        send(joining);
        assertThat(shares(candidates, 10_000)[9]).isZero();
    }

    /** Else one that is cold would get no calls and stay cold. */
    @Test
    void aNewOneThatIsSlowKeepsItsTurnsForThreeSecondsOneCallAtATime() {
        Candidate cold = candidate("cold", 100, 1);
        answer(cold, 300);
        List<Candidate> candidates = List.of(known("a", 10, 0), cold, known("b", 10, 0));
        assertThat(shares(candidates, 3_000)[1]).isCloseTo(1 / 3.0, within(0.001));
        send(cold);
        assertThat(shares(candidates, 3_000)[1]).isZero();
        statistics(cold).released();
        now += Duration.ofSeconds(3).toNanos();
        answer(cold, 300);
        assertThat(shares(List.of(known("a", 10, 0), cold, known("b", 10, 0)), 3_000)[1])
                .isZero();
    }

    /** Three JVMs that started together are not equally fast for some seconds, and must become it. */
    @Test
    void thoseThatWarmUpShareAsLongAsTheyTakeNoMoreThanAColdJvm() {
        List<Candidate> young = List.of(known("a", 6, 0), known("b", 45, 0), known("c", 25, 0));
        young.forEach(candidate -> ((ReadyEndpoint) candidate).known().warm(0.3));
        double third = 1 / 3.0;
        assertThat(shares(young, 3_000)).containsExactly(new double[] {third, third, third}, within(0.001));
        ((ReadyEndpoint) young.get(1)).known().warm(1);
        assertThat(shares(young, 3_000)[1]).isZero();
    }

    /** One call now and then takes longer than it would in a row: the share of who is called rarely must not stay small for that. */
    @Test
    void oneThatIsSlowerKeepsATenthOfItsTurnsWhileItIsIdle() {
        Candidate slower = known("slower", 18, 0);
        List<Candidate> candidates = List.of(known("a", 5, 0), slower);
        assertThat(shares(candidates, 10_000)[1]).isCloseTo(0.05, within(0.01));
        send(slower);
        assertThat(shares(candidates, 1_000)[1]).isZero();
        assertThat(shares(List.of(known("a", 5, 0), known("off", 21, 0)), 1_000)[1])
                .isZero();
        assertThat(shares(List.of(known("a", 30, 0), known("slow", 51, 0)), 1_000)[1])
                .isZero();
    }

    /** With calls in flight it is not the cold JVM that is slow, but perhaps the load: as busy as the other it is spared. */
    @Test
    void oneThatWarmsUpIsSparedWhileItIsBusyOrSlowerThanAColdJvm() {
        Candidate busy = known("busy", 45, 1);
        Candidate slow = known("slow", 55, 0);
        for (Candidate young : List.of(busy, slow)) {
            ((ReadyEndpoint) young).known().warm(0.3);
            assertThat(shares(List.of(known("a", 10, 1), young), 1_000)[1]).isZero();
        }
    }

    @Test
    void aNewOneThatFailsGetsNothing() {
        Candidate failing = candidate("failing", 100, 1);
        answer(failing, 300);
        now += Duration.ofMillis(500).toNanos();
        fail(failing);
        assertThat(shares(List.of(known("a", 10, 0), failing), 1_000)[1]).isZero();
    }

    @Test
    void aThousandClientsDoNotStormAJoiningOne() {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < 19; i++) {
            candidates.add(known("i" + i, 20, 5));
        }
        candidates.add(candidate("joining", 100, 0.1));
        Random random = new Random(3);
        int first = 0;
        for (int client = 0; client < 1_000; client++) {
            first += algorithm(() -> random).selector(candidates).select(call(client)) == 19 ? 1 : 0;
        }
        assertThat(first).isBetween(1, 20);
    }

    @Test
    void calmsDownWhateverTheClockDid() {
        Candidate odd = known("odd", Long.MAX_VALUE / MILLI, 1);
        Candidate negative = known("negative", -5, 1);
        now -= Duration.ofHours(5).toNanos();
        double[] shares = shares(List.of(odd, negative, known("a", 20, 0)), 1_000);
        assertThat(shares[0] + shares[1] + shares[2]).isCloseTo(1, within(1e-6));
        answer(odd, 20);
        answer(negative, 20);
        assertThat(odd.latencyNanos()).isCloseTo(20 * MILLI, within(MILLI));
        assertThat(odd.waitingNanos(now)).isZero();
    }
}
