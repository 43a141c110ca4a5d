/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.CallOptions;

/**
 * Sends a call to one instance instead of letting the balancer choose:
 * {@code stub.withOption(TargetInstance.KEY, instance.id())}. It gets the call also while it is ejected, drained or outside the
 * route. A call for an instance that is not connected waits while it is being connected, else it fails UNAVAILABLE; it is never sent
 * anywhere else, so what is repeated is repeated there.
 */
public final class TargetInstance {

    /** Where the {@link CallOptions} of a call carry the id of the instance; absent for the balancer's choice. */
    public static final CallOptions.Key<String> KEY = CallOptions.Key.create("io.clusterrpc.target-instance");

    private TargetInstance() {}
}
