/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows the calls that are being handled, so that those which outlast the grace period end with a status that says why, and are
 * counted. Calls for the server itself (health, reflection ...) are left to the server. Thread-safe.
 */
public final class OpenCalls implements ServerInterceptor {

    private final Set<OpenCall<?, ?>> open = ConcurrentHashMap.newKeySet();

    /** Knows no call yet. */
    public OpenCalls() {}

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        if (InstanceGuard.isInfrastructure(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        OpenCall<Q, P> counted = new OpenCall<>(call, open::remove);
        open.add(counted);
        try {
            return new Ending<>(next.startCall(counted, headers), counted);
        } catch (RuntimeException | Error e) {
            open.remove(counted);
            throw e;
        }
    }

    int count() {
        return open.size();
    }

    /**
     * Ends every call that still runs.
     *
     * @param port of the server concerned; calls that came in at another port go on
     * @return how many calls of each method were ended
     */
    Map<String, Integer> end(int port, Status status) {
        Map<String, Integer> ended = new TreeMap<>();
        for (OpenCall<?, ?> call : open) {
            if (cameInAt(port, call) && call.end(status)) {
                ended.merge(call.getMethodDescriptor().getFullMethodName(), 1, Integer::sum);
            }
        }
        return ended;
    }

    private static boolean cameInAt(int port, ServerCall<?, ?> call) {
        return !(call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR) instanceof InetSocketAddress local)
                || local.getPort() == port;
    }

    /** Forgets a call that ended; tells a handler whose call was ended from outside that it is cancelled. */
    private final class Ending<Q> extends SimpleForwardingServerCallListener<Q> {

        private final OpenCall<Q, ?> call;

        Ending(ServerCall.Listener<Q> handler, OpenCall<Q, ?> call) {
            super(handler);
            this.call = call;
        }

        @Override
        public void onCancel() {
            open.remove(call);
            super.onCancel();
        }

        @Override
        public void onComplete() {
            open.remove(call);
            if (call.wasEnded()) {
                super.onCancel();
            } else {
                super.onComplete();
            }
        }
    }
}
