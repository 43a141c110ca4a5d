/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryException;
import io.clusterrpc.discovery.backend.Backoff;
import io.clusterrpc.discovery.backend.OwnerThread;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Follows one answer of Consul: each question is held by the agent until the answer differs from the last one. Owned by the event
 * loop; {@link #close} may be called by anybody.
 *
 * <p>The rules of Consul's blocking queries: an index that goes backwards or is not above 0 starts afresh without blocking; a failure
 * starts afresh after a random, growing pause; and however fast answers come, there is a least time between two questions.
 */
final class BlockingQuery implements Subscription {

    /** Takes what comes; called on the event loop. */
    interface Reader {

        /**
         * A new answer, or the first one after a failure.
         *
         * @return completes when it was used; a {@link DiscoveryException} says that it cannot be
         */
        CompletionStage<?> read(Answer answer);

        /** There is no answer; tried again soon. */
        void failed(DiscoveryException problem);
    }

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** Between two questions if an agent does not say what it told, so that it cannot hold the next one. */
    private static final Duration POLLING = Duration.ofSeconds(1);

    private final OwnerThread loop;
    private final AgentClient client;
    private final Question question;
    private final Duration wait;
    private final Duration leastGap;
    private final Reader reader;
    private final Backoff backoff;
    private volatile boolean closed;

    // All below: the event loop's.
    private long index;
    private long askedAt;
    private @Nullable CompletableFuture<Answer> asked;
    private @Nullable Future<?> timer;

    BlockingQuery(
            OwnerThread loop, AgentClient client, Question question, Duration wait, Duration leastGap, Reader reader) {
        this.loop = loop;
        this.client = client;
        this.question = question;
        this.wait = wait;
        this.leastGap = leastGap;
        this.reader = reader;
        this.backoff = new Backoff(loop, LONGEST_PAUSE);
    }

    void start() {
        loop.execute(this::ask);
    }

    boolean closed() {
        return closed;
    }

    private void ask() {
        if (closed) {
            return;
        }
        askedAt = loop.nanoTime();
        Question next =
                index > 0 ? question.holding("index", String.valueOf(index), loop.between(wait, 0.9, 1)) : question;
        asked = client.ask(next);
        asked.whenComplete((answer, failure) -> {
            if (closed) {
                return;
            }
            if (failure != null) {
                failed(failure);
            } else if (!answer.ok()) {
                failed(client.problem(answer, question));
            } else {
                answered(answer);
            }
        });
    }

    private void answered(Answer answer) {
        if (answer.index() > 0 && answer.index() == index && !backoff.failing()) {
            askAgain(leastGap);
            return;
        }
        read(answer)
                .whenCompleteAsync(
                        (used, failure) -> {
                            if (failure != null) {
                                failed(failure);
                                return;
                            }
                            backoff.reset();
                            index = answer.index() < index ? 0 : answer.index();
                            askAgain(answer.index() == 0 ? POLLING : leastGap);
                        },
                        loop);
    }

    private CompletionStage<?> read(Answer answer) {
        try {
            return reader.read(answer);
        } catch (RuntimeException ex) {
            return CompletableFuture.failedFuture(ex);
        }
    }

    private void failed(Throwable failure) {
        if (closed) {
            return;
        }
        index = 0;
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Duration pause = backoff.next();
        reader.failed(
                cause instanceof DiscoveryException problem
                        ? problem
                        : new DiscoveryException("consul: " + question.path() + ": " + cause, cause));
        timer = loop.after(pause, this::ask);
    }

    private void askAgain(Duration gap) {
        Duration since = Duration.ofNanos(loop.nanoTime() - askedAt);
        Duration rest = gap.minus(since);
        if (rest.isNegative() || rest.isZero()) {
            ask();
        } else {
            timer = loop.after(rest, this::ask);
        }
    }

    @Override
    public void close() {
        closed = true;
        loop.execute(() -> {
            if (asked != null) {
                asked.cancel(true);
            }
            if (timer != null) {
                timer.cancel(false);
            }
        });
    }
}
