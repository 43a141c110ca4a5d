/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a stopping application takes: first the notice time, in which it serves on although it was withdrawn, so that consumers
 * can notice; then the grace period, in which calls in flight finish. Together they stay below the 30 s after which Kubernetes
 * kills a container.
 *
 * @param notice the notice time
 */
public record DrainBudget(Duration notice) {

    /** What notice time and grace period together may take without a warning. */
    public static final Duration WHOLE = Duration.ofSeconds(25);

    private static final Duration LONGEST_DEFAULT_NOTICE = Duration.ofSeconds(10);
    private static final Duration SHORTEST_DEFAULT_GRACE = Duration.ofSeconds(5);

    /**
     * The budget of an application.
     *
     * @param configured the configured notice time or {@code null}
     * @param registriesNeed how long the registries in use need to tell consumers, in the worst usual case
     * @return the budget
     */
    public static DrainBudget of(@Nullable Duration configured, Duration registriesNeed) {
        if (configured != null) {
            return new DrainBudget(configured);
        }
        return new DrainBudget(
                registriesNeed.compareTo(LONGEST_DEFAULT_NOTICE) > 0 ? LONGEST_DEFAULT_NOTICE : registriesNeed);
    }

    /**
     * The grace period of a server for which none was configured: what the notice time leaves.
     *
     * @return 5 s or longer
     */
    public Duration defaultGrace() {
        Duration rest = WHOLE.minus(notice);
        return rest.compareTo(SHORTEST_DEFAULT_GRACE) < 0 ? SHORTEST_DEFAULT_GRACE : rest;
    }

    /**
     * Whether stopping may take too long.
     *
     * @param grace the grace period in use, negative for one without an end
     * @return {@code true} if a container may be killed before it has finished
     */
    public boolean exceededWith(Duration grace) {
        return grace.isNegative() || notice.plus(grace).compareTo(WHOLE) > 0;
    }
}
