/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryBackend.Catalog;
import io.clusterrpc.loadbalance.BalancerContext;
import io.clusterrpc.loadbalance.EndpointRegistry;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm;
import io.clusterrpc.reference.key.HashKeyStage;
import io.clusterrpc.resilience.CallStages;
import io.clusterrpc.resilience.FanOutParts;
import io.clusterrpc.resilience.LateStages;
import io.clusterrpc.resilience.Members;
import io.clusterrpc.resilience.Safeguards;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.AbstractStub;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/**
 * Creates each reference once, under a lock, with one channel from Spring gRPC's channel factory, which is built at the first call, or at
 * once if it has a target or settings of its own. The factory closes the channels with the context, after everything that serves calls
 * has stopped.
 *
 * <p>Thread-safe.
 */
public final class ManagedReferences implements RpcReferences, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ManagedReferences.class);
    private static final Duration CHANNEL_GRACE = Duration.ofSeconds(2);

    private final ReferenceBlueprint blueprint;
    private final Directory directory;
    private final RetryBuffers retryBuffers = new RetryBuffers();
    private final Map<String, ChannelTarget> discovered = new ConcurrentHashMap<>();
    private final Map<String, Reference> references = new TreeMap<>();

    /**
     * Creates the references of one application context.
     *
     * @param blueprint what each reference is made with
     * @param directory who is alive
     */
    public ManagedReferences(ReferenceBlueprint blueprint, Directory directory) {
        this.blueprint = blueprint;
        this.directory = directory;
    }

    @Override
    public <T extends AbstractStub<?>> T stub(String reference, Class<T> type) {
        return create(type, named(reference));
    }

    @Override
    public <T extends AbstractStub<?>> T stub(Class<T> type) {
        return create(type, nameless(StubTypes.grpcService(type)));
    }

    @Override
    public Channel channel(String reference) {
        return named(reference).channel();
    }

    @Override
    public List<ReferenceState> states() {
        synchronized (references) {
            return List.copyOf(references.values());
        }
    }

    /**
     * Whether the instances of a channel come from discovery.
     *
     * @param channel name of a channel
     * @return {@code false} for everything that is no reference, or has an explicit target
     */
    public boolean discovers(String channel) {
        return discovered.containsKey(channel);
    }

    /**
     * Gives the channel of a reference what its resolver and balancer need. Called while the channel is being built.
     *
     * @param channel name of the channel
     * @param builder the builder to change; untouched if {@link #discovers} says no
     */
    public void customize(String channel, ManagedChannelBuilder<?> builder) {
        ChannelTarget target = discovered.get(channel);
        if (target != null) {
            builder.setNameResolverArg(ChannelTarget.KEY, target);
            Duration idle = blueprint.settings(channel).idleTimeout();
            if (idle != null) {
                builder.idleTimeout(idle.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /**
     * Takes note of the service config of a channel that is balanced by {@code rpc_cluster}. Called while the channel is being built.
     *
     * @param channel name of the channel
     * @param serviceConfig as gRPC will get it
     */
    public void balances(String channel, Map<String, ?> serviceConfig) {
        retryBuffers.balances(channel, serviceConfig);
    }

    /**
     * Checks the settings of a reference without opening it.
     *
     * @param name its name
     * @param types the types of its injection points
     * @throws RuntimeException if they can never work; the message names the property
     */
    public void check(String name, Collection<Class<?>> types) {
        ReferenceSettings settings = blueprint.settings(name);
        blueprint.algorithm(settings);
        MethodChecks.check(settings, types, blueprint.fallbacks(), blueprint.mergers());
    }

    /**
     * Connects the references that are to be connected at start-up, each within its own timeout. Blocks.
     *
     * @param names names of references to create and connect
     * @throws UnresolvableReferenceException if one does not connect in time
     */
    public void connect(Collection<String> names) {
        try {
            for (String name : names) {
                named(name).awaitConnected();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while connecting references " + names, interrupted);
        }
    }

    private <T extends AbstractStub<?>> T create(Class<T> type, Reference reference) {
        return blueprint.stubs().create(type, reference::channel);
    }

    private Reference nameless(String grpcService) {
        String service = blueprint.application(grpcService);
        if (service != null) {
            return named(service);
        }
        return reference(grpcService, () -> {
            Catalog catalog = directory.catalog();
            if (catalog == null) {
                throw new UnresolvableReferenceException(
                        "@RpcReference without a name for gRPC service " + grpcService + ": the registry "
                                + directory.backends() + " has no catalog of gRPC services (expected: a name)",
                        "Set rpc.services.\"[" + grpcService
                                + "]\" to the name of the application that offers it, or name it:"
                                + " @RpcReference(\"<application>\")");
            }
            return new CatalogSource(grpcService, catalog, directory);
        });
    }

    private Reference named(String name) {
        if (blueprint.isNameless(name) && blueprint.application(name) == null) {
            return nameless(name);
        }
        return reference(
                name, () -> InstanceSource.named(blueprint.settings(name).service(), directory));
    }

    private Reference reference(String name, Supplier<InstanceSource> source) {
        synchronized (references) {
            Reference reference = references.get(name);
            if (reference == null) {
                reference = open(name, source);
                references.put(name, reference);
            }
            return reference;
        }
    }

    private Reference open(String name, Supplier<InstanceSource> instances) {
        ReferenceSettings settings = blueprint.settings(name);
        String explicitTarget = blueprint.explicitTarget(name);
        LoadBalancingAlgorithm algorithm = blueprint.algorithm(settings);
        InstanceSource source = explicitTarget != null ? InstanceSource.none(settings.service()) : instances.get();
        EndpointRegistry endpoints = new EndpointRegistry(name);
        Members members = explicitTarget != null
                ? method -> List.of()
                : new ReferenceMembers(source, endpoints, settings.balancing().route());
        LateStages stages = new LateStages(() -> stages(settings, members));
        endpoints.listen(new RecoveryWatch(stages::recovered));
        if (explicitTarget == null) {
            discovered.put(
                    name,
                    new ChannelTarget(source, BalancerContext.of(name, algorithm, settings.balancing(), endpoints)));
        }
        LateChannel channel = new LateChannel(name, () -> {
            ManagedChannel built = channel(settings, stages);
            if (explicitTarget == null) {
                // From here on there are instances to hear of.
                blueprint.endpointListeners().forEach(endpoints::listen);
            }
            return built;
        });
        Reference reference = new Reference(
                settings, source, source.follow(snapshot -> {}), endpoints, stages, explicitTarget, channel);
        if (explicitTarget != null || blueprint.isChannelConfigured(name)) {
            // A mistake in its settings fails the start, not the first call.
            openNow(reference);
        }
        announce(reference);
        return reference;
    }

    private void openNow(Reference reference) {
        try {
            reference.channel().open();
        } catch (RuntimeException failure) {
            discovered.remove(reference.name());
            reference.close();
            throw failure;
        }
    }

    private CallStages stages(ReferenceSettings settings, Members members) {
        Safeguards safeguards = blueprint
                .registries()
                .of(
                        settings.name(),
                        blueprint::isKnown,
                        method -> blueprint.fallbacks().of(settings, method))
                .withFanOut(
                        new FanOutParts(members, method -> blueprint.mergers().of(settings, method)));
        CallStages stages = CallStages.of(
                settings.name(), settings.calls(), safeguards, blueprint.runtime(), blueprint.callListeners());
        String requestKey = settings.requestKey();
        return requestKey == null
                ? stages
                : stages.withKey(new HashKeyStage(settings.name(), requestKey, blueprint.runtime()));
    }

    private <T extends ManagedChannelBuilder<T>> ManagedChannel channel(ReferenceSettings settings, LateStages stages) {
        String name = settings.name();
        // Comes last, and only to a channel with our stages around it.
        GrpcChannelBuilderCustomizer<T> last = (target, builder) -> {
            if (settings.transparentRetry() == TransparentRetry.FAILOVER) {
                retryBuffers.drop(name, builder);
            }
        };
        return blueprint
                .channels()
                .createChannel(
                        name,
                        ChannelBuilderOptions.defaults()
                                .withShutdownGracePeriod(CHANNEL_GRACE)
                                .withCustomizer(last)
                                .withInterceptors(List.of(stages)));
    }

    private static void announce(Reference reference) {
        ReferenceSettings settings = reference.settings();
        if (reference.explicitTarget() != null) {
            log.info(
                    "Reference '{}' -> {} (spring.grpc.client.channel.{}.target; no discovery)",
                    settings.name(),
                    reference.explicitTarget(),
                    settings.name());
            return;
        }
        log.info(
                "Reference '{}' -> service '{}' ({}, registry {})",
                settings.name(),
                reference.service() != null ? reference.service() : "offering " + settings.name(),
                settings.algorithm(),
                reference.snapshot().backends());
    }

    @Override
    public void close() {
        List<Reference> open;
        synchronized (references) {
            open = List.copyOf(references.values());
        }
        open.forEach(Reference::close);
    }
}
