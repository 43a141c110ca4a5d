/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

import io.grpc.Status.Code;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ejects instances and lets them come back. It looks at all of them four times a second while calls are under way or an instance
 * is ejected, and at once when one has failed often enough in a row; else it sleeps.
 *
 * <p><b>Silence.</b> Calls under way and nothing coming back is suspicious after half the time that ejects: then a health call on the
 * same connection asks. Any answer breaks the silence, so a slow method or a stream that has nothing to say is not taken for
 * a frozen process; each answer doubles the time until the next question as long as no new call is sent there. A tick that
 * comes late (a pause of this process) counts as two at most. Where most of the others are silent too, the cause is sought here first.
 *
 * <p><b>Coming back.</b> When its time is over, or it was connected anew, the instance is asked by a health call, then again every
 * second until it answers. It then starts with an empty record, and one that failed calls is out again if its first call fails.
 * How often it was ejected is forgotten step by step, one for each interval in which it behaves.
 *
 * <p>All methods but {@link #recorder} and those for recorders belong to the synchronization context.
 *
 * @param <E> the instances
 */
public final class Ejector<E extends Ejectable> {

    static final Duration TICK = Duration.ofMillis(250);
    static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);
    private static final long REVIEW_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int SLOWEST_OF_HUNDRED = 5;
    private static final int MOST_DOUBLINGS = 6;
    private static final int TIMES_LONGER_IF_SHARED = 3;
    private static final double JITTER = 0.2;
    private static final Logger log = LoggerFactory.getLogger(Ejector.class);

    private final EjectionPolicy policy;
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final Supplier<RandomGenerator> random;
    private final SynchronizationContext context;
    private final ScheduledExecutorService timer;
    private final Supplier<? extends Collection<E>> instances;
    private final EjectionListener<E> listener;
    private final PeerComparison<E> peers;
    private final AtomicBoolean awake = new AtomicBoolean();
    private final AtomicBoolean reviewing = new AtomicBoolean();
    private @Nullable ScheduledHandle tick;
    private long lastTickNanos;
    private long lastReviewNanos;
    private long lastHalvingNanos;
    private boolean stopped;

    /**
     * Creates an ejector that sleeps.
     *
     * @param policy when, for how long, how many
     * @param nanoTime a monotonic clock
     * @param clock the wall clock, for views
     * @param random randomness for the length of ejections
     * @param context where everything is decided
     * @param timer runs the ticks
     * @param instances those of now
     * @param listener hears what happens, in the synchronization context
     */
    public Ejector(
            EjectionPolicy policy,
            LongSupplier nanoTime,
            InstantSource clock,
            Supplier<RandomGenerator> random,
            SynchronizationContext context,
            ScheduledExecutorService timer,
            Supplier<? extends Collection<E>> instances,
            EjectionListener<E> listener) {
        this.policy = policy;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.random = random;
        this.context = context;
        this.timer = timer;
        this.instances = instances;
        this.listener = listener;
        this.peers = new PeerComparison<>(policy);
        this.lastHalvingNanos = nanoTime.getAsLong();
    }

    /**
     * Makes the recorder of the calls to an instance. Thread-safe.
     *
     * @param ejection what is remembered of the instance
     * @return a recorder that does nothing if nothing is ever ejected
     */
    public CallRecorder recorder(Ejection ejection) {
        return policy.enabled() ? new CallRecorder(this, ejection) : CallRecorder.NONE;
    }

    /**
     * The connection to an instance stands, or not any more.
     *
     * @param instance which
     */
    public void connectionChanged(E instance) {
        Ejection ejection = instance.ejection();
        ejection.quietNanos = 0;
        if (ejection.isEjected()) {
            if (!instance.isReady()) {
                ejection.connectionLost = true;
            } else if (ejection.connectionLost) {
                ejection.connectionLost = false;
                ejection.untilNanos = nanoTime.getAsLong();
            }
            wakeUp();
        }
    }

    /** Ends for good. What is remembered of the instances stays. */
    public void stop() {
        stopped = true;
        if (tick != null) {
            tick.cancel();
        }
        instances.get().forEach(instance -> instance.ejection().cancelProbe());
    }

    // For recorders, on transport threads

    boolean countsAsFailure(Code code) {
        return policy.codes().contains(code);
    }

    void failed(Ejection ejection) {
        int inARow = ejection.calls.failed();
        if (policy.consecutiveFailures() > 0
                && inARow >= policy.consecutiveFailures()
                && !ejection.isEjected()
                && reviewing.compareAndSet(false, true)) {
            context.execute(() -> {
                reviewing.set(false);
                if (!stopped) {
                    review(nanoTime.getAsLong());
                }
            });
        }
    }

    void wakeUp() {
        if (!awake.get() && awake.compareAndSet(false, true)) {
            context.execute(() -> {
                if (!stopped) {
                    lastTickNanos = nanoTime.getAsLong();
                    scheduleTick();
                }
            });
        }
    }

    // In the synchronization context

    private void scheduleTick() {
        tick = context.schedule(this::tick, TICK.toNanos(), TimeUnit.NANOSECONDS, timer);
    }

    private void tick() {
        long now = nanoTime.getAsLong();
        long passed = Math.min(now - lastTickNanos, 2 * TICK.toNanos());
        lastTickNanos = now;
        boolean needed = false;
        for (E instance : instances.get()) {
            needed |= look(instance, passed, now);
        }
        age(now);
        if (now - lastReviewNanos >= REVIEW_NANOS) {
            review(now);
        }
        if (!needed) {
            awake.set(false); // before the second look: a call that begins meanwhile is seen, or wakes us up
            needed = instances.get().stream().anyMatch(instance -> instance.inFlight() > 0)
                    && awake.compareAndSet(false, true);
        }
        if (needed) {
            scheduleTick();
        }
    }

    /** Returns whether the instance must be looked at again. */
    private boolean look(E instance, long passed, long now) {
        Ejection ejection = instance.ejection();
        boolean used = ejection.used;
        boolean heard = ejection.heard;
        if (used) {
            ejection.used = false;
            ejection.silencesBroken = 0;
        }
        if (heard) {
            ejection.heard = false;
        }
        if (ejection.isEjected()) {
            if (instance.isReady() && now - ejection.untilNanos >= 0) {
                probe(instance);
            }
            return true;
        }
        boolean waiting = instance.inFlight() > 0;
        if (heard || !waiting || !instance.isReady()) {
            ejection.quietNanos = 0;
        } else {
            listen(instance, ejection, passed, now);
        }
        forgive(ejection, now);
        return used || waiting || ejection.times > 0 || ejection.isEjected();
    }

    private void listen(E instance, Ejection ejection, long passed, long now) {
        if (policy.silence().isZero()) {
            return;
        }
        ejection.quietNanos += passed;
        long limit = Math.max(policy.silence().toNanos(), SLOWEST_OF_HUNDRED * ejection.calls.latencyNanos(0.99));
        if (ejection.quietNanos >= (limit << ejection.silencesBroken)) {
            if (instance.isCandidate() && !isShared(instance, limit << ejection.silencesBroken)) {
                eject(
                        instance,
                        EjectionReason.SILENCE,
                        instance.inFlight() + " calls under way, nothing came back for " + millis(ejection.quietNanos)
                                + " ms",
                        now);
            }
        } else if (ejection.quietNanos >= (limit << ejection.silencesBroken) / 2) {
            probe(instance);
        }
    }

    /**
     * Whether most of the others fell silent as well. Then the cause is rather on this side (an overloaded machine, a lost network):
     * where all are silent nobody is to blame, and where some are not it must last.
     */
    private boolean isShared(E instance, long limit) {
        int others = 0;
        int silent = 0;
        for (E other : instances.get()) {
            if (other != instance && other.isCandidate() && !other.ejection().isEjected()) {
                others++;
                silent += other.ejection().quietNanos >= limit / 2 ? 1 : 0;
            }
        }
        return silent > others / 2
                && (silent == others || instance.ejection().quietNanos < TIMES_LONGER_IF_SHARED * limit);
    }

    private void forgive(Ejection ejection, long now) {
        if (ejection.times > 0
                && now - ejection.forgivenNanos >= policy.interval().toNanos()) {
            ejection.times--;
            ejection.forgivenNanos = now;
        }
    }

    private void age(long now) {
        long half = policy.interval().toNanos() / 2;
        for (int i = 0; i < Integer.SIZE && now - lastHalvingNanos >= half; i++) {
            lastHalvingNanos += half;
            instances.get().forEach(instance -> instance.ejection().calls.halve());
        }
        if (now - lastHalvingNanos >= half) {
            lastHalvingNanos = now; // nothing is left after so many halvings
        }
    }

    private void review(long now) {
        lastReviewNanos = now;
        List<E> candidates = new ArrayList<>();
        for (E instance : instances.get()) {
            if (instance.isCandidate() && !instance.ejection().isEjected()) {
                candidates.add(instance);
            }
        }
        for (PeerComparison.Finding<E> finding : peers.compare(candidates)) {
            eject(finding.instance(), finding.reason(), finding.detail(), now);
        }
    }

    private void eject(E instance, EjectionReason reason, String detail, long now) {
        int candidates = 0;
        int ejected = 0;
        for (E other : instances.get()) {
            if (other.isCandidate()) {
                candidates++;
                ejected += other.ejection().isEjected() ? 1 : 0;
            }
        }
        if (ejected >= policy.mostEjected(candidates)) {
            log.debug("{} of {} instances are ejected already, so another one is not: {}", ejected, candidates, detail);
            return;
        }
        Ejection ejection = instance.ejection();
        ejection.cancelProbe();
        ejection.times++;
        long base = policy.baseTime().toNanos();
        long most = policy.maxTime().toNanos();
        long time = ejection.times > most / base ? most : base * ejection.times;
        time -= (long) (time * JITTER * random.get().nextDouble());
        ejection.untilNanos = now + time;
        ejection.times = (int) Math.min(ejection.times, most / base + 1);
        EjectionView view =
                ejection.eject(reason, detail, clock.instant(), clock.instant().plusNanos(time));
        listener.ejected(instance, view);
        wakeUp();
    }

    private void probe(E instance) {
        Ejection ejection = instance.ejection();
        if (ejection.probe != null) {
            return;
        }
        HealthProbe[] own = new HealthProbe[1];
        try {
            own[0] = HealthProbe.start(instance.channel(), PROBE_TIMEOUT, context, problem -> {
                if (ejection.probe == own[0] && !stopped) {
                    ejection.probe = null;
                    probed(instance, ejection, problem);
                }
            });
            ejection.probe = own[0];
        } catch (UnsupportedOperationException e) {
            log.debug("no health call over one connection", e);
            probed(instance, ejection, null);
        }
    }

    private void probed(E instance, Ejection ejection, @Nullable String problem) {
        listener.probed(instance, problem == null);
        long now = nanoTime.getAsLong();
        if (!ejection.isEjected()) {
            if (problem == null) {
                ejection.quietNanos = 0;
                ejection.silencesBroken = Math.min(ejection.silencesBroken + 1, MOST_DOUBLINGS);
            }
        } else if (problem == null) {
            boolean failed = failed(ejection.view());
            ejection.calls.restart(failed ? Math.max(0, policy.consecutiveFailures() - 1) : 0);
            ejection.comeBack(now);
            listener.returned(instance);
        } else {
            ejection.untilNanos = now + PROBE_TIMEOUT.toNanos();
            ejection.prolong(problem, clock.instant().plus(PROBE_TIMEOUT));
        }
    }

    private static boolean failed(@Nullable EjectionView view) {
        return view != null
                && (view.reason() == EjectionReason.CONSECUTIVE_FAILURES || view.reason() == EjectionReason.ERROR_RATE);
    }

    static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
