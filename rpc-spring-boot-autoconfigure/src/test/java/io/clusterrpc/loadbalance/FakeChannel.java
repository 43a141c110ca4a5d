/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/** What a channel is to the balancer: resolutions go in, subchannels and pickers come out. */
final class FakeChannel extends LoadBalancer.Helper {

    private final Map<String, ClientStreamTracer.Factory> tracers = new ConcurrentHashMap<>();
    final List<FakeSubchannel> subchannels = new ArrayList<>();
    final SynchronizationContext context = new SynchronizationContext((thread, e) -> {
        throw new AssertionError(e);
    });
    final BalancerContext balancerContext;
    final VirtualTime time;
    LoadBalancer balancer;
    ConnectivityState state;
    SubchannelPicker picker;
    int pickers;
    int refreshes;

    FakeChannel(BalancerContext balancerContext, VirtualTime time) {
        this.balancerContext = balancerContext;
        this.time = time;
        this.balancer = new ClusterLoadBalancerProvider().newLoadBalancer(this);
    }

    static EquivalentAddressGroup listed(ServiceInstance instance) {
        return new EquivalentAddressGroup(
                InetSocketAddress.createUnresolved(instance.host(), instance.port()),
                Attributes.newBuilder().set(ServiceInstance.ATTRIBUTE, instance).build());
    }

    static EquivalentAddressGroup unlisted(ServiceInstance instance) {
        return new EquivalentAddressGroup(
                InetSocketAddress.createUnresolved(instance.host(), instance.port()),
                Attributes.newBuilder()
                        .set(ServiceInstance.ATTRIBUTE, instance)
                        .set(ClusterLoadBalancerProvider.UNLISTED, true)
                        .build());
    }

    FakeChannel resolve(ServiceInstance... instances) {
        return resolve(Arrays.stream(instances).map(FakeChannel::listed).toList());
    }

    FakeChannel resolve(List<EquivalentAddressGroup> groups) {
        Attributes attributes = Attributes.newBuilder()
                .set(BalancerContext.KEY, balancerContext)
                .set(ClusterLoadBalancerProvider.NO_INSTANCES, "orders: asked local, nobody there")
                .build();
        context.execute(() -> balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
                .setAddresses(groups)
                .setAttributes(attributes)
                .build()));
        return this;
    }

    void resolutionFails(String why) {
        context.execute(() -> balancer.handleNameResolutionError(Status.UNAVAILABLE.withDescription(why)));
    }

    /** gRPC's idle mode. */
    void idle() {
        context.execute(balancer::shutdown);
        balancer = new ClusterLoadBalancerProvider().newLoadBalancer(this);
    }

    /** The newest subchannel to the instance. */
    FakeSubchannel to(ServiceInstance instance) {
        return subchannels.stream()
                .filter(subchannel -> subchannel.id().equals(instance.id()))
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("no subchannel to " + instance.id()));
    }

    FakeChannel connect(ServiceInstance... instances) {
        for (ServiceInstance instance : instances) {
            to(instance).becomes(ConnectivityState.CONNECTING);
            to(instance).becomes(ConnectivityState.READY);
        }
        return this;
    }

    /** What a transport asks for each stream to the instance. */
    ClientStreamTracer.Factory tracers(ServiceInstance instance) {
        return tracers.computeIfAbsent(instance.id(), id -> {
            for (int i = 0; i < 1_000; i++) {
                PickResult result = pick();
                if (result.getSubchannel() == to(instance)) {
                    return result.getStreamTracerFactory();
                }
            }
            throw new AssertionError(id + " is not picked");
        });
    }

    PickResult pick() {
        return picker.pickSubchannel(new FakeCall());
    }

    String picked(FakeCall call) {
        PickResult result = picker.pickSubchannel(call);
        return result.getSubchannel() == null ? result.toString() : ((FakeSubchannel) result.getSubchannel()).id();
    }

    /** How many of the picks went where. */
    Map<String, Integer> spread(int picks) {
        Map<String, Integer> spread = new HashMap<>();
        for (int i = 0; i < picks; i++) {
            spread.merge(picked(new FakeCall()), 1, Integer::sum);
        }
        return spread;
    }

    @Override
    public Subchannel createSubchannel(CreateSubchannelArgs args) {
        FakeSubchannel subchannel = new FakeSubchannel(args, context);
        subchannels.add(subchannel);
        return subchannel;
    }

    @Override
    public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
        state = newState;
        picker = newPicker;
        pickers++;
    }

    @Override
    public void refreshNameResolution() {
        refreshes++;
    }

    @Override
    public SynchronizationContext getSynchronizationContext() {
        return context;
    }

    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
        return time;
    }

    @Override
    public String getAuthority() {
        return "orders";
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authority) {
        throw new UnsupportedOperationException();
    }
}
