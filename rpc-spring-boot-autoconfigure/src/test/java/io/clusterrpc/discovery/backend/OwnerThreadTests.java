/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnerThreadTests {

    private final OwnerThread owner = new OwnerThread("owner-under-test", () -> 42, () -> 0.5);

    @AfterEach
    void close() {
        owner.close();
    }

    @Test
    void runsEverythingOnOneDaemonThread() throws Exception {
        CompletableFuture<Thread> now = new CompletableFuture<>();
        CompletableFuture<Thread> later = new CompletableFuture<>();
        CompletableFuture<Boolean> itself = new CompletableFuture<>();
        owner.execute(() -> now.complete(Thread.currentThread()));
        owner.after(Duration.ofMillis(1), () -> {
            later.complete(Thread.currentThread());
            itself.complete(owner.isCurrentThread());
        });
        Thread thread = now.get(10, TimeUnit.SECONDS);
        assertThat(thread.getName()).isEqualTo("owner-under-test");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(later.get(10, TimeUnit.SECONDS)).isSameAs(thread);
        assertThat(itself.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(owner.isCurrentThread()).isFalse();
    }

    @Test
    void survivesATaskThatThrows() throws Exception {
        owner.execute(() -> {
            throw new AssertionError("no");
        });
        CompletableFuture<Boolean> next = new CompletableFuture<>();
        owner.execute(() -> next.complete(true));
        assertThat(next.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void dropsWhatComesAfterItsEnd() {
        owner.close();
        owner.execute(() -> {});
        assertThat(owner.after(Duration.ZERO, () -> {}).isCancelled()).isTrue();
    }

    @Test
    void backsOffTwiceAsLongEachTimeUpToACap() {
        Backoff backoff = new Backoff(owner, Duration.ofSeconds(1));
        assertThat(backoff.failing()).isFalse();
        // The dice always say the middle of a half and a whole.
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(75));
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(150));
        assertThat(backoff.failing()).isTrue();
        for (int i = 0; i < 100; i++) {
            backoff.next();
        }
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(750));
        backoff.reset();
        assertThat(backoff.failing()).isFalse();
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(75));
    }
}
