/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.provider.RpcProvider;
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
    private final InstantSource clock;

    /**
     * Creates the endpoint.
     *
     * @param provider what the application offers, {@code null} if it serves nothing
     * @param references what it refers to, {@code null} if it calls nobody
     * @param clock tells the age of lists
     */
    public RpcEndpoint(@Nullable RpcProvider provider, @Nullable RpcReferences references, InstantSource clock) {
        this.provider = provider;
        this.references = references;
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
     * @param references the references in use, by name
     */
    record RpcDescriptor(List<OfferDescriptor> offers, Map<String, ReferenceDescriptor> references)
            implements OperationResponseBody {}
}
