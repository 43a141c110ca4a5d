/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import java.util.List;

/**
 * The references of this application, for code that chooses them at run time; {@link io.clusterrpc.RpcReference} is the usual
 * way. A reference and its channel are created at the first use, shared by all its stubs, and closed with the application
 * context. Thread-safe.
 */
public interface RpcReferences {

    /**
     * A stub of a named reference.
     *
     * @param reference name of the reference; its settings are {@code rpc.references.<name>.*}
     * @param type generated stub class, for example {@code OrdersGrpc.OrdersBlockingStub}
     * @param <T> the stub class
     * @return a new stub on the reference's channel
     * @throws IllegalArgumentException if the class is no generated stub
     */
    <T extends AbstractStub<?>> T stub(String reference, Class<T> type);

    /**
     * A stub whose application is found by the gRPC service that it speaks.
     *
     * @param type generated stub class
     * @param <T> the stub class
     * @return a new stub
     * @throws UnresolvableReferenceException if neither {@code rpc.services} names an application nor the registry has a catalog
     */
    <T extends AbstractStub<?>> T stub(Class<T> type);

    /**
     * The channel of a named reference, with deadline, breaker and failover applied to its calls.
     *
     * @param reference name of the reference
     * @return the channel; do not shut it down
     */
    Channel channel(String reference);

    /**
     * What every reference used so far looks like now.
     *
     * @return one entry a reference, sorted by name
     */
    List<ReferenceState> states();
}
