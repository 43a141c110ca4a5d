/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.clusterrpc.ExpectedInstance;
import io.clusterrpc.Unprocessed;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests that were meant for another instance: UNAVAILABLE, marked as {@link Unprocessed}, so that the caller may try
 * elsewhere whatever the method does. Requests that name no instance, and those for the server itself (health,
 * reflection, channelz, binary log), pass.
 *
 * <p>An instance's id is known here before anybody else can learn it, so a request that names one between the start of the server
 * and its registration is refused too: it was meant for an earlier user of the port. But an id of a kind ({@code pod:}) by which this
 * server does not know itself says nothing about it: the registry made it up and nobody told the server. Thread-safe; no lock per
 * call.
 */
public final class InstanceGuard implements ServerInterceptor {

    private static final ServerCall.Listener<?> REFUSED = new ServerCall.Listener<>() {};

    private static final List<String> INFRASTRUCTURE =
            List.of("grpc.health.", "grpc.reflection.", "grpc.channelz.", "grpc.binarylog.");

    private volatile Set<String> ids = Set.of();

    /** Creates a guard that knows no instance yet. */
    public InstanceGuard() {}

    /**
     * Whether a gRPC service is about the server itself: health, reflection, channelz, binary log.
     *
     * @param grpcService full name of the service
     * @return {@code true} if it is none of the application's
     */
    public static boolean isInfrastructure(@Nullable String grpcService) {
        // Asked for every call.
        if (grpcService == null || !grpcService.startsWith("grpc.")) {
            return false;
        }
        return INFRASTRUCTURE.stream().anyMatch(grpcService::startsWith);
    }

    synchronized void add(String id) {
        Set<String> changed = new HashSet<>(ids);
        changed.add(id);
        ids = Set.copyOf(changed);
    }

    synchronized void remove(String id) {
        Set<String> changed = new HashSet<>(ids);
        changed.remove(id);
        ids = Set.copyOf(changed);
    }

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        String expected = ExpectedInstance.read(headers);
        if (expected == null
                || ids.contains(expected)
                || isInfrastructure(call.getMethodDescriptor().getServiceName())
                || isOfUnknownKind(expected)) {
            return next.startCall(call, headers);
        }
        return refuse(call, expected);
    }

    private boolean isOfUnknownKind(String expected) {
        Set<String> own = ids;
        String kind = expected.substring(0, expected.indexOf(':') + 1);
        return !kind.isEmpty() && !own.isEmpty() && own.stream().noneMatch(id -> id.startsWith(kind));
    }

    @SuppressWarnings("unchecked") // the listener ignores every message
    private <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, String expected) {
        Set<String> own = ids;
        String here = own.isEmpty() ? "an instance that is not registered yet" : "instance " + String.join(", ", own);
        call.close(
                Status.UNAVAILABLE.withDescription("The request was meant for instance " + expected
                        + ", but at this address is " + here + ": the address of the caller is stale"),
                Unprocessed.mark(new Metadata(), "wrong instance"));
        return (ServerCall.Listener<Q>) REFUSED;
    }
}
