/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Unprocessed;
import io.github.resilience4j.core.IntervalBiFunction;
import io.github.resilience4j.core.functions.Either;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: 20 ms, then four times as long each time up to 250 ms, each shortened or lengthened
 * at random by up to a half so that the callers of a dead instance do not arrive at the others all at once. Short, because the next
 * attempt goes to another instance; not zero, because the balancer first has to notice a death, and a crowd would follow.
 *
 * <p>No wait at all before the first failover away from an instance that is leaving or was not the one meant: it has said that it
 * did nothing, the others have room, and the balancer knows not to pick it again.
 *
 * <p>Thread-safe. May be named in {@code resilience4j.retry.*.interval-bi-function}.
 */
public final class FailoverBackoff implements IntervalBiFunction<Object> {

    private static final double FIRST_MILLIS = 20;
    private static final double LONGEST_MILLIS = 250;
    private static final double GROWTH = 4;

    private final Supplier<RandomGenerator> random;

    /** With each thread's own randomness. */
    public FailoverBackoff() {
        this(ThreadLocalRandom::current);
    }

    FailoverBackoff(Supplier<RandomGenerator> random) {
        this.random = random;
    }

    @Override
    public Long apply(Integer attempt, Either<Throwable, Object> failure) {
        if (attempt == 1 && failure.isLeft() && isLeaving(failure.getLeft())) {
            return 0L;
        }
        double interval = FIRST_MILLIS * Math.pow(GROWTH, attempt - 1);
        double jittered = interval * (0.5 + random.get().nextDouble());
        return Math.round(Math.min(LONGEST_MILLIS, jittered));
    }

    /** An instance that sheds load says RESOURCE_EXHAUSTED: then the others may be as busy, and waiting helps. */
    private static boolean isLeaving(Throwable failure) {
        Metadata trailers = Status.trailersFromThrowable(failure);
        return trailers != null
                && Unprocessed.isMarked(trailers)
                && Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE;
    }
}
