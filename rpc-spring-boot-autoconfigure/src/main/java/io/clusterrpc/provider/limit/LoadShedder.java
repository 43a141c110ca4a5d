/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import io.clusterrpc.CallPriority;
import io.clusterrpc.PreviousAttempts;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.provider.InstanceGuard;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses requests beyond a {@link ConcurrencyLimit} before a handler runs: RESOURCE_EXHAUSTED, marked as {@link Unprocessed}. A
 * {@link Burst} passes. Further attempts of a call get four fifths of the limit, so that they are refused first; then calls go
 * by their {@link CallPriority}.
 *
 * <p>In flight is a request from its arrival at the transport ({@link #arrivals()}), so the queue of the server's executor counts.
 * Streams are refused like others, but once let in they count no more: how long they last says nothing about load. Requests for
 * the server itself (health, reflection, channelz, binary log) neither count nor are refused.
 *
 * <p>Thread-safe; no lock of its own per call.
 */
public final class LoadShedder implements ServerInterceptor {

    private static final Logger log = LoggerFactory.getLogger(LoadShedder.class);
    private static final ServerCall.Listener<?> REFUSED = new ServerCall.Listener<>() {};
    private static final ServerStreamTracer UNCOUNTED = new ServerStreamTracer() {};
    private static final double SHARE_OF_RETRIES = 0.8;
    private static final long QUIET_NANOS = 10_000_000_000L;

    private final ConcurrencyLimit limit;
    private final LongSupplier nanoTime;
    private final Burst burst;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder shed = new LongAdder();

    /** When a request was refused last; 0 while none is. */
    private final AtomicLong shedding = new AtomicLong();

    private volatile long shedBefore;

    /**
     * Creates a shedder with nothing in flight.
     *
     * @param limit how many calls may be
     */
    public LoadShedder(ConcurrencyLimit limit) {
        this(limit, System::nanoTime, new Burst(Duration.ofMillis(100)));
    }

    LoadShedder(ConcurrencyLimit limit, LongSupplier nanoTime, Burst burst) {
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.burst = burst;
    }

    /**
     * What must be told of every stream of the server. Without it nothing is refused.
     *
     * @return for the server's builder
     */
    public ServerStreamTracer.Factory arrivals() {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
                if (InstanceGuard.isInfrastructure(fullMethodName)) {
                    return UNCOUNTED;
                }
                inFlight.incrementAndGet();
                return new ArrivedCall(LoadShedder.this, nanoTime.getAsLong());
            }
        };
    }

    /**
     * How many calls may be in flight now.
     *
     * @return the limit
     */
    public int limit() {
        return limit.limit();
    }

    /**
     * How many calls are in flight, those that wait for a thread included and streams left out.
     *
     * @return 0 or more
     */
    public int inFlight() {
        return inFlight.get();
    }

    /**
     * How many requests were refused so far.
     *
     * @return 0 or more
     */
    public long shed() {
        return shed.sum();
    }

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        ArrivedCall arrived = ArrivedCall.KEY.get();
        if (arrived == null) {
            return next.startCall(call, headers);
        }
        CallPriority priority = CallPriority.read(headers);
        Admission admission = arrived.admission();
        if (admission == Admission.OPEN) {
            admission = decide(headers, priority);
        }
        if (admission != Admission.GRANTED) {
            return refuse(call, arrived, admission);
        }
        if (shedding.get() != 0) {
            quiet();
        }
        if (call.getMethodDescriptor().getType() != MethodType.UNARY) {
            arrived.leave();
            return start(call, headers, passedOn(headers, priority), next);
        }
        arrived.handled();
        try {
            return new Ending<>(start(call, headers, passedOn(headers, priority), next), arrived);
        } catch (RuntimeException | Error e) {
            arrived.leave();
            throw e;
        }
    }

    /** What the handler calls has the priority of what it serves, but for a further attempt the lowest: it is refused first all the way down. */
    private static @Nullable CallPriority passedOn(Metadata headers, @Nullable CallPriority priority) {
        return PreviousAttempts.read(headers) > 0 ? CallPriority.LOW : priority;
    }

    private static <Q, P> ServerCall.Listener<Q> start(
            ServerCall<Q, P> call, Metadata headers, @Nullable CallPriority priority, ServerCallHandler<Q, P> next) {
        return priority == null
                ? next.startCall(call, headers)
                : Contexts.interceptCall(
                        Context.current().withValue(CallPriority.CONTEXT, priority), call, headers, next);
    }

    /** Decides about the call of the current context, before it waits for a thread. Not for the server itself. */
    boolean letsIn(Metadata headers, boolean noThread) {
        ArrivedCall arrived = ArrivedCall.KEY.get();
        if (arrived == null) {
            return true;
        }
        Admission admission = noThread ? Admission.NO_THREAD : decide(headers, CallPriority.read(headers));
        arrived.decide(admission);
        return admission == Admission.GRANTED;
    }

    private Admission decide(Metadata headers, @Nullable CallPriority priority) {
        int allowed = limit.limit();
        int now = inFlight.get();
        if (PreviousAttempts.read(headers) > 0) {
            return now > share(allowed, SHARE_OF_RETRIES) ? Admission.LIMIT : Admission.GRANTED;
        }
        if (priority != null && priority != CallPriority.NORMAL) {
            allowed = share(allowed, priority.share());
        }
        return now <= allowed || burst.covers(nanoTime.getAsLong()) ? Admission.GRANTED : Admission.LIMIT;
    }

    private static int share(int limit, double share) {
        return Math.max(1, (int) (limit * share));
    }

    @SuppressWarnings("unchecked") // the listener ignores every message
    private <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, ArrivedCall arrived, Admission why) {
        int now = inFlight.get();
        // Before the transport reports it: those that arrived with it must not be refused for its sake.
        arrived.leave();
        shed.increment();
        long time = nanoTime.getAsLong();
        if (shedding.getAndSet(time == 0 ? 1 : time) == 0) {
            shedBefore = shed.sum() - 1;
            warn(why, now);
        }
        call.close(
                Status.RESOURCE_EXHAUSTED.withDescription(
                        "The instance is overloaded and did not begin to handle the request; another one may be free"),
                Unprocessed.mark(new Metadata(), "overloaded"));
        return (ServerCall.Listener<Q>) REFUSED;
    }

    private void warn(Admission why, int now) {
        if (why == Admission.NO_THREAD) {
            log.warn(
                    "Shedding load: {} calls in flight, and none of the threads of handlers becomes free"
                            + " (rpc.provider.executor.*)",
                    now);
        } else {
            log.warn(
                    "Shedding load: {} calls in flight, {} are what this application does well now (rpc.provider.limit.*)",
                    now,
                    limit.limit());
        }
    }

    private void quiet() {
        long last = shedding.get();
        if (last != 0 && nanoTime.getAsLong() - last >= QUIET_NANOS && shedding.compareAndSet(last, 0)) {
            log.info("Shedding ended: {} calls were refused", shed.sum() - shedBefore);
        }
    }

    void left() {
        inFlight.decrementAndGet();
    }

    void done(long arrivedNanos) {
        int before = inFlight.getAndDecrement();
        limit.ended(arrivedNanos, nanoTime.getAsLong(), before);
    }

    /** Hears that the handler's thread is free again. */
    private static final class Ending<Q> extends SimpleForwardingServerCallListener<Q> {

        private final ArrivedCall arrived;

        Ending(ServerCall.Listener<Q> handler, ArrivedCall arrived) {
            super(handler);
            this.arrived = arrived;
        }

        @Override
        public void onCancel() {
            arrived.done();
            super.onCancel();
        }

        @Override
        public void onComplete() {
            arrived.done();
            super.onComplete();
        }
    }
}
