/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import io.clusterrpc.PreviousAttempts;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.provider.InstanceGuard;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses requests beyond a {@link ConcurrencyLimit} before a handler runs: RESOURCE_EXHAUSTED, marked as {@link Unprocessed}.
 * Further attempts of a call get nine tenths of the limit, so that they are refused first.
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
    private static final double SHARE_OF_RETRIES = 0.9;
    private static final long QUIET_NANOS = 10_000_000_000L;

    private final ConcurrencyLimit limit;
    private final LongSupplier nanoTime;
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
        this(limit, System::nanoTime);
    }

    LoadShedder(ConcurrencyLimit limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
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
        int allowed = limit.limit();
        if (PreviousAttempts.read(headers) > 0) {
            allowed = Math.max(1, (int) (allowed * SHARE_OF_RETRIES));
        }
        int now = inFlight.get();
        if (now > allowed) {
            return refuse(call, arrived, now);
        }
        if (shedding.get() != 0) {
            quiet();
        }
        if (call.getMethodDescriptor().getType() != MethodType.UNARY) {
            arrived.leave();
            return next.startCall(call, headers);
        }
        arrived.handled();
        try {
            return new Ending<>(next.startCall(call, headers), arrived);
        } catch (RuntimeException | Error e) {
            arrived.leave();
            throw e;
        }
    }

    @SuppressWarnings("unchecked") // the listener ignores every message
    private <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, ArrivedCall arrived, int now) {
        // Before the transport reports it: those that arrived with it must not be refused for its sake.
        arrived.leave();
        shed.increment();
        long time = nanoTime.getAsLong();
        if (shedding.getAndSet(time == 0 ? 1 : time) == 0) {
            shedBefore = shed.sum() - 1;
            log.warn(
                    "Shedding load: {} calls in flight, {} are what this application does well now (rpc.provider.limit.*)",
                    now,
                    limit.limit());
        }
        call.close(
                Status.RESOURCE_EXHAUSTED.withDescription(
                        "The instance is overloaded and did not begin to handle the request; another one may be free"),
                Unprocessed.mark(new Metadata(), "overloaded"));
        return (ServerCall.Listener<Q>) REFUSED;
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
