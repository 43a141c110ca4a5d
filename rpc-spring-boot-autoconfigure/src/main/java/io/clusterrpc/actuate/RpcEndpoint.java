/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.provider.RpcProvider;
import io.clusterrpc.provider.limit.LoadShedder;
import io.clusterrpc.reference.ReferenceState;
import io.clusterrpc.reference.RpcReferences;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** Shows what this application offers and where it is registered, and what it refers to, instance by instance. Thread-safe. */
@Endpoint(id = "rpc")
public final class RpcEndpoint {

    private final @Nullable RpcProvider provider;
    private final @Nullable RpcReferences references;
    private final @Nullable LoadShedder shedder;
    private final InstantSource clock;

    /**
     * Creates the endpoint.
     *
     * @param provider what the application offers, {@code null} if it serves nothing
     * @param references what it refers to, {@code null} if it calls nobody
     * @param shedder what it lets in, {@code null} if it lets in everything
     * @param clock tells the age of lists
     */
    public RpcEndpoint(
            @Nullable RpcProvider provider,
            @Nullable RpcReferences references,
            @Nullable LoadShedder shedder,
            InstantSource clock) {
        this.provider = provider;
        this.references = references;
        this.shedder = shedder;
        this.clock = clock;
    }

    /**
     * Everything.
     *
     * @return the servers of this application, and the references by name
     */
    @ReadOperation
    public RpcDescriptor rpc() {
        Instant now = clock.instant();
        Map<String, ReferenceDescriptor> described = new TreeMap<>();
        states().forEach(state -> described.put(state.name(), ReferenceDescriptor.of(state, now)));
        return new RpcDescriptor(
                provider == null
                        ? List.of()
                        : provider.states().stream().map(OfferDescriptor::of).toList(),
                shedder == null ? null : new LoadDescriptor(shedder.limit(), shedder.inFlight(), shedder.shed()),
                described);
    }

    /**
     * One reference.
     *
     * @param reference its name
     * @return {@code null}, that is 404, if no reference of that name is in use
     */
    @ReadOperation
    public @Nullable ReferenceDescriptor reference(@Selector String reference) {
        return states().stream()
                .filter(state -> state.name().equals(reference))
                .findFirst()
                .map(state -> ReferenceDescriptor.of(state, clock.instant()))
                .orElse(null);
    }

    private List<ReferenceState> states() {
        return references == null ? List.of() : references.states();
    }

    /**
     * The answer of the endpoint.
     *
     * @param offers the servers of this application, one a port
     * @param load what they let in and refuse, absent if they let in everything
     * @param references the references in use, by name
     */
    record RpcDescriptor(
            List<OfferDescriptor> offers, @Nullable LoadDescriptor load, Map<String, ReferenceDescriptor> references)
            implements OperationResponseBody {}

    /**
     * How busy the servers of this application are.
     *
     * @param limit how many calls are let in at a time now
     * @param inFlight how many are in flight, streams not counted
     * @param shed how many were refused since the start
     */
    record LoadDescriptor(int limit, int inFlight, long shed) {}
}
