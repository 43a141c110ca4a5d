/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.InstanceResult;
import io.grpc.CallOptions;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a call to several instances, and receives what each made of it. Goes to the stages of a reference in the
 * {@link CallOptions} of the call. The results are there before the call ends. Thread-safe, for one call.
 *
 * @param <R> response message
 */
public final class FanOut<R> {

    /** Where the options carry it. */
    public static final CallOptions.Key<FanOut<?>> KEY = CallOptions.Key.create("io.clusterrpc.fan-out");

    private final @Nullable QuorumPolicy quorum;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile @Nullable List<InstanceResult<R>> results;

    /**
     * Asks for one.
     *
     * @param quorum how many instances, {@code null} for all
     */
    public FanOut(@Nullable QuorumPolicy quorum) {
        this.quorum = quorum;
    }

    @Nullable
    QuorumPolicy quorum() {
        return quorum;
    }

    /** A stage has seen it and will do what it asks for. */
    void claim() {
        claimed.set(true);
    }

    /**
     * Whether the channel has stages that do what this asks for. Known once the call was made, before it is started.
     *
     * @return {@code false} for a channel that is no reference: the call must not be started then
     */
    public boolean isClaimed() {
        return claimed.get();
    }

    void complete(List<InstanceResult<R>> all) {
        results = List.copyOf(Objects.requireNonNull(all));
    }

    /**
     * What the instances made of the call.
     *
     * @return {@code null} while it is under way, and if it was turned away before it reached any
     */
    public @Nullable List<InstanceResult<R>> results() {
        return results;
    }
}
