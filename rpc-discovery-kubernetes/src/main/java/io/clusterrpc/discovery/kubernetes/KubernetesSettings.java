/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.discovery.DiscoveryConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the cluster is asked. Immutable.
 *
 * @param mode whom to ask
 * @param namespace where services are that are named without one, {@code null} for the application's own
 * @param portName name of the port to call, unless a slice has only one
 * @param family which address of an instance that has several is used
 * @param kubeconfig file with address and credentials, {@code null} for what is found
 * @param context the context in that file, {@code null} for its current one
 * @param watchTime how long a watch lasts before it is renewed
 * @param dns how names are looked up
 * @param pod the pod that this application runs in
 */
public record KubernetesSettings(
        Mode mode,
        @Nullable String namespace,
        String portName,
        AddressFamily family,
        @Nullable Path kubeconfig,
        @Nullable String context,
        Duration watchTime,
        Dns dns,
        Pod pod) {

    private static final String PREFIX = "rpc.discovery.kubernetes.";

    /** Checks what can be checked without the cluster. */
    public KubernetesSettings {
        if (namespace != null && !ServiceName.isLabel(namespace)) {
            throw new DiscoveryConfigurationException(
                    PREFIX + "namespace",
                    "'" + namespace + "' is no namespace",
                    "Use " + ServiceName.LABEL_RULE + ".",
                    null);
        }
        if (portName.isBlank()) {
            throw new DiscoveryConfigurationException(
                    PREFIX + "port-name", "is blank", "Name a port of the Services, or remove the property.", null);
        }
        if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
            throw new DiscoveryConfigurationException(
                    PREFIX + "kubeconfig",
                    "the file " + kubeconfig + " cannot be read",
                    "Point it to a kubeconfig file, or remove it to use the one in KUBECONFIG, ~/.kube/config or the pod's service account.",
                    null);
        }
        requireAtLeast("watch-time", watchTime, Duration.ofSeconds(10));
    }

    private static void requireAtLeast(String name, Duration duration, Duration least) {
        if (duration.compareTo(least) < 0 || duration.compareTo(Duration.ofHours(1)) > 0) {
            throw new DiscoveryConfigurationException(
                    PREFIX + name, duration + " is out of range", "Set " + least.toSeconds() + "s to 1h.", null);
        }
    }

    /** Whom to ask. */
    public enum Mode {
        /** The API server. */
        API,
        /** The cluster's DNS, for headless Services. */
        DNS
    }

    /** Versions of IP. */
    public enum AddressFamily {
        /** IPv4. */
        IPV4,
        /** IPv6. */
        IPV6
    }

    /**
     * How names are looked up.
     *
     * @param port port of every instance: an address record has none
     * @param interval time between two look-ups, give or take a fifth
     * @param clusterDomain what the names of the cluster end with
     */
    public record Dns(int port, Duration interval, String clusterDomain) {

        /** Checks the ranges. */
        public Dns {
            if (port < 1 || port > 65535) {
                throw new DiscoveryConfigurationException(
                        PREFIX + "dns.port", port + " is no port", "Set 1 to 65535.", null);
            }
            if (!clusterDomain.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
                throw new DiscoveryConfigurationException(
                        PREFIX + "dns.cluster-domain",
                        "'" + clusterDomain + "' is no domain",
                        "Set the domain of the cluster, usually cluster.local.",
                        null);
            }
            requireAtLeast("dns.interval", interval, Duration.ofSeconds(1));
        }
    }

    /**
     * A pod by name and unique id, as the downward API tells them.
     *
     * @param name metadata.name, {@code null} if not told
     * @param uid metadata.uid, {@code null} if not told
     */
    public record Pod(@Nullable String name, @Nullable String uid) {}
}
