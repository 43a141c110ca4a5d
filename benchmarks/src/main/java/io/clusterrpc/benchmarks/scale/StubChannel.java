/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.scale;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.BalancerContext;
import io.clusterrpc.loadbalance.ClusterLoadBalancerProvider;
import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.ManagedChannel;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;

/** A channel without a network around the real balancer: subchannels become what they are told. Driven by one thread. */
final class StubChannel extends LoadBalancer.Helper implements AutoCloseable {

    private final SynchronizationContext context = new SynchronizationContext((thread, e) -> {
        throw new IllegalStateException(e);
    });
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "stub-channel");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, StubSubchannel> subchannels = new HashMap<>();
    private final BalancerContext balancerContext;
    private final LoadBalancer balancer;
    private volatile SubchannelPicker picker =
            new LoadBalancer.FixedResultPicker(LoadBalancer.PickResult.withNoResult());
    private int created;

    StubChannel(BalancerContext balancerContext) {
        this.balancerContext = balancerContext;
        this.balancer = new ClusterLoadBalancerProvider().newLoadBalancer(this);
    }

    static EquivalentAddressGroup address(ServiceInstance instance) {
        return new EquivalentAddressGroup(
                InetSocketAddress.createUnresolved(instance.host(), instance.port()),
                Attributes.newBuilder().set(ServiceInstance.ATTRIBUTE, instance).build());
    }

    void resolve(List<EquivalentAddressGroup> groups) {
        Attributes attributes = Attributes.newBuilder()
                .set(BalancerContext.KEY, balancerContext)
                .build();
        run(() -> balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
                .setAddresses(groups)
                .setAttributes(attributes)
                .build()));
    }

    void become(String id, ConnectivityState state) {
        run(() -> {
            StubSubchannel subchannel = subchannels.get(id);
            if (subchannel == null) {
                throw new IllegalArgumentException("id: " + id + " (expected: a connected instance)");
            }
            subchannel.tell(state);
        });
    }

    /** Waits for the timer's thread where that is busy in the context, which would do the task later. */
    private void run(Runnable task) {
        FutureTask<Void> done = new FutureTask<>(task, null);
        context.execute(done);
        try {
            done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    SubchannelPicker picker() {
        return picker;
    }

    /** How many subchannels were created until now. */
    int created() {
        return created;
    }

    @Override
    public Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
        created++;
        EquivalentAddressGroup group = args.getAddresses().get(0);
        StubSubchannel subchannel = new StubSubchannel(args.getAddresses());
        ServiceInstance instance = group.getAttributes().get(ServiceInstance.ATTRIBUTE);
        if (instance != null) {
            subchannels.put(instance.id(), subchannel);
        }
        return subchannel;
    }

    @Override
    public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
        picker = newPicker;
    }

    @Override
    public void refreshNameResolution() {}

    @Override
    public SynchronizationContext getSynchronizationContext() {
        return context;
    }

    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
        return timer;
    }

    @Override
    public String getAuthority() {
        return "orders";
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authority) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        context.execute(balancer::shutdown);
        timer.shutdownNow();
    }

    private static final class StubSubchannel extends Subchannel {

        private final List<EquivalentAddressGroup> addresses;
        private final List<SubchannelStateListener> listeners = new ArrayList<>(1);

        StubSubchannel(List<EquivalentAddressGroup> addresses) {
            this.addresses = addresses;
        }

        void tell(ConnectivityState state) {
            listeners.forEach(it -> it.onSubchannelState(ConnectivityStateInfo.forNonError(state)));
        }

        @Override
        public void start(SubchannelStateListener listener) {
            listeners.add(listener);
        }

        @Override
        public void shutdown() {}

        @Override
        public void requestConnection() {}

        @Override
        public List<EquivalentAddressGroup> getAllAddresses() {
            return addresses;
        }

        @Override
        public Attributes getAttributes() {
            return Attributes.EMPTY;
        }
    }
}
