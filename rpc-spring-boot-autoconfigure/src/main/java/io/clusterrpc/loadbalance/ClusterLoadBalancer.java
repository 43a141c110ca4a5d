/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.ejection.CallRecorder;
import io.clusterrpc.loadbalance.ejection.EjectionListener;
import io.clusterrpc.loadbalance.ejection.EjectionPolicy;
import io.clusterrpc.loadbalance.ejection.EjectionView;
import io.clusterrpc.loadbalance.ejection.Ejector;
import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code rpc_cluster} policy: one subchannel per instance, all of them connected, a picker that sends calls through the
 * stages of {@link ClusterPicker}. What waits and what fails when nothing is connected: {@link Snapshot}.
 *
 * <p>A resolution changes only what differs: an instance that comes gets a connection, one that goes loses it (calls on it end
 * in peace), one that moved is replaced, and new metadata of the others is taken over without touching their connections. An
 * instance that is not listed any more keeps its connection but gets no new one. Lost connections are made anew at once,
 * then when {@link Reconnects} says, or when the registry announces the instance anew: as listed again or with a changed record.
 *
 * <p>All methods and state belong to the synchronization context of the channel. Pickers are immutable snapshots. When the
 * channel goes idle the balancer ends; what the {@link EndpointRegistry} knows stays.
 */
final class ClusterLoadBalancer extends LoadBalancer {

    private final Helper helper;
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private @Nullable Publisher publisher;
    private @Nullable Pace pace;
    private @Nullable Reconnects reconnects;
    private @Nullable Ejector<Endpoint> ejector;
    private boolean shutdown;

    ClusterLoadBalancer(Helper helper) {
        this.helper = helper;
    }

    @Override
    public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
        Publisher publisher = publisher(resolved.getAttributes());
        BalancerContext context = publisher.context();
        Resolution resolution = Resolution.of(resolved.getAddresses(), context, endpoints::containsKey);
        List<Endpoint> dropped = new ArrayList<>();
        for (Member member : resolution.members().values()) {
            accept(member, context, dropped);
        }
        for (String id : List.copyOf(endpoints.keySet())) {
            if (!resolution.members().containsKey(id)) {
                drop(id, dropped);
            }
        }
        for (String id : resolution.outside()) {
            context.endpoints().leave(id, "not in this client's subset");
        }
        context.endpoints().retain(endpoints.keySet());
        if (reconnects != null) {
            reconnects.look();
        }
        String whenEmpty = resolved.getAttributes().get(ClusterLoadBalancerProvider.NO_INSTANCES);
        publisher.resolved(resolution, whenEmpty);
        publisher.publish(endpoints.values());
        dropped.forEach(Endpoint::shutdown);
        return Status.OK;
    }

    /** What the first resolution says of the reference holds for the life of the balancer. */
    private Publisher publisher(Attributes attributes) {
        Publisher existing = publisher;
        if (existing == null) {
            BalancerContext context = attributes.get(BalancerContext.KEY);
            if (context == null) {
                String name = helper.getAuthority();
                context = BalancerContext.of(
                        name,
                        new Rotation(),
                        BalancingPolicy.DEFAULTS.withWarmUp(Duration.ZERO).withEjection(EjectionPolicy.OFF),
                        new EndpointRegistry(name));
            }
            existing = new Publisher(helper, context);
            publisher = existing;
            pace = new Pace(helper, existing.context().nanoTime(), this::publish);
            reconnects = new Reconnects(helper, context, endpoints.values());
            ejector = ejector(context);
        }
        return existing;
    }

    private Ejector<Endpoint> ejector(BalancerContext context) {
        return new Ejector<>(
                context.policy().ejection(),
                context.nanoTime(),
                context.clock(),
                context.random(),
                helper.getSynchronizationContext(),
                helper.getScheduledExecutorService(),
                endpoints::values,
                new Ejections(context.endpoints()));
    }

    private void accept(Member member, BalancerContext context, List<Endpoint> dropped) {
        ServiceInstance instance = member.instance();
        boolean listed = member.listed();
        Endpoint endpoint = endpoints.get(instance.id());
        if (endpoint != null
                && (!endpoint.reachedBy(member.addresses()) || (listed && endpoint.isWorthAnotherTry(instance)))) {
            drop(instance.id(), dropped);
            endpoint = null;
        }
        if (endpoint != null) {
            endpoint.describe(instance, listed);
            if (!listed && !endpoint.isReady()) {
                drop(instance.id(), dropped);
            }
        } else if (listed) {
            EndpointRecord joined = context.endpoints().join(instance, true);
            CallRecorder recorder = ejector == null ? CallRecorder.NONE : ejector.recorder(joined.ejection());
            endpoint =
                    new Endpoint(joined, member.addresses(), helper, context.endpoints(), context.nanoTime(), recorder);
            endpoints.put(instance.id(), endpoint);
            endpoint.start(this::changed);
        }
    }

    private void drop(String id, List<Endpoint> dropped) {
        Endpoint endpoint = endpoints.remove(id);
        if (endpoint != null) {
            dropped.add(endpoint);
            forgetReconnect(endpoint);
        }
    }

    private void forgetReconnect(Endpoint endpoint) {
        if (reconnects != null) {
            reconnects.dropped(endpoint);
        }
    }

    private void changed(Endpoint endpoint, ConnectivityStateInfo info) {
        if (endpoints.get(endpoint.id()) != endpoint) {
            return; // dropped, or the channel goes idle
        }
        endpoint.become(info);
        if (ejector != null) {
            ejector.connectionChanged(endpoint);
        }
        if (reconnects != null) {
            reconnects.changed(endpoint);
        }
        switch (info.getState()) {
            case IDLE, TRANSIENT_FAILURE -> {
                helper.refreshNameResolution();
                if (!endpoint.known().listed()) {
                    endpoints.remove(endpoint.id());
                    forgetReconnect(endpoint);
                    endpoint.leave("not listed any more, and its connection ended");
                    publishSoon();
                    return;
                }
                if (info.getState() == ConnectivityState.IDLE) {
                    endpoint.connect();
                }
            }
            case READY -> publishFirst();
            case CONNECTING, SHUTDOWN -> {}
        }
        publishSoon();
        endpoint.announce();
    }

    /** Lets calls through before anyone hears that an instance is back: a breaker that then opens its gate must not fail. */
    private void publishFirst() {
        if (publisher != null && !publisher.serving()) {
            publisher.publish(endpoints.values());
        }
    }

    private void publishSoon() {
        if (pace != null) {
            pace.changed(endpoints.size());
        }
    }

    private void publish() {
        if (!shutdown && publisher != null) {
            publisher.publish(endpoints.values());
        }
    }

    @Override
    public void handleNameResolutionError(Status error) {
        if (!endpoints.isEmpty()) {
            return; // an error is not an empty list
        }
        if (publisher == null) {
            Status failure = Unavailable.unresolved(helper.getAuthority(), error);
            helper.updateBalancingState(ConnectivityState.TRANSIENT_FAILURE, SettledPicker.failing(failure));
        } else {
            publisher.unresolved(error);
            publisher.publish(endpoints.values());
        }
    }

    /** All are being connected already, or wait to be tried again: whoever waits for the channel must not shorten that. */
    @Override
    public void requestConnection() {}

    @Override
    public void shutdown() {
        shutdown = true;
        if (ejector != null) {
            ejector.stop();
        }
        List<Endpoint> all = List.copyOf(endpoints.values());
        endpoints.clear();
        if (publisher != null) {
            publisher.stop();
        }
        if (pace != null) {
            pace.stop();
        }
        if (reconnects != null) {
            reconnects.stop();
        }
        all.forEach(Endpoint::rest);
    }

    /** Takes ejections and returns into the next picker. */
    private final class Ejections implements EjectionListener<Endpoint> {

        private final EndpointRegistry registry;

        Ejections(EndpointRegistry registry) {
            this.registry = registry;
        }

        @Override
        public void ejected(Endpoint instance, EjectionView ejection) {
            publishSoon();
            registry.announceEjected(instance.known(), ejection);
        }

        @Override
        public void returned(Endpoint instance) {
            publishSoon();
            registry.announceReturned(instance.known());
        }

        @Override
        public void probed(Endpoint instance, boolean alive) {
            registry.announceProbed(instance.known(), alive);
        }
    }
}
