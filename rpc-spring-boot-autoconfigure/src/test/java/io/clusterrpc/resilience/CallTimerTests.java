/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CallTimerTests {

    private final CallTimer timer = new CallTimer(Thread::new, Duration.ofMillis(1));
    private final CallTimer calm = new CallTimer(Thread::new);

    @AfterEach
    void stop() {
        timer.shutdownNow();
        calm.shutdownNow();
    }

    @Test
    void whatIsLaterThanAPulseIsNeverTheNextOneDue() {
        ScheduledFuture<?> first = calm.schedule(() -> {}, 2, TimeUnit.SECONDS);
        assertThat(calm.getQueue().peek()).isNotSameAs(first);
        first.cancel(false);
        ScheduledFuture<?> second = calm.schedule(() -> {}, 2, TimeUnit.SECONDS);
        assertThat(calm.getQueue().peek()).isNotSameAs(second);
        assertThat(calm.getQueue()).hasSize(2);
    }

    @Test
    void runsWhatIsDue() throws InterruptedException {
        CountDownLatch run = new CountDownLatch(2);
        timer.schedule(run::countDown, 100, TimeUnit.MICROSECONDS);
        timer.schedule(run::countDown, 5, TimeUnit.MILLISECONDS);
        assertThat(run.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void thePulseEndsWithTheCalls() {
        for (int i = 0; i < 2; i++) {
            timer.schedule(() -> {}, 1, TimeUnit.HOURS).cancel(false);
            while (!timer.getQueue().isEmpty() || timer.getActiveCount() > 0) {
                Thread.onSpinWait();
            }
        }
        assertThat(timer.getCompletedTaskCount()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void ofATimerThatWasShutDownItSaysSo() {
        calm.shutdown();
        assertThatThrownBy(() -> calm.schedule(() -> {}, 1, TimeUnit.SECONDS))
                .isInstanceOf(RejectedExecutionException.class);
    }
}
