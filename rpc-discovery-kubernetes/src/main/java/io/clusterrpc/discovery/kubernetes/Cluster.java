/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;

/** The questions that are asked of an API server. Each blocks until it is answered, or fails with what the client throws. Thread-safe. */
interface Cluster extends AutoCloseable {

    /** The address of the API server, for messages. */
    String address();

    /** The namespace of Services that are named without one. */
    String namespace();

    /** The slices of a Service. */
    EndpointSliceList list(String namespace, String service, ListOptions options);

    /** Follows them; returns when the server has agreed, or might have. */
    Watch watch(String namespace, String service, ListOptions options, Watcher<EndpointSlice> watcher);

    @Override
    void close();
}
