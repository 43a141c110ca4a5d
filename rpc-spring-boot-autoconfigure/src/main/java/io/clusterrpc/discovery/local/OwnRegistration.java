/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An instance that this process announced. Thread-safe; the hub's thread writes the file. */
final class OwnRegistration implements DiscoveryBackend.Registration {

    private final String name;
    private final Runnable onUpdate;
    private final Consumer<OwnRegistration> onClose;
    private volatile ServiceInstance instance;

    /** What the file holds, compared by identity; {@code null} while there is none. */
    private volatile @Nullable ServiceInstance written;

    OwnRegistration(String name, ServiceInstance instance, Runnable onUpdate, Consumer<OwnRegistration> onClose) {
        this.name = name;
        this.instance = instance;
        this.onUpdate = onUpdate;
        this.onClose = onClose;
    }

    String name() {
        return name;
    }

    ServiceInstance instance() {
        return instance;
    }

    boolean isWritten(ServiceInstance announced) {
        return written == announced;
    }

    void written(@Nullable ServiceInstance announced) {
        written = announced;
    }

    @Override
    public void update(ServiceInstance next) {
        if (!next.id().equals(instance.id()) || !next.service().equals(instance.service())) {
            throw new IllegalArgumentException(next.service() + "/" + next.id() + " (expected: " + instance.service()
                    + "/" + instance.id() + "; id and service of a registration stay)");
        }
        instance = next;
        onUpdate.run();
    }

    @Override
    public boolean registered() {
        return written != null;
    }

    @Override
    public void close() {
        onClose.accept(this);
    }
}
