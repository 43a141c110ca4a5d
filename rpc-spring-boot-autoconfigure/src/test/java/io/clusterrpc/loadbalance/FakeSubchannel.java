/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.grpc.Attributes;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.util.List;

/** A subchannel whose state a test sets. */
final class FakeSubchannel extends Subchannel {

    private final CreateSubchannelArgs args;
    private final SynchronizationContext context;
    private SubchannelStateListener listener;
    final FakeHealth health = new FakeHealth();
    int connectionRequests;
    boolean shutdown;

    FakeSubchannel(CreateSubchannelArgs args, SynchronizationContext context) {
        this.args = args;
        this.context = context;
    }

    String id() {
        return args.getAddresses()
                .get(0)
                .getAttributes()
                .get(ServiceInstance.ATTRIBUTE)
                .id();
    }

    void becomes(ConnectivityState state) {
        context.execute(() -> listener.onSubchannelState(ConnectivityStateInfo.forNonError(state)));
    }

    void fails(String why) {
        fails(Status.UNAVAILABLE.withDescription(why));
    }

    void fails(Status status) {
        context.execute(() -> listener.onSubchannelState(ConnectivityStateInfo.forTransientFailure(status)));
    }

    @Override
    public void start(SubchannelStateListener listener) {
        this.listener = listener;
    }

    @Override
    public void requestConnection() {
        connectionRequests++;
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<EquivalentAddressGroup> getAllAddresses() {
        return args.getAddresses();
    }

    @Override
    public Attributes getAttributes() {
        return Attributes.EMPTY;
    }

    @Override
    public Channel asChannel() {
        return health;
    }

    @Override
    public String toString() {
        return "FakeSubchannel(" + id() + ")";
    }
}
