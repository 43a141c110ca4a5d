/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.consul;

import io.clusterrpc.discovery.consul.ConsulCheck;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Discovery through Consul.
 *
 * @param agents Agents, as host:port or URL; the first that answers is used. By default the one under spring.cloud.consul.host and
 *     spring.cloud.consul.port, else localhost:8500.
 * @param token Token for Consul's access control. By default spring.cloud.consul.token, or the one of its discovery.
 * @param datacenter Datacenter whose providers are looked up. By default the agent's own.
 * @param namespace Namespace of Consul Enterprise.
 * @param connectTimeout How long connecting to an agent may take.
 * @param requestTimeout How long an agent may take to answer, beyond the time that it was asked to wait for a change.
 * @param watchTime How long an agent holds a question about changes.
 * @param ssl Keys and trust for agents under https.
 * @param check How Consul finds out that this application died.
 */
@ConfigurationProperties("rpc.discovery.consul")
public record ConsulProperties(
        @DefaultValue List<String> agents,
        @Nullable String token,
        @Nullable String datacenter,
        @Nullable String namespace,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("3s") Duration requestTimeout,
        @DefaultValue("30s") Duration watchTime,
        @DefaultValue Ssl ssl,
        @DefaultValue Check check) {

    /**
     * Keys and trust for agents under https.
     *
     * @param bundle Name of the SSL bundle. By default the JVM's own trust.
     */
    public record Ssl(@Nullable String bundle) {}

    /**
     * How Consul finds out that this application died.
     *
     * @param type Who asks whom: with grpc the agent calls the gRPC health service, with ttl the application reports to the agent.
     * @param interval Time between two calls of the agent, at least 1s.
     * @param timeout How long such a call may take.
     * @param ttl How long the application counts as alive after its last report.
     * @param tls Whether the agent talks TLS to the gRPC server. By default if that server has an SSL bundle.
     * @param tlsSkipVerify Whether the agent accepts any certificate of the gRPC server.
     * @param deregisterAfter How long Consul keeps an application whose check fails, at least 1m.
     */
    public record Check(
            @DefaultValue("grpc") ConsulCheck.Type type,
            @DefaultValue("1s") Duration interval,
            @DefaultValue("1s") Duration timeout,
            @DefaultValue("5s") Duration ttl,
            @Nullable Boolean tls,
            @DefaultValue("false") boolean tlsSkipVerify,
            @DefaultValue("1m") Duration deregisterAfter) {}

    /** Without the token. */
    @Override
    public String toString() {
        return "ConsulProperties[agents=" + agents + ", datacenter=" + datacenter + ", namespace=" + namespace
                + ", check=" + check + "]";
    }
}
