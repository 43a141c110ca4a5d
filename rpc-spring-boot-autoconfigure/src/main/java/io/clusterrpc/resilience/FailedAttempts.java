/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.Attempt;
import io.clusterrpc.ServiceInstance;
import io.github.resilience4j.retry.Retry;
import io.grpc.Status;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a call that failed so far. Exists only once one has. Belongs to the thread that ends or begins an attempt;
 * threads hand it over with the call.
 */
final class FailedAttempts {

    private static final String NO_TIME = ", no time left for another";

    final Retry.AsyncContext<Object> context;
    private final StringBuilder text = new StringBuilder();
    private Set<String> tried = Set.of();
    private @Nullable ServiceInstance lastInstance;
    private Status.Code lastCode = Status.Code.UNKNOWN;
    private int count;
    private boolean outOfTime;
    private boolean refused;
    private boolean shed;

    FailedAttempts(Retry.AsyncContext<Object> context) {
        this.context = context;
    }

    void add(Attempt attempt, Status.Code code) {
        lastInstance = attempt.instance();
        lastCode = code;
        count++;
        text.append(text.isEmpty() ? "" : ", ")
                .append(lastInstance == null ? "no instance" : lastInstance.address())
                .append(": ")
                .append(code);
        if (lastInstance != null) {
            Set<String> more = new HashSet<>(tried);
            more.add(lastInstance.id());
            tried = Set.copyOf(more);
        }
    }

    /** The ids of the instances tried; never changes afterwards. */
    Set<String> tried() {
        return tried;
    }

    @Nullable
    ServiceInstance lastInstance() {
        return lastInstance;
    }

    Status.Code lastCode() {
        return lastCode;
    }

    /** Says that an instance shed the call; {@code true} if one did before: then all may be busy, and a third only makes it worse. */
    boolean shedAgain() {
        boolean before = shed;
        shed = true;
        return before;
    }

    /** Says that another attempt would have begun after the deadline. */
    void outOfTime() {
        outOfTime = true;
    }

    /** Whether a call ended early because the deadline left no time for another attempt, as its description tells. */
    static boolean ranOutOfTime(Status status) {
        String description = status.getDescription();
        return description != null && description.contains(NO_TIME);
    }

    /** Says that the retry budget was spent. */
    void refused() {
        refused = true;
    }

    /** Whether a repetition was made, or refused by the budget: then nobody further up should make one. */
    boolean isDecided() {
        return count > 1 || refused;
    }

    /** Whether the caller learns something from {@link #toString()}. */
    boolean isWorthTelling() {
        return count > 1 || outOfTime || refused;
    }

    /** The attempts in order, with where they went. */
    @Override
    public String toString() {
        return count + (count == 1 ? " attempt" : " attempts") + " (" + text + ")"
                + (outOfTime ? NO_TIME : "")
                + (refused ? ", no further one because the retry budget of the reference is spent" : "");
    }
}
