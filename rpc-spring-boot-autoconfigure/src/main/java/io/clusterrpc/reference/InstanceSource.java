/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.Directory;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where a reference gets its instances from. Thread-safe. */
interface InstanceSource extends AutoCloseable {

    /** The application's name, {@code null} as long as nobody knows it. */
    @Nullable
    String service();

    /** Tells the current snapshot and every later one, in order, until the subscription is closed. */
    Subscription follow(Consumer<ClusterSnapshot> listener);

    /** The newest snapshot. */
    ClusterSnapshot snapshot();

    /** Ends what is followed to find the name; followers end by themselves. */
    @Override
    default void close() {}

    /** Nobody follows anything where an explicit target takes the place of discovery. */
    static InstanceSource none(String service) {
        ClusterSnapshot nothing =
                new ClusterSnapshot(service, List.of(), ClusterSnapshot.Source.UNKNOWN, Instant.EPOCH, null, List.of());
        return new InstanceSource() {
            @Override
            public String service() {
                return service;
            }

            @Override
            public Subscription follow(Consumer<ClusterSnapshot> listener) {
                return () -> {};
            }

            @Override
            public ClusterSnapshot snapshot() {
                return nothing;
            }
        };
    }

    /** The instances of an application whose name is known from the start. */
    static InstanceSource named(String service, Directory directory) {
        return new InstanceSource() {
            @Override
            public String service() {
                return service;
            }

            @Override
            public Subscription follow(Consumer<ClusterSnapshot> listener) {
                return directory.subscribe(service, listener);
            }

            @Override
            public ClusterSnapshot snapshot() {
                return directory.snapshot(service);
            }
        };
    }
}
