/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.discovery.DiscoveryException;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Through fabric8's client: in a pod with its service account, else with a kubeconfig. */
final class FabricCluster implements Cluster {

    private static final int ANSWER_MILLIS = 10_000;

    private final KubernetesClient client;
    private final String namespace;

    private FabricCluster(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Reads the configuration and prepares the client; asks nothing yet. Takes a while: many classes. */
    static FabricCluster open(KubernetesSettings settings) {
        return open(config(settings), settings.namespace());
    }

    /** For tests. */
    static FabricCluster open(Config config, @Nullable String namespace) {
        // Errors are told and tried again by us, with what is known in the meantime. Not through a builder: a copy
        // would not know
        // where its token came from, and could not renew it.
        config.setRequestRetryBackoffLimit(0);
        config.setWatchReconnectLimit(0);
        config.setRequestTimeout(ANSWER_MILLIS);
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        String own = namespace != null ? namespace : config.getNamespace();
        return new FabricCluster(client, Objects.requireNonNullElse(own, "default"));
    }

    private static Config config(KubernetesSettings settings) {
        Path file = settings.kubeconfig();
        String context = settings.context();
        try {
            Config config =
                    file == null ? Config.autoConfigure(context) : Config.fromKubeconfig(context, file.toFile());
            NamedContext current = config.getCurrentContext();
            if (context != null && (current == null || !context.equals(current.getName()))) {
                throw new IllegalArgumentException("it has no context '" + context + "'");
            }
            return config;
        } catch (RuntimeException ex) {
            throw new DiscoveryException(
                    "the kubeconfig cannot be used: " + ex.getMessage()
                            + ". rpc.discovery.kubernetes.kubeconfig and .context say which one is read",
                    ex);
        }
    }

    @Override
    public String address() {
        return client.getConfiguration().getMasterUrl();
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public EndpointSliceList list(String namespace, String service, ListOptions options) {
        return slices(namespace, service).list(options);
    }

    @Override
    public Watch watch(String namespace, String service, ListOptions options, Watcher<EndpointSlice> watcher) {
        return slices(namespace, service).watch(options, watcher);
    }

    private FilterWatchListDeletable<EndpointSlice, EndpointSliceList, Resource<EndpointSlice>> slices(
            String namespace, String service) {
        return client.discovery().v1().endpointSlices().inNamespace(namespace).withLabel(Vocabulary.SERVICE, service);
    }

    @Override
    public void close() {
        client.close();
    }
}
