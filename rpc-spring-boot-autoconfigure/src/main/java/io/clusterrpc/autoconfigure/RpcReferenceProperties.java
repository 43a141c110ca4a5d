/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this application refers to.
 *
 * @param defaults settings of every reference that does not say otherwise
 * @param references settings by name of the reference
 * @param services application that offers a gRPC service, by the service's full name (put it in brackets:
 *     {@code rpc.services."[shop.Orders]"}), for references without a name
 */
@ConfigurationProperties("rpc")
public record RpcReferenceProperties(
        @DefaultValue Defaults defaults,
        @DefaultValue Map<String, ReferenceProperties> references,
        @DefaultValue Map<String, String> services) {

    /**
     * Settings of every reference that does not say otherwise.
     *
     * @param deadline deadline of a unary call whose caller sets none; 0 for none
     * @param attemptTimeout longest time that one attempt of a call may take while another one may follow
     * @param eager whether start-up waits until an instance is connected, and fails when none does in time
     * @param eagerTimeout how long start-up waits for the first connection
     * @param idleTimeout time without calls after which the channel disconnects until the next call; discovery goes on
     * @param balancing how an instance is chosen
     */
    public record Defaults(
            @DefaultValue("5s") Duration deadline,
            @DefaultValue("2s") Duration attemptTimeout,
            @DefaultValue("false") boolean eager,
            @DefaultValue("10s") Duration eagerTimeout,
            @DefaultValue("30m") Duration idleTimeout,
            @DefaultValue Balancing balancing) {}

    /**
     * How an instance is chosen, for every reference that does not say otherwise.
     *
     * @param algorithm name of the algorithm: round-robin, random, weighted-round-robin, or that of a
     *     LoadBalancingAlgorithm bean
     * @param warmUp time in which a new instance's share grows from a tenth to the whole; 0 for no warm-up
     */
    public record Balancing(
            @DefaultValue("round-robin") String algorithm,
            @DefaultValue("30s") Duration warmUp) {}

    /**
     * Settings of one reference; what is absent comes from {@code rpc.defaults}.
     *
     * @param service name of the application that is called, its spring.application.name; the name of the reference by default
     * @param deadline deadline of a unary call whose caller sets none; 0 for none
     * @param attemptTimeout longest time that one attempt of a call may take while another one may follow
     * @param eager whether start-up waits until an instance is connected, and fails when none does in time
     * @param eagerTimeout how long start-up waits for the first connection
     * @param idleTimeout time without calls after which the channel disconnects until the next call; discovery goes on
     * @param balancing how an instance is chosen
     * @param methods settings by method, either its name (SayHello) or its full name (shop.Orders/Place)
     */
    public record ReferenceProperties(
            @Nullable String service,
            @Nullable Duration deadline,
            @Nullable Duration attemptTimeout,
            @Nullable Boolean eager,
            @Nullable Duration eagerTimeout,
            @Nullable Duration idleTimeout,
            @DefaultValue BalancingProperties balancing,
            @DefaultValue Map<String, MethodProperties> methods) {}

    /**
     * How an instance is chosen.
     *
     * @param algorithm name of the algorithm: round-robin, random, weighted-round-robin, or that of a
     *     LoadBalancingAlgorithm bean
     * @param warmUp time in which a new instance's share grows from a tenth to the whole; 0 for no warm-up
     */
    public record BalancingProperties(
            @Nullable String algorithm, @Nullable Duration warmUp) {}

    /**
     * Settings of one method of a reference.
     *
     * @param safe whether the method may be called twice without harm; by default what the proto says (option idempotency_level)
     * @param deadline deadline of a unary call whose caller sets none; 0 for none
     * @param attemptTimeout longest time that one attempt of a call may take while another one may follow
     */
    public record MethodProperties(
            @Nullable Boolean safe,
            @Nullable Duration deadline,
            @Nullable Duration attemptTimeout) {}
}
