/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.resilience.LateStages;
import io.clusterrpc.resilience.RetryBudgetState;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.ConnectivityState;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One reference in use: its channel and everything that outlives the channel's idleness. It follows the directory itself from its
 * creation to its end, so that what is known of the cluster does not depend on when calls are made. Immutable.
 */
record Reference(
        ReferenceSettings settings,
        InstanceSource source,
        Subscription following,
        EndpointRegistry endpoints,
        LateStages stages,
        @Nullable String explicitTarget,
        LateChannel channel)
        implements ReferenceState {

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public @Nullable String service() {
        return source.service();
    }

    @Override
    public ClusterSnapshot snapshot() {
        return source.snapshot();
    }

    @Override
    public CircuitBreaker breaker() {
        return stages.get().breaker();
    }

    @Override
    public RetryBudgetState retryBudget() {
        return stages.get().retryBudget();
    }

    @Override
    public long undelivered() {
        return stages.get().undelivered();
    }

    @Override
    public ConnectivityState connectivity() {
        return channel.getState(false);
    }

    /** Stops following. The channel, if there is one, is closed by the factory that made it. */
    void close() {
        channel.close();
        following.close();
        source.close();
    }

    /** Connects and waits until an instance is connected. Blocks. */
    void awaitConnected() throws InterruptedException {
        long deadline = System.nanoTime() + settings.eagerTimeout().toNanos();
        ConnectivityState state;
        while ((state = channel.getState(true)) != ConnectivityState.READY) {
            CountDownLatch changed = new CountDownLatch(1);
            channel.notifyWhenStateChanged(state, changed::countDown);
            long remaining = deadline - System.nanoTime();
            if (remaining <= 0 || !changed.await(remaining, TimeUnit.NANOSECONDS)) {
                throw new UnresolvableReferenceException(
                        NoInstances.describeUnconnected(name(), snapshot(), endpoints.view())
                                + "; none connected within "
                                + settings.eagerTimeout().toMillis() + " ms",
                        "Start a provider of '" + snapshot().service() + "', raise rpc.references." + name()
                                + ".eager-timeout, or set rpc.references." + name()
                                + ".eager=false to connect at the first call");
            }
        }
    }
}
