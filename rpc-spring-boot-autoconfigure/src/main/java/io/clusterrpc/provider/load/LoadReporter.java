/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.load;

import io.clusterrpc.Unprocessed;
import io.clusterrpc.loadbalance.OrcaTrailer;
import io.clusterrpc.provider.InstanceGuard;
import io.clusterrpc.provider.limit.LoadShedder;
import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells callers how busy this application is, with the response, in the trailer {@link OrcaTrailer}: on each connection at most once
 * an interval. A good response that has such a trailer already keeps its own.
 *
 * <p>Stands outside whatever sheds load, so that refused requests count as the failures that they are to a caller. Requests for the
 * server itself (health, reflection, channelz, binary log) do not count and carry no report. Thread-safe; no lock per call.
 */
public final class LoadReporter implements ServerInterceptor {

    private static final Attributes.Key<ReportPace> PACE = Attributes.Key.create("io.clusterrpc.load-report");

    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private final RecentLoad load;

    /**
     * Creates a reporter that has counted nothing yet.
     *
     * @param interval how long a connection gets no further report after one
     * @param shedder who counts the calls in flight, {@code null} if nobody does: then the processors alone say how busy it is
     */
    public LoadReporter(Duration interval, @Nullable LoadShedder shedder) {
        this(interval, new ThisProcess(shedder), System::nanoTime);
    }

    LoadReporter(Duration interval, LoadSource source, LongSupplier nanoTime) {
        this.intervalNanos = interval.toNanos();
        this.nanoTime = nanoTime;
        this.load = new RecentLoad(source, nanoTime.getAsLong());
    }

    /**
     * What must be told of every connection of the server. One that it is not told of gets no reports.
     *
     * @return for the server's builder
     */
    public ServerTransportFilter connections() {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                return attributes.toBuilder()
                        .set(PACE, new ReportPace(intervalNanos, nanoTime.getAsLong()))
                        .build();
            }
        };
    }

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        if (InstanceGuard.isInfrastructure(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        return next.startCall(new ReportingCall<>(call), headers);
    }

    private void answered(ServerCall<?, ?> call, Status status, Metadata trailers) {
        long now = nanoTime.getAsLong();
        boolean unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
        load.answered(isFailure(status, trailers), unary, now);
        if (!status.isOk()) {
            // Of another instance, whose failure a handler passed on together with its trailers.
            trailers.discardAll(OrcaTrailer.KEY);
        }
        byte[] report = load.report();
        ReportPace pace = report == null ? null : call.getAttributes().get(PACE);
        if (pace != null && pace.passes(now) && !trailers.containsKey(OrcaTrailer.KEY)) {
            trailers.put(OrcaTrailer.KEY, report);
        }
    }

    /** What consumers take for a failure of the instance too, and requests that it refused. */
    private static boolean isFailure(Status status, Metadata trailers) {
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, DATA_LOSS -> true;
            case RESOURCE_EXHAUSTED -> Unprocessed.isMarked(trailers);
            default -> false;
        };
    }

    private final class ReportingCall<Q, P> extends SimpleForwardingServerCall<Q, P> {

        ReportingCall(ServerCall<Q, P> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            answered(delegate(), status, trailers);
            super.close(status, trailers);
        }
    }
}
