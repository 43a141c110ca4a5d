/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import java.util.List;

/**
 * Makes one answer of those of all instances, as a bean: {@code @Bean RpcMerger<StockLevel> sum()}. Methods with mode
 * {@code broadcast} need exactly one for their response type, or one that {@code rpc.references.<name>.methods.<method>.merger} names.
 *
 * <p>Asked when every instance has answered or failed, and at least one has answered. It runs on a thread of the calls' own pool
 * ({@code rpc-call-*}), never on one of the transport. Must be thread-safe.
 *
 * @param <R> response message
 */
@FunctionalInterface
public interface RpcMerger<R> {

    /**
     * Merges answers.
     *
     * @param results one an instance, failed ones among them, in no particular order
     * @return what the caller of the stub gets
     * @throws Exception if there is no answer: the call fails, with the status of a StatusRuntimeException or StatusException,
     *     else INTERNAL
     */
    R merge(List<InstanceResult<R>> results) throws Exception;
}
