/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.StatusRuntimeException;

/**
 * Answers calls that failed, as a bean: {@code @Bean RpcFallback<GetPrice, Price> lastPrice(Cache cache)}. It serves unary methods
 * with exactly one bean for their types: those with mode {@code failsafe}, and those, of whatever mode, for which
 * {@code rpc.references.<name>.methods.<method>.fallback} names the bean.
 *
 * <p>Asked when a call failed for a reason of the cluster, was shed, or was turned away by a circuit breaker, a bulkhead or a rate
 * limiter; not for errors of the application, nor for calls that were cancelled. It runs on a thread of the calls' own pool
 * ({@code rpc-call-*}), never on one of the transport, in the gRPC context of the call, and may block; but the caller waits, no longer
 * than until the deadline of the call, or one second where less than that is left. When it throws, returns {@code null}, or takes
 * longer, the caller gets the failure of the call. Must be thread-safe.
 *
 * @param <Q> request message
 * @param <R> response message
 */
@FunctionalInterface
public interface RpcFallback<Q, R> {

    /**
     * Answers in place of the service.
     *
     * @param request what the caller sent
     * @param failure how the call failed
     * @return the answer
     * @throws Exception if there is none
     */
    R answer(Q request, StatusRuntimeException failure) throws Exception;
}
