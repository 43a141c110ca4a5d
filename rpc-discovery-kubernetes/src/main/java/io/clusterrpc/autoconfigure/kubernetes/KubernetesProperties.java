/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.kubernetes;

import io.clusterrpc.discovery.kubernetes.KubernetesSettings.AddressFamily;
import io.clusterrpc.discovery.kubernetes.KubernetesSettings.Mode;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Discovery through Kubernetes.
 *
 * @param mode Whom to ask: with api the API server, with dns the names of headless Services.
 * @param namespace Namespace of Services that are referred to without one. By default the pod's own, or that of the kubeconfig's context.
 * @param portName Name of the port to call where a Service has several.
 * @param addressFamily Which address of an instance that has several is used.
 * @param kubeconfig File with address and credentials of the API server. By default KUBECONFIG, ~/.kube/config, or the pod's service
 *     account.
 * @param context Context in the kubeconfig. By default its current one.
 * @param watchTime How long a watch lasts before it is renewed, 10s to 1h.
 * @param dns How names are looked up in the mode dns.
 * @param pod The pod that this application runs in. By default what the service account's token says.
 */
@ConfigurationProperties("rpc.discovery.kubernetes")
public record KubernetesProperties(
        @DefaultValue("api") Mode mode,
        @Nullable String namespace,
        @DefaultValue("grpc") String portName,
        @DefaultValue("ipv4") AddressFamily addressFamily,
        @Nullable Path kubeconfig,
        @Nullable String context,
        @DefaultValue("10m") Duration watchTime,
        @DefaultValue Dns dns,
        @DefaultValue Pod pod) {

    /**
     * How names are looked up in the mode dns.
     *
     * @param port Port of every instance.
     * @param interval Time between two look-ups, give or take a fifth, 1s to 1h. What the JVM remembers of DNS is not asked for again.
     * @param clusterDomain What the names of the cluster end with.
     */
    public record Dns(
            @DefaultValue("9090") int port,
            @DefaultValue("10s") Duration interval,
            @DefaultValue("cluster.local") String clusterDomain) {}

    /**
     * The pod that this application runs in, as the downward API tells it.
     *
     * @param name Its metadata.name.
     * @param uid Its metadata.uid.
     */
    public record Pod(@Nullable String name, @Nullable String uid) {}
}
