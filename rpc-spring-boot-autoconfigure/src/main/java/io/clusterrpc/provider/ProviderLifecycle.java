/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.provider.RpcProviderState.Phase;
import io.grpc.Server;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of this application's servers as consumers see it: announced once the server listens, the application accepts traffic
 * and whatever it {@link #waitFor waits for} is ready, withdrawn before anything stops.
 *
 * <p>Whoever runs the servers reports what happens, in any order and from any thread: a server {@link #serverStarted started},
 * {@link #serverStopping is about to stop}, {@link #serverStopped stopped}; the application {@link #accepting accepts traffic or
 * not}, or {@link #drain stops}. A server that starts again, on whatever port, is a new instance.
 *
 * <p>Thread-safe: one lock guards all state; nobody waits while holding it.
 */
public final class ProviderLifecycle implements RpcProvider {

    private static final Logger log = LoggerFactory.getLogger(RpcProvider.class);

    private final ProviderSettings settings;
    private final AddressPolicy addresses;
    private final Directory directory;
    private final InstanceGuard guard;
    private final DrainBudget budget;
    private final Runnable notServing;
    private final Surroundings surroundings;
    private final Map<Server, OfferedServer> servers = new LinkedHashMap<>();
    private List<String> waiting = List.of();
    private boolean accepting;
    private boolean open;
    private boolean draining;

    /**
     * Creates the lifecycle of an application whose servers have not started yet.
     *
     * @param settings what every server announces
     * @param addresses chooses the address to advertise
     * @param directory where to announce; not closed here
     * @param guard told the ids of the running servers
     * @param budget how long draining takes
     * @param notServing tells the health service that the application stops; called once, by {@link #drain}
     * @param surroundings clocks and the like
     */
    public ProviderLifecycle(
            ProviderSettings settings,
            AddressPolicy addresses,
            Directory directory,
            InstanceGuard guard,
            DrainBudget budget,
            Runnable notServing,
            Surroundings surroundings) {
        this.settings = settings;
        this.addresses = addresses;
        this.directory = directory;
        this.guard = guard;
        this.budget = budget;
        this.notServing = notServing;
        this.surroundings = surroundings;
    }

    /**
     * A server listens on a port. It is announced at once if the application accepts traffic.
     *
     * @param server a started server; in-process servers are none of this type's business
     * @throws NoSuitableAddressException if the configured network has no address on this machine
     */
    public void serverStarted(Server server) {
        StartedServer started = StartedServer.of(server);
        AdvertisedAddress address = addresses.choose(started);
        String service = settings.service();
        ServiceInstance instance = ServiceInstance.builder(service, newId(service), address.host(), address.port())
                .zone(settings.zone())
                .version(settings.version())
                .weight(settings.weight())
                .tags(settings.tags())
                .grpcServices(started.grpcServices())
                .build();
        if (address.doubtful()) {
            log.warn(
                    "{} advertises {}, which consumers on other machines cannot reach ({}); rpc.provider.host sets another address",
                    service,
                    instance.address(),
                    address.why());
        }
        synchronized (this) {
            Phase phase = settings.register() ? Phase.STARTING : Phase.UNANNOUNCED;
            OfferedServer offered = new OfferedServer(
                    instance, address, phase, surroundings.clock().instant());
            servers.put(server, offered);
            guard.add(instance.id());
            if (!settings.register()) {
                log.info(
                        "Serving {} at {} without announcing it (rpc.provider.register=false)",
                        service,
                        instance.address());
            } else if (open && !draining) {
                offered.announce(directory, surroundings.clock().instant());
            }
        }
    }

    /** The registry's own id for this process, if it has one and no other server bears it, else a new one. */
    private synchronized String newId(String service) {
        String assigned = directory.assignedId();
        if (assigned != null
                && servers.values().stream()
                        .noneMatch(offered -> offered.instance().id().equals(assigned))) {
            return assigned;
        }
        // The id goes into a header, which is ASCII; before a colon stands the kind of an assigned one.
        String prefix = service.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':') ? service : "instance";
        return prefix + "-" + surroundings.newSuffix();
    }

    /**
     * The application accepts traffic, or refuses it for a while.
     *
     * @param accepts {@code true} to announce every server as soon as nothing is waited for, {@code false} to withdraw them without
     *     stopping them
     */
    public synchronized void accepting(boolean accepts) {
        accepting = accepts;
        reconsider("the application refuses traffic");
    }

    /**
     * Something is not ready: every server is withdrawn, or not announced yet, without being stopped.
     *
     * @param names of what is waited for, empty for nothing
     */
    public synchronized void waitFor(List<String> names) {
        waiting = List.copyOf(names);
        reconsider("not ready: " + String.join(", ", waiting));
    }

    private void reconsider(String why) {
        boolean opens = accepting && waiting.isEmpty();
        if (draining || opens == open) {
            return;
        }
        open = opens;
        if (!settings.register()) {
            return;
        }
        for (OfferedServer offered : servers.values()) {
            if (offered.leaving()) {
                continue;
            }
            if (opens) {
                offered.announce(directory, surroundings.clock().instant());
            } else if (withdraw(offered, Phase.REFUSING)) {
                log.info("Withdrew {}, {}", offered.instance().id(), why);
            }
        }
    }

    /** What keeps this application from being announced. */
    private List<String> heldBackBy() {
        if (accepting) {
            return waiting;
        }
        List<String> all = new ArrayList<>(waiting.size() + 1);
        all.add("readinessState");
        all.addAll(waiting);
        return all;
    }

    /**
     * A server is about to stop while the application goes on, or as the last step of {@link #drain}: withdraws it and returns when
     * consumers had time to notice.
     *
     * @param server the server, still serving; ignored if unknown
     */
    public void serverStopping(Server server) {
        Duration wait;
        synchronized (this) {
            OfferedServer offered = servers.get(server);
            if (offered == null) {
                return;
            }
            withdraw(offered, Phase.DRAINING);
            wait = remainingNotice(offered);
        }
        pause(wait);
    }

    /**
     * A server answers no more.
     *
     * @param server the server, ignored if unknown
     */
    public synchronized void serverStopped(Server server) {
        OfferedServer offered = servers.remove(server);
        if (offered != null) {
            withdraw(offered, Phase.DRAINING);
            guard.remove(offered.instance().id());
        }
    }

    /**
     * The application stops: withdraws every server, tells the health service, and returns when consumers had time to notice. The
     * servers serve on meanwhile, and after, until they are stopped. Only the first call does anything.
     */
    public void drain() {
        Duration wait = Duration.ZERO;
        synchronized (this) {
            if (draining) {
                return;
            }
            draining = true;
            for (OfferedServer offered : servers.values()) {
                withdraw(offered, Phase.DRAINING);
                Duration remaining = remainingNotice(offered);
                wait = remaining.compareTo(wait) > 0 ? remaining : wait;
            }
        }
        notServing.run();
        if (!wait.isZero()) {
            log.info(
                    "Draining {}: withdrawn, serving on for {} ms so that consumers notice, then finishing calls in flight",
                    settings.service(),
                    wait.toMillis());
            pause(wait);
        }
    }

    @Override
    public synchronized List<RpcProviderState> states() {
        List<String> heldBackBy = heldBackBy();
        return servers.values().stream()
                .map(offered -> offered.state(directory, heldBackBy))
                .toList();
    }

    @Override
    public synchronized void update(UnaryOperator<ServiceInstance> change) {
        Collection<OfferedServer> offered = servers.values();
        List<ServiceInstance> changed = new ArrayList<>(offered.size());
        offered.forEach(server -> changed.add(server.changedBy(change)));
        int next = 0;
        for (OfferedServer server : offered) {
            server.update(changed.get(next++));
        }
    }

    private boolean withdraw(OfferedServer offered, Phase next) {
        Instant now = surroundings.clock().instant();
        try {
            return offered.withdraw(next, now, surroundings.nanoTime().getAsLong());
        } catch (RuntimeException e) {
            log.warn(
                    "Withdrawing {} failed, stopping goes on",
                    offered.instance().id(),
                    e);
            return true;
        }
    }

    private Duration remainingNotice(OfferedServer offered) {
        return offered.remainingNotice(budget.notice(), surroundings.nanoTime().getAsLong());
    }

    private void pause(Duration wait) {
        if (wait.isZero()) {
            return;
        }
        try {
            surroundings.pause().sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
