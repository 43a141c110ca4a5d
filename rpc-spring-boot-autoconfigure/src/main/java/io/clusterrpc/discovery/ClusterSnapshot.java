/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ServiceInstance;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a service at one moment. Immutable.
 *
 * @param service the application's name
 * @param members every known instance, sorted by id
 * @param source where the list came from
 * @param asOf when the registry last told the list, or, once it fails, when it first did so: until then the list was current;
 *     {@link Instant#EPOCH} if it never answered
 * @param problem why the registry cannot be asked now, {@code null} if it can
 * @param backends the registries asked, for error messages
 */
public record ClusterSnapshot(
        String service,
        List<Member> members,
        Source source,
        Instant asOf,
        @Nullable String problem,
        List<String> backends) {

    /** Copies the lists. */
    public ClusterSnapshot {
        members = List.copyOf(members);
        backends = List.copyOf(backends);
    }

    /** Where a list came from. */
    public enum Source {
        /** The registry says so now. */
        LIVE,
        /** The registry said so before it became unreachable. */
        LAST_KNOWN,
        /** An earlier run of this application wrote it to disk; the registry was not reached yet. */
        DISK,
        /** Nobody ever said anything. */
        UNKNOWN
    }

    /**
     * An instance and whether the registry still lists it.
     *
     * @param instance the instance
     * @param listed {@code false} if it vanished from the list without leaving; use it only over a connection that still stands
     */
    public record Member(ServiceInstance instance, boolean listed) {}
}
