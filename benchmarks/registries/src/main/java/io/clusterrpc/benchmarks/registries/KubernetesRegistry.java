/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.registries;

import io.clusterrpc.benchmarks.discovery.Registry;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * fabric8's stand-in for an API server, which keeps what is written and tells who watches. An instance is a slice of its own, since all
 * are on one host: a slice has one port for all of its endpoints. Signing off is what Kubernetes does with a pod that is deleted: its endpoint is
 * terminating, then gone.
 */
final class KubernetesRegistry implements Registry {

    private static final String NAMESPACE = "shop";

    /** It writes a line for every request. Held, because loggers are forgotten. */
    private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

    static {
        REQUESTS.setLevel(Level.WARNING);
    }

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private final KubernetesClient controlPlane;
    private final Path kubeconfig;

    KubernetesRegistry(Path kubeconfig) throws IOException {
        server.init(InetAddress.getLoopbackAddress(), 0);
        this.controlPlane = server.createClient();
        this.kubeconfig = Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                clusters: [{name: it, cluster: {server: "%s"}}]
                users: [{name: it, user: {}}]
                contexts: [{name: it, context: {cluster: it, user: it, namespace: %s}}]
                current-context: it
                """.formatted(controlPlane.getMasterUrl(), NAMESPACE));
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    @Override
    public String[] arguments() {
        return new String[] {
            "--rpc.discovery.backends=kubernetes",
            "--rpc.discovery.kubernetes.kubeconfig=" + kubeconfig,
            "--rpc.discovery.disk-cache.enabled=false",
            "--eureka.client.enabled=false",
            "--spring.cloud.zookeeper.enabled=false"
        };
    }

    @Override
    public Membership join(String id, int port) {
        controlPlane.resource(slice(id, port, false)).create();
        return new Membership() {
            @Override
            public boolean registered() {
                return true;
            }

            @Override
            public void close() {
                controlPlane.resource(slice(id, port, true)).update();
                controlPlane.resource(slice(id, port, true)).delete();
            }
        };
    }

    private static EndpointSlice slice(String id, int port, boolean terminating) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName("greeter-" + id)
                .addToLabels("kubernetes.io/service-name", "greeter")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withName("grpc")
                .withPort(port)
                .withProtocol("TCP")
                .endPort()
                .addNewEndpoint()
                .withAddresses("127.0.0.1")
                .withNewConditions()
                .withReady(!terminating)
                .withServing(true)
                .withTerminating(terminating)
                .endConditions()
                .withNewTargetRef()
                .withKind("Pod")
                .withName(id)
                .withUid("uid-" + id)
                .endTargetRef()
                .endEndpoint()
                .build();
    }

    @Override
    public void close() {
        controlPlane.close();
        server.destroy();
    }
}
