/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.provider.RpcProviderState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running server and its announcement. Guarded by the lock of {@link ProviderLifecycle}. */
final class OfferedServer {

    private static final Logger log = LoggerFactory.getLogger(RpcProvider.class);

    private final AdvertisedAddress address;
    private ServiceInstance instance;
    private Phase phase;
    private Instant since;
    private DiscoveryBackend.@Nullable Registration registration;
    private boolean announcedBefore;
    private long withdrawnAtNanos;

    OfferedServer(ServiceInstance instance, AdvertisedAddress address, Phase phase, Instant now) {
        this.instance = instance;
        this.address = address;
        this.phase = phase;
        this.since = now;
    }

    ServiceInstance instance() {
        return instance;
    }

    AdvertisedAddress address() {
        return address;
    }

    /** Whether it was withdrawn for good. */
    boolean leaving() {
        return phase == Phase.DRAINING;
    }

    void announce(Directory directory, Instant now) {
        boolean again = announcedBefore;
        if (!again) {
            // Warm-up counts from the first call that can come, not from when the port was opened.
            instance = instance.toBuilder().startTime(now).build();
        }
        registration = directory.register(instance);
        announcedBefore = true;
        enter(Phase.ANNOUNCED, now);
        if (again) {
            log.info("Announced {} again: the application accepts traffic", instance.id());
            return;
        }
        log.info(
                "Announced {} at {} ({}) to {} as {}: weight {}, zone {}, version {}, offering {}",
                instance.service(),
                instance.address(),
                address.why(),
                String.join(", ", directory.backends()),
                instance.id(),
                instance.weight(),
                instance.zone() == null ? "none" : instance.zone(),
                instance.version() == null ? "none" : instance.version(),
                instance.grpcServices().stream().sorted().collect(Collectors.joining(", ")));
    }

    /** Returns whether there was anything to withdraw. */
    boolean withdraw(Phase next, Instant now, long nowNanos) {
        enter(next, now);
        DiscoveryBackend.Registration withdrawn = registration;
        if (withdrawn == null) {
            return false;
        }
        registration = null;
        withdrawnAtNanos = nowNanos;
        withdrawn.close();
        return true;
    }

    /** How long consumers may still need to notice the withdrawal. */
    Duration remainingNotice(Duration notice, long nowNanos) {
        if (!announcedBefore) {
            return Duration.ZERO;
        }
        Duration remaining = notice.minusNanos(nowNanos - withdrawnAtNanos);
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }

    void update(ServiceInstance changed) {
        instance = changed;
        if (registration != null) {
            registration.update(changed);
        }
    }

    ServiceInstance changedBy(UnaryOperator<ServiceInstance> change) {
        ServiceInstance changed = change.apply(instance);
        if (!changed.id().equals(instance.id())
                || !changed.service().equals(instance.service())
                || !changed.address().equals(instance.address())) {
            throw new IllegalArgumentException("Announced is " + describe(instance) + "; the change makes it "
                    + describe(changed) + " (expected: service, id, host and port stay)");
        }
        return changed;
    }

    private static String describe(ServiceInstance instance) {
        return instance.service() + "/" + instance.id() + " at " + instance.address();
    }

    RpcProviderState state(Directory directory, List<String> heldBackBy) {
        boolean registered = registration != null && registration.registered();
        boolean held = phase == Phase.STARTING || phase == Phase.REFUSING;
        return new RpcProviderState(
                instance, phase, since, held ? heldBackBy : List.of(), registered, address.why(), directory.backends());
    }

    private void enter(Phase next, Instant now) {
        if (phase != next) {
            phase = next;
            since = now;
        }
    }
}
