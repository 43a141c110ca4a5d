/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static io.clusterrpc.discovery.kubernetes.Heard.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryException;
import io.clusterrpc.discovery.kubernetes.AnsweringServer.Reply;
import io.fabric8.kubernetes.api.model.ListMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceListBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between an application and an API server. */
class KubernetesFaultsIT {

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Heard heard = new Heard();

    private <T extends AutoCloseable> T closing(T closeable) {
        open.add(0, closeable);
        return closeable;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private KubernetesDiscovery discovery(String url) {
        return closing(new KubernetesDiscovery(
                Settings.API,
                () -> FabricCluster.open(MockCluster.config(url), "shop"),
                new OwnPod(Settings.API.pod()),
                name -> {
                    throw new AssertionError("asks DNS");
                },
                InstantSource.system(),
                new Threads(System::nanoTime, Math::random)));
    }

    private String problemOf(Reply toList, Reply toWatch) {
        AnsweringServer server = closing(new AnsweringServer(toList, toWatch));
        Heard refused = new Heard();
        discovery(server.url()).watch("orders", refused);
        // Told again at every attempt, and never a list in between.
        eventually().until(() -> refused.problems.size() >= 2);
        assertThat(refused.lists).isEmpty();
        return refused.problems.get(0);
    }

    @Test
    void missingVerbListIsNamedAndNotAnEmptyList() {
        assertThat(problemOf(Reply.forbidden("list"), Reply.forbidden("watch")))
                .contains("asked to list endpointslices.discovery.k8s.io")
                .contains("namespace shop")
                .contains("verb \"list\"")
                .contains("deploy/kubernetes/rbac.yaml");
    }

    @Test
    void asksForNoMoreThanTheRoleInDeployAllows() {
        AnsweringServer server =
                closing(new AnsweringServer(new Reply(200, AnsweringServer.EMPTY_LIST), Reply.forbidden("watch")));
        discovery(server.url()).watch("orders", heard);
        eventually().until(() -> heard.problems.size() >= 2);
        assertThat(server.verbs())
                .containsExactlyInAnyOrderElementsOf(
                        Manifests.all(Role.class).get(0).getRules().get(0).getVerbs());
    }

    @Test
    void missingVerbWatchIsNamedAndNotAnEmptyList() {
        assertThat(problemOf(new Reply(200, AnsweringServer.EMPTY_LIST), Reply.forbidden("watch")))
                .contains("verb \"watch\"")
                .contains("deploy/kubernetes/rbac.yaml");
    }

    @Test
    void wrongCredentialsAreNamed() {
        assertThat(problemOf(new Reply(401, "{}"), new Reply(401, "{}"))).contains("credentials (HTTP 401)");
    }

    @Test
    void serverThatIsNoApiServerIsNamed() {
        assertThat(problemOf(new Reply(404, "not found"), new Reply(404, ""))).contains("Kubernetes 1.21");
        assertThat(problemOf(new Reply(200, "<html>"), new Reply(200, "<html>")))
                .contains("asked to list");
        assertThat(problemOf(new Reply(503, "<html>"), new Reply(503, ""))).contains("HTTP 503");
    }

    @Test
    void nobodyAtTheAddress() {
        Wire wire = closing(new Wire("http://127.0.0.1:1"));
        wire.close();
        discovery(wire.url()).watch("orders", heard);
        eventually().until(() -> !heard.problems.isEmpty());
        assertThat(heard.problems.get(0)).contains(wire.url()).contains("no answer");
    }

    @Test
    void certificateThatIsNotTrustedSaysWhatToLookAt() {
        MockCluster cluster = closing(MockCluster.talkingTls());
        discovery(cluster.admin().getMasterUrl().toString()).watch("orders", heard);
        eventually().until(() -> !heard.problems.isEmpty());
        assertThat(heard.problems.get(0)).contains("TLS failed", "certificate-authority", "ca.crt");
        assertThat(heard.lists).isEmpty();
    }

    @Test
    void serverThatDoesNotTalkTlsSaysWhatToLookAt() {
        MockCluster cluster = closing(new MockCluster());
        discovery(cluster.admin().getMasterUrl().toString().replace("http:", "https:"))
                .watch("orders", heard);
        eventually().until(() -> !heard.problems.isEmpty());
        assertThat(heard.problems.get(0)).contains("TLS failed", "(server, certificate-authority)");
    }

    @Test
    void nameThatKubernetesCannotHoldIsRefusedAtOnce() {
        KubernetesDiscovery discovery = discovery("http://127.0.0.1:1");
        assertThatThrownBy(() -> discovery.watch("My Orders", heard)).isInstanceOf(DiscoveryException.class);
    }

    private KubernetesDiscovery withKubeconfig(Path file, String context) {
        KubernetesSettings base = Settings.API;
        return closing(new KubernetesDiscovery(new KubernetesSettings(
                base.mode(),
                null,
                base.portName(),
                base.family(),
                file,
                context,
                base.watchTime(),
                base.dns(),
                base.pod())));
    }

    @Test
    void unusableKubeconfigIsToldWithItsProperty(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("config"), "apiVersion: v1\nkind: Config\nclusters: 7\n");
        withKubeconfig(file, null).watch("orders", heard);
        eventually().until(() -> !heard.problems.isEmpty());
        assertThat(heard.problems.get(0)).contains("rpc.discovery.kubernetes.kubeconfig");
        assertThat(heard.lists).isEmpty();
    }

    @Test
    void contextOfTheKubeconfigSaysWhereAndInWhichNamespace(@TempDir Path folder) throws IOException {
        MockCluster cluster = closing(new MockCluster());
        write(cluster, "billing", Slices.slice("orders", "orders-1", Slices.ready("b", "10.0.0.2")));
        Path file = Files.writeString(
                folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                current-context: other
                contexts:
                - {name: other, context: {cluster: other, user: me}}
                - {name: mock, context: {cluster: mock, user: me, namespace: billing}}
                clusters:
                - {name: other, cluster: {server: "http://127.0.0.1:1"}}
                - {name: mock, cluster: {server: "%s"}}
                users:
                - {name: me, user: {token: secret-token}}
                """.formatted(cluster.admin().getMasterUrl()));
        withKubeconfig(file, "mock").watch("orders", heard);
        eventually().until(() -> heard.addresses().equals(List.of("10.0.0.2:9090")));
        Heard other = new Heard();
        withKubeconfig(file, null).watch("orders", other);
        eventually().until(() -> !other.problems.isEmpty());
        assertThat(other.problems.get(0)).contains("http://127.0.0.1:1/").doesNotContain("secret-token");
        Heard none = new Heard();
        withKubeconfig(file, "nope").watch("orders", none);
        eventually().until(() -> !none.problems.isEmpty());
        assertThat(none.problems.get(0))
                .contains("no context 'nope'")
                .contains("rpc.discovery.kubernetes.kubeconfig")
                .doesNotContain("secret-token");
    }

    @Test
    void servicesOfOtherNamespacesAreFound() {
        MockCluster cluster = closing(new MockCluster());
        write(cluster, "shop", Slices.slice("orders", "orders-1", Slices.ready("a", "10.0.0.1")));
        write(cluster, "billing", Slices.slice("orders", "orders-1", Slices.ready("b", "10.0.0.2")));
        KubernetesDiscovery discovery = discovery(cluster.admin().getMasterUrl().toString());
        discovery.watch("billing/orders", heard);
        eventually().until(() -> heard.addresses().equals(List.of("10.0.0.2:9090")));
        assertThat(heard.last()).extracting(ServiceInstance::service).containsExactly("billing/orders");
        Heard own = new Heard();
        discovery.watch("orders", own);
        eventually().until(() -> own.addresses().equals(List.of("10.0.0.1:9090")));
    }

    @Test
    void whatHappensWhileTheWatchIsBrokenIsMadeUpFor() {
        MockCluster cluster = closing(new MockCluster());
        Wire wire = closing(new Wire(cluster.admin().getMasterUrl().toString()));
        write(cluster, "shop", Slices.slice("orders", "orders-1", Slices.ready("a", "10.0.0.1")));
        discovery(wire.url()).watch("orders", heard);
        eventually().until(() -> heard.addresses().equals(List.of("10.0.0.1:9090")));
        wire.cut();
        eventually().until(() -> !heard.problems.isEmpty());
        cluster.admin()
                .resource(inNamespace("shop", Slices.slice("orders", "orders-1")))
                .delete();
        write(cluster, "shop", Slices.slice("orders", "orders-2", Slices.ready("b", "10.0.0.2")));
        assertThat(heard.addresses()).containsExactly("10.0.0.1:9090");
        wire.repair();
        eventually().until(() -> heard.addresses().equals(List.of("10.0.0.2:9090")));
        // Nobody saw it leave.
        assertThat(heard.left).allMatch(Set::isEmpty);
        // And the new watch lives.
        write(cluster, "shop", Slices.slice("orders", "orders-3", Slices.ready("c", "10.0.0.3")));
        eventually().until(() -> heard.addresses().size() == 2);
    }

    @Test
    void versionThatIsGoneIsListedAfresh() {
        KubernetesMockServer server = new KubernetesMockServer(false);
        server.init();
        closing(server::destroy);
        String path =
                "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dorders";
        for (String version : List.of("7", "8")) {
            EndpointSlice slice =
                    inNamespace("shop", Slices.slice("orders", "s", Slices.ready("a", "10.0.0." + version)));
            server.expect()
                    .get()
                    .withPath(path)
                    .andReturn(
                            200,
                            new EndpointSliceListBuilder()
                                    .withMetadata(new ListMetaBuilder()
                                            .withResourceVersion(version)
                                            .build())
                                    .withItems(slice)
                                    .build())
                    .once();
        }
        String watch = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?allowWatchBookmarks=true"
                + "&labelSelector=kubernetes.io%2Fservice-name%3Dorders&timeoutSeconds=60&watch=true";
        server.expect()
                .get()
                .withPath(watch.replace("&timeout", "&resourceVersion=7&timeout"))
                .andUpgradeToWebSocket()
                .open()
                .waitFor(1500)
                .andEmit(new WatchEvent(
                        new StatusBuilder()
                                .withCode(410)
                                .withReason("Expired")
                                .withMessage("too old")
                                .build(),
                        "ERROR"))
                .done()
                .once();
        server.expect()
                .get()
                .withPath(watch.replace("&timeout", "&resourceVersion=8&timeout"))
                .andUpgradeToWebSocket()
                .open()
                .waitFor(3000)
                .andEmit(new WatchEvent(
                        inNamespace("shop", Slices.slice("orders", "t", Slices.ready("b", "10.0.0.9"))), "ADDED"))
                .done()
                .once();
        KubernetesDiscovery discovery = closing(new KubernetesDiscovery(
                Settings.API,
                () -> FabricCluster.open(MockCluster.config(server.url("/")), "shop"),
                new OwnPod(Settings.API.pod()),
                name -> {
                    throw new AssertionError("asks DNS");
                },
                InstantSource.system(),
                new Threads(System::nanoTime, () -> 1)));
        discovery.watch("orders", heard);
        eventually().until(() -> heard.addresses().equals(List.of("10.0.0.8:9090")));
        assertThat(heard.problems).isEmpty();
    }

    /** One thread owns everything, four ask; what the client needs beside them does not grow with the watches. */
    @Test
    void watchesNeedNoThreadEach() {
        MockCluster cluster = closing(new MockCluster());
        Wire wire = closing(new Wire(cluster.admin().getMasterUrl().toString()));
        KubernetesDiscovery discovery = discovery(wire.url());
        List<Heard> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            write(cluster, "shop", Slices.slice("orders-" + i, "s-" + i, Slices.ready("a", "10.0.0.1")));
            Heard each = new Heard();
            all.add(each);
            discovery.watch("orders-" + i, each);
        }
        eventually().until(() -> all.stream().allMatch(each -> each.addresses().size() == 1));
        eventually().pollDelay(Duration.ofMillis(500)).until(() -> true);
        List<String> threads = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("rpc-kubernetes") || name.startsWith("JdkHttpClientFactory"))
                .sorted()
                .toList();
        System.out.printf("20 watches: %d connections, %d threads: %s%n", wire.connections(), threads.size(), threads);
        assertThat(threads)
                .filteredOn(name -> name.startsWith("rpc-kubernetes"))
                .hasSizeLessThanOrEqualTo(5);
    }

    private static void write(MockCluster cluster, String namespace, EndpointSlice slice) {
        cluster.admin().resource(inNamespace(namespace, slice)).create();
    }

    private static EndpointSlice inNamespace(String namespace, EndpointSlice slice) {
        ObjectMeta meta = slice.getMetadata();
        meta.setNamespace(namespace);
        return slice;
    }
}
