/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Member;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import io.clusterrpc.loadbalance.BalancerContext;
import io.clusterrpc.loadbalance.ClusterLoadBalancerProvider;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Turns snapshots of the directory into resolution results: one address group an instance. Until somebody knows anything calls
 * wait; an empty list reaches the balancer with the text that calls fail with.
 *
 * <p>All state is owned by the channel's {@link SynchronizationContext}. Host names are looked up on the channel's offload
 * executor, literal addresses need no lookup.
 */
final class ClusterNameResolver extends NameResolver {

    private final String reference;
    private final ChannelTarget target;
    private final SynchronizationContext context;
    private final Executor offload;
    private @Nullable Listener2 listener;
    private @Nullable Subscription subscription;
    private @Nullable ClusterSnapshot latest;
    private Map<String, List<SocketAddress>> lookedUp = Map.of();
    private boolean lookingUp;
    private boolean shutdown;

    ClusterNameResolver(String reference, ChannelTarget target, Args args) {
        this.reference = reference;
        this.target = target;
        this.context = args.getSynchronizationContext();
        Executor executor = args.getOffloadExecutor();
        this.offload = executor != null ? executor : Runnable::run;
    }

    /** What TLS verifies: the application's name where it is known from the start. */
    @Override
    public String getServiceAuthority() {
        String service = target.source().service();
        return service != null ? service : reference;
    }

    @Override
    public void start(Listener2 listener) {
        this.listener = listener;
        this.subscription = target.source().follow(snapshot -> context.execute(() -> onSnapshot(snapshot)));
    }

    /** gRPC asks after a connection failed: only a host name can have moved, everything else is pushed. */
    @Override
    public void refresh() {
        if (latest != null && latest.members().stream().anyMatch(ClusterNameResolver::needsLookup)) {
            resolve();
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
        if (subscription != null) {
            subscription.close();
        }
    }

    private void onSnapshot(ClusterSnapshot snapshot) {
        boolean nothingKnown = snapshot.source() == Source.UNKNOWN && snapshot.problem() == null;
        if (shutdown || nothingKnown) {
            return;
        }
        latest = snapshot;
        if (snapshot.members().stream().anyMatch(ClusterNameResolver::needsLookup)) {
            resolve();
        } else {
            deliver(snapshot);
        }
    }

    private static boolean needsLookup(Member member) {
        return !HostLookup.isLiteral(member.instance().host());
    }

    private void resolve() {
        ClusterSnapshot snapshot = latest;
        if (snapshot == null || lookingUp) {
            return;
        }
        lookingUp = true;
        Map<String, List<SocketAddress>> known = lookedUp;
        offload.execute(() -> {
            Map<String, List<SocketAddress>> addresses = HostLookup.resolve(snapshot, known);
            context.execute(() -> onLookedUp(snapshot, addresses));
        });
    }

    private void onLookedUp(ClusterSnapshot snapshot, Map<String, List<SocketAddress>> addresses) {
        lookingUp = false;
        lookedUp = addresses;
        if (shutdown) {
            return;
        }
        deliver(snapshot);
        if (latest != snapshot) {
            resolve();
        }
    }

    private void deliver(ClusterSnapshot snapshot) {
        List<EquivalentAddressGroup> groups = new ArrayList<>(snapshot.members().size());
        for (Member member : snapshot.members()) {
            ServiceInstance instance = member.instance();
            List<SocketAddress> resolved = lookedUp.get(HostLookup.key(instance));
            if (resolved == null) {
                resolved = List.of(HostLookup.literal(instance));
            }
            Attributes.Builder attributes = Attributes.newBuilder().set(ServiceInstance.ATTRIBUTE, instance);
            if (!member.listed()) {
                attributes.set(ClusterLoadBalancerProvider.UNLISTED, true);
            }
            groups.add(new EquivalentAddressGroup(resolved, attributes.build()));
        }
        if (listener != null) {
            listener.onResult2(ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromValue(groups))
                    .setAttributes(Attributes.newBuilder()
                            .set(BalancerContext.KEY, target.balancer())
                            .set(ClusterLoadBalancerProvider.NO_INSTANCES, NoInstances.describe(reference, snapshot))
                            .build())
                    .build());
        }
    }
}
