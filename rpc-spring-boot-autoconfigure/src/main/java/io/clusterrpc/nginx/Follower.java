/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.nginx.NginxState.Outcome;
import io.clusterrpc.nginx.NginxState.UpstreamState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has nginx follow what is known, and remembers how that went. {@link #follow} is called by one thread, the other methods by any.
 */
final class Follower {

    private static final Logger logger = LoggerFactory.getLogger(NginxUpstreams.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration NAMES_HOLD = Duration.ofSeconds(30);

    /**
     * What a call came to.
     *
     * @param attempted whether there was something to hand over
     * @param again after what time to call again even if nothing changes, {@code null} if there is no need
     */
    record Result(boolean attempted, @Nullable Duration again) {}

    private final NginxSettings settings;
    private final Handover handover;
    private final ServerAddresses addresses;
    private final InstantSource clock;
    private final Map<Outcome, AtomicLong> attempts = new EnumMap<>(Outcome.class);
    private volatile NginxState state;

    // All below: the calling thread's.
    private Set<String> warned = Set.of();
    private boolean begun;

    /** What stood in the file when this application began or nginx last followed. */
    private @Nullable String before;

    private @Nullable String inNginx;
    private Duration pause = FIRST_PAUSE;

    Follower(NginxSettings settings, ServerAddresses addresses, InstantSource clock) {
        this.settings = settings;
        this.handover = new Handover(settings);
        this.addresses = addresses;
        this.clock = clock;
        for (Outcome outcome : Outcome.values()) {
            attempts.put(outcome, new AtomicLong());
        }
        this.state = new NginxState(settings.upstreamFile(), null, null, clock.instant(), null, List.of());
    }

    NginxState state() {
        return state;
    }

    long attempts(Outcome outcome) {
        return Objects.requireNonNull(attempts.get(outcome)).get();
    }

    void abort() {
        handover.abort();
    }

    Result follow(Map<String, ClusterSnapshot> known) {
        begin();
        Rendering next = Rendering.of(settings.upstreams(), known, before, addresses, settings.server());
        boolean names = addresses.dependOnNames();
        warnOfLeftOut(next);
        if (next.text().equals(inNginx)) {
            state = new NginxState(state.file(), state.outcome(), null, null, state.lastReload(), describe(next));
            return new Result(false, names ? NAMES_HOLD : null);
        }
        Attempt attempt = handover.hand(next.text());
        Objects.requireNonNull(attempts.get(attempt.outcome())).incrementAndGet();
        NginxState old = state;
        state = after(old, attempt, next);
        log(old, state);
        if (attempt.problem() != null) {
            inNginx = null;
            Duration again = pause;
            pause = pause.compareTo(LONGEST_PAUSE.dividedBy(2)) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            return new Result(true, again);
        }
        inNginx = next.text();
        before = inNginx;
        pause = FIRST_PAUSE;
        return new Result(true, names ? NAMES_HOLD : null);
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        try {
            before = handover.begin();
        } catch (IOException ex) {
            logger.warn("What stands in {} cannot be read: {}", settings.upstreamFile(), ex.toString());
        }
    }

    private NginxState after(NginxState old, Attempt attempt, Rendering next) {
        Instant now = clock.instant();
        boolean failed = attempt.problem() != null;
        Instant since = old.behindSince();
        return new NginxState(
                old.file(),
                attempt.outcome(),
                attempt.problem(),
                failed ? (since == null ? now : since) : null,
                failed ? old.lastReload() : now,
                describe(next));
    }

    private static List<UpstreamState> describe(Rendering rendering) {
        return rendering.upstreams().entrySet().stream()
                .map(entry -> new UpstreamState(
                        entry.getKey(),
                        entry.getValue().name(),
                        entry.getValue().servers(),
                        List.copyOf(entry.getValue().leftOut())))
                .toList();
    }

    /** Each problem once, until another comes or it is over. */
    private void log(NginxState old, NginxState now) {
        String problem = now.problem();
        if (problem == null) {
            logger.info(
                    "nginx {}: {}",
                    old.problem() == null ? "follows" : "follows again",
                    String.join(
                            ", ",
                            now.upstreams().stream()
                                    .map(each -> each.name() + " with " + each.servers() + " servers")
                                    .toList()));
        } else if (!problem.equals(old.problem())) {
            logger.warn("nginx does not follow the registry ({}), trying again: {}", now.outcome(), problem);
        }
    }

    private void warnOfLeftOut(Rendering next) {
        Set<String> leftOut = new HashSet<>();
        next.upstreams().values().forEach(each -> leftOut.addAll(each.leftOut()));
        leftOut.stream().filter(each -> !warned.contains(each)).forEach(each -> logger.warn("nginx: {}", each));
        warned = leftOut;
    }
}
