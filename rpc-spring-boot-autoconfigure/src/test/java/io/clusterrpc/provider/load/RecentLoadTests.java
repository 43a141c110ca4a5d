/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.loadbalance.LoadReport;
import io.clusterrpc.loadbalance.OrcaTrailer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentLoadTests {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FakeSource source = new FakeSource();
    private long now = Long.MAX_VALUE - SECOND / 2; // the clock may wrap
    private final RecentLoad load = new RecentLoad(source, now);

    private LoadReport report() {
        return OrcaTrailer.decode(Objects.requireNonNull(load.report()));
    }

    /** Calls at even distances for a second, of which every {@code n}-th fails, with processors busy for that share of it. */
    private void second(int calls, int n, double cpuShare) {
        for (int i = 1; i <= calls; i++) {
            now += SECOND / calls;
            source.cpuNanos += (long) (cpuShare * source.processors * SECOND / calls);
            load.answered(n > 0 && i % n == 0, true, now);
        }
    }

    @Test
    void saysNothingBeforeTheFirstSecond() {
        load.answered(false, true, now);
        now += SECOND - 1;
        load.answered(false, true, now);
        assertThat(load.report()).isNull();
    }

    @Test
    void tellsRatesOfTheFirstSecondAndItsProcessorsFromTheSecondOne() {
        source.limit = 40;
        source.inFlight = 11;
        second(100, 4, 0.5);
        assertThat(report()).isEqualTo(new LoadReport(0, 0, 0.25, 100, 25, 10, 40));
        second(100, 4, 0.5);
        assertThat(report()).isEqualTo(new LoadReport(0.5, 0, 0, 100, 25, 10, 40));
    }

    @Test
    void theScarcerOfProcessorsAndLimitSaysHowBusyItIs() {
        source.limit = 10;
        source.inFlight = 9;
        second(100, 0, 0.3);
        second(100, 0, 0.3);
        assertThat(report().cpuUtilization()).isCloseTo(0.3, within(1e-9));
        assertThat(report().utilization()).isCloseTo(0.8, within(1e-9));
        source.limit = 100;
        second(100, 0, 0.3);
        assertThat(report().applicationUtilization()).isZero();
        assertThat(report().utilization()).isCloseTo(0.3, within(1e-9));
    }

    @Test
    void laterSecondsReplaceEarlierOnes() {
        second(100, 0, 0.1);
        second(100, 0, 0.1);
        second(400, 0, 0.4);
        double kept = Math.exp(-1 / 3.0);
        assertThat(report().qps()).isCloseTo(400 - 300 * kept, within(1e-6));
        assertThat(report().cpuUtilization()).isCloseTo(0.4 - 0.3 * kept, within(1e-6));
        for (int i = 0; i < 20; i++) {
            second(400, 0, 0.4);
        }
        assertThat(report().qps()).isCloseTo(400, within(1.0));
    }

    /** Nobody asks while nobody calls; the first call afterwards tells of the whole time. */
    @Test
    void afterASilenceLittleIsLeft() {
        source.limit = 10;
        second(100, 2, 0.9);
        second(100, 2, 0.9);
        now += 60 * SECOND;
        load.answered(false, true, now);
        assertThat(report().qps()).isLessThan(0.1);
        assertThat(report().eps()).isLessThanOrEqualTo(report().qps());
        assertThat(report().cpuUtilization()).isLessThan(0.01);
    }

    @Test
    void callsThatNobodyCountsAreNotTakenFromThoseInFlight() {
        source.inFlight = 3;
        for (int i = 0; i < 100; i++) {
            now += SECOND / 100;
            load.answered(false, false, now);
        }
        assertThat(report().inFlight()).isEqualTo(3);
    }

    @Test
    void looksAtTheCallsInFlightEveryTenMilliseconds() {
        // A crowd that comes and goes within a tenth of the time, however many calls it consists of.
        for (int i = 0; i < 100; i++) {
            source.inFlight = i % 10 == 0 ? 51 : 1;
            for (int call = 0; call < source.inFlight; call++) {
                load.answered(false, true, now);
            }
            now += SECOND / 100;
        }
        load.answered(false, true, now);
        assertThat(report().inFlight()).isCloseTo(5, within(0.1));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE})
    void absurdLimitsMakeNoAbsurdReport(int limit) {
        source.limit = limit;
        source.inFlight = Integer.MAX_VALUE;
        second(100, 1, 0.2);
        second(100, 1, 0.2);
        assertThat(report().limit()).isBetween(0.0, 1e9);
        assertThat(report().inFlight()).isLessThanOrEqualTo(1e9);
        assertThat(report().eps()).isEqualTo(report().qps());
    }

    @Test
    void clocksThatAreUnknownOrGoBackSayNothing() {
        source.cpuNanos = -1;
        second(10, 0, 0);
        second(10, 0, 0);
        assertThat(report().cpuUtilization()).isZero();
        source.cpuNanos = 100 * SECOND;
        second(10, 0, 0.5);
        source.cpuNanos = 5 * SECOND;
        second(10, 0, 0);
        assertThat(report().cpuUtilization()).isZero();
        source.processors = 0;
        second(10, 0, 0);
        source.cpuNanos += 1_000 * SECOND;
        second(10, 0, 0);
        assertThat(report().cpuUtilization()).isBetween(0.0, 100.0);
    }

    @Test
    void manyThreadsLoseNoCall() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                for (int call = 0; call < 50_000; call++) {
                    load.answered(call % 2 == 0, true, now + call);
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        now += SECOND;
        load.answered(false, true, now);
        assertThat(report().qps()).isEqualTo(200_001);
        assertThat(report().eps()).isEqualTo(100_000);
    }
}
