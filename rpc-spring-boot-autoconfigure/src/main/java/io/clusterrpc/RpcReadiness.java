/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

/**
 * Something that this application needs before consumers may call it: a cache that is loaded, a schema that is migrated. The
 * application is announced when it accepts traffic and every bean of this type is ready, and withdrawn while one of them is not.
 *
 * <pre>{@code
 * @Bean
 * RpcReadiness catalogLoaded(Catalog catalog) {
 *     return catalog::isLoaded;
 * }
 * }</pre>
 *
 * <p>Logs, Actuator and health name the bean that is not ready. <b>Say nothing here about what all instances share</b>: a database
 * that is down would withdraw all of them at once, and callers would get no answer rather than an error.
 */
@FunctionalInterface
public interface RpcReadiness {

    /**
     * Whether it is ready. Asked every {@code rpc.provider.readiness.interval} from the moment the application accepts traffic, from
     * one thread for all beans, so it should return at once: look at a field, do not call anybody. While it does not return, what was
     * known stays.
     *
     * @return {@code true} if consumers may call; an exception counts as {@code false}
     */
    boolean isReady();
}
