/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.discovery.DiscoveryConfigurationException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where Consul is and how it is talked to.
 *
 * @param agents base addresses of the agents; the first that answers is used, the others when it fails
 * @param token sent with every request
 * @param datacenter whose instances are looked up, {@code null} for the agent's own
 * @param namespace of Consul Enterprise, {@code null} for the token's own
 * @param tls for {@code https}, {@code null} for the JVM's default
 * @param connectTimeout until a connection to an agent stands
 * @param requestTimeout until an agent answers, beyond the time that it was asked to wait
 * @param watchTime how long an agent holds a question about changes
 * @param check how Consul finds out that an instance died
 */
public record ConsulSettings(
        List<URI> agents,
        AclToken token,
        @Nullable String datacenter,
        @Nullable String namespace,
        @Nullable SSLContext tls,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration watchTime,
        ConsulCheck check) {

    private static final String AGENTS = "rpc.discovery.consul.agents";

    /** Checks and copies. */
    public ConsulSettings {
        if (agents.isEmpty()) {
            throw new DiscoveryConfigurationException(
                    AGENTS, "no agent", "Name at least one, for example http://localhost:8500.", null);
        }
        agents = List.copyOf(agents);
        positive("connect-timeout", connectTimeout);
        positive("request-timeout", requestTimeout);
        if (watchTime.compareTo(Duration.ofSeconds(1)) < 0 || watchTime.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new DiscoveryConfigurationException(
                    "rpc.discovery.consul.watch-time", watchTime + " is out of range", "Set 1s to 10m.", null);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new DiscoveryConfigurationException(
                    "rpc.discovery.consul." + name, value + " is no time at all", "Set a duration above 0.", null);
        }
    }

    /**
     * Reads the address of an agent.
     *
     * @param text {@code host:port}, or a URL with {@code http} or {@code https}
     * @return its base address
     * @throws DiscoveryConfigurationException if it is none, or carries credentials
     */
    public static URI agent(String text) {
        String url = text.strip();
        try {
            URI uri = URI.create(url.contains("://") ? url : "http://" + url);
            boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (known
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getPort() <= 65535
                    && uri.getPort() != 0) {
                return withPort(uri);
            }
        } catch (IllegalArgumentException ignored) {
            // Said below, without the text of the exception: it may hold credentials.
        }
        throw new DiscoveryConfigurationException(
                AGENTS,
                "'" + (url.contains("@") ? "(with credentials)" : text) + "' is no address of an agent",
                "Write host:port or a URL like https://consul.example.com:8501, without user, password or query; a token"
                        + " belongs to rpc.discovery.consul.token.",
                null);
    }

    private static URI withPort(URI uri) {
        int port = uri.getPort() > 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 8501 : 8500;
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
        return URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + port + path);
    }
}
