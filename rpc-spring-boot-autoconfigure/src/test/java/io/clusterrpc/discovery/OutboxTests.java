/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxTests {

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    @Test
    void newsThatComeWhileTheListenerIsBusyAreDeliveredByWhoKeepsItBusy() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        Outbox<Integer> outbox = new Outbox<>(
                "test",
                number -> {
                    busy.countDown();
                    await(free);
                    heard.add(number);
                },
                closed -> {});
        outbox.put(1);
        Future<?> first = thread.submit(outbox::deliver);
        await(busy);
        outbox.put(2);
        // Would hang here if it called the listener as well.
        outbox.deliver();
        assertThat(heard).isEmpty();
        free.countDown();
        first.get(20, TimeUnit.SECONDS);
        assertThat(heard).containsExactly(1, 2);
    }

    @Test
    void listenerThatBringsNewsHearsThemAfterwards() {
        List<Outbox<Integer>> self = new ArrayList<>();
        Outbox<Integer> outbox = new Outbox<>(
                "test",
                number -> {
                    if (number < 3) {
                        self.get(0).put(number + 1);
                        self.get(0).deliver();
                    }
                    heard.add(number);
                },
                closed -> {});
        self.add(outbox);
        outbox.put(1);
        outbox.deliver();
        assertThat(heard).containsExactly(1, 2, 3);
    }

    @Test
    void closedOneStaysSilentAndClosesOnce() {
        List<Outbox<Integer>> closings = new ArrayList<>();
        Outbox<Integer> outbox = new Outbox<>("test", heard::add, closings::add);
        outbox.put(1);
        outbox.close();
        outbox.close();
        outbox.deliver();
        assertThat(heard).isEmpty();
        assertThat(closings).containsExactly(outbox);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
