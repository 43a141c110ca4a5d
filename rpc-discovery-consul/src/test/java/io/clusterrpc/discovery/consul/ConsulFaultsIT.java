/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import static io.clusterrpc.discovery.consul.Told.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A real Consul with gRPC checks, faults, access control and registrations of others. */
@ExtendWith(OutputCaptureExtension.class)
class ConsulFaultsIT {

    private static final String MASTER = "11111111-2222-3333-4444-555555555555";

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    private ConsulAgent agent(String... options) {
        return opened(new ConsulAgent(options)).start();
    }

    private ConsulDiscovery backend(AclToken token, URI... agents) {
        return opened(new ConsulDiscovery(Settings.of(token, Settings.GRPC, agents)));
    }

    private Server server() throws IOException {
        Server server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        opened.add(server::shutdownNow);
        return server;
    }

    private ServiceInstance instance(String id) throws IOException {
        return ServiceInstance.builder("orders", id, "127.0.0.1", server().getPort())
                .build();
    }

    private static Told watch(DiscoveryBackend backend, String service) {
        Told told = new Told();
        backend.watch(service, told);
        return told;
    }

    @Test
    void deadServerIsNoticedByTheCheckOfTheAgent() throws Exception {
        ConsulAgent agent = agent();
        Server server = server();
        Told told = watch(backend(AclToken.NONE, agent.url()), "orders");
        backend(AclToken.NONE, agent.url())
                .register(ServiceInstance.builder("orders", "orders-1", "127.0.0.1", server.getPort())
                        .build());
        eventually().until(() -> told.ids().equals(List.of("orders-1")));
        server.shutdownNow();
        eventually().atMost(Duration.ofSeconds(5)).until(() -> told.ids().isEmpty());
    }

    @Test
    void restartedAgentHasTheInstanceAgainWithinFiveSeconds() throws Exception {
        ConsulAgent agent = agent();
        Told told = watch(backend(AclToken.NONE, agent.url()), "orders");
        DiscoveryBackend.Registration registration =
                backend(AclToken.NONE, agent.url()).register(instance("orders-1"));
        eventually().until(registration::registered);
        eventually().until(() -> told.ids().equals(List.of("orders-1")));
        agent.stop();
        eventually().until(() -> !registration.registered() && !told.problems.isEmpty());
        assertThat(told.ids()).containsExactly("orders-1");
        agent.start();
        long back = System.nanoTime();
        eventually().atMost(Duration.ofSeconds(5)).until(registration::registered);
        System.out.printf("registered again after %d ms%n", (System.nanoTime() - back) / 1_000_000);
        eventually().until(() -> told.ids().equals(List.of("orders-1")));
    }

    @Test
    void otherAgentTakesOver() throws Exception {
        ConsulAgent first = agent();
        ConsulAgent second = agent();
        DiscoveryBackend.Registration registration =
                backend(AclToken.NONE, first.url(), second.url()).register(instance("orders-1"));
        eventually().until(registration::registered);
        first.stop();
        Told told = watch(backend(AclToken.NONE, first.url(), second.url()), "orders");
        eventually().until(() -> told.ids().equals(List.of("orders-1")));
    }

    @Test
    void agentThatDiesHandsOverToTheNextWhileItIsWatchedAndHoldsARegistration() throws Exception {
        ConsulAgent first = agent();
        ConsulAgent second = agent();
        ConsulDiscovery provider = backend(AclToken.NONE, first.url(), second.url());
        DiscoveryBackend.Registration registration = provider.register(instance("orders-1"));
        Told told = watch(backend(AclToken.NONE, first.url(), second.url()), "orders");
        eventually().until(() -> registration.registered() && told.ids().equals(List.of("orders-1")));
        first.stop();
        eventually()
                .until(() -> second.ask("GET", "/v1/health/service/orders?passing", null)
                        .contains("orders-1"));
        eventually().until(() -> registration.registered() && told.ids().equals(List.of("orders-1")));
        // At most once nobody: the second agent is a cluster of its own, and may be asked before the provider comes to
        // it.
        assertThat(told.lists.subList(1, told.lists.size()))
                .filteredOn(List::isEmpty)
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void applicationsOfOneNameKeepTheGrpcServicesThatEachOffers() throws Exception {
        ConsulAgent agent = agent();
        ServiceInstance shop = instance("orders-1").toBuilder()
                .grpcServices(Set.of("shop.Orders"))
                .build();
        ServiceInstance warehouse = instance("orders-2").toBuilder()
                .grpcServices(Set.of("warehouse.Orders", "warehouse.Stock"))
                .build();
        backend(AclToken.NONE, agent.url()).register(shop);
        backend(AclToken.NONE, agent.url()).register(warehouse);
        ConsulDiscovery consumer = backend(AclToken.NONE, agent.url());
        Told told = watch(consumer, "orders");
        eventually().until(() -> told.ids().equals(List.of("orders-1", "orders-2")));
        List<ServiceInstance> instances = told.lists.get(told.lists.size() - 1);
        assertThat(instances.get(0).grpcServices()).containsExactly("shop.Orders");
        assertThat(instances.get(1).grpcServices()).containsExactlyInAnyOrder("warehouse.Orders", "warehouse.Stock");
        // So a consumer picks only those that offer what it calls, and the name of either service leads to the
        // application.
        assertThat(instances.get(0).offers("warehouse.Stock")).isFalse();
        List<List<String>> applications = new CopyOnWriteArrayList<>();
        consumer.catalog().watch("warehouse.Stock", applications::add);
        eventually().until(() -> applications.contains(List.of("orders")));
    }

    @Test
    void registrationsOfOthersAreReadAsFarAsTheyCanBe(CapturedOutput output) {
        ConsulAgent agent = agent();
        register(agent, "plain", "", 7001, "{}");
        register(agent, "six", "::1", 7002, "{}");
        register(agent, "bracketed", "[::2]", 7003, "{}");
        register(agent, "heavy", "10.0.0.1", 7004, "{\"weight\":\"heavy\"}");
        register(agent, "web", "10.0.0.2", 80, "{\"gRPC_port\":\"7005\"}");
        register(agent, "broken", "10.0.0.3", 80, "{\"gRPC_port\":\"70o5\"}");
        register(agent, "portless", "10.0.0.4", 0, "{}");
        register(agent, "with-port", "10.0.0.5:80", 7006, "{}");
        agent.ask(
                "PUT",
                "/v1/agent/service/register",
                "{\"ID\":\"upper\",\"Name\":\"Orders\",\"Address\":\"10.0.0.9\",\"Port\":1}");
        Told told = watch(backend(AclToken.NONE, agent.url()), "orders");
        eventually().until(() -> told.ids().size() == 5);
        assertThat(told.ids())
                .containsExactly("10.0.0.1:7004", "10.0.0.2:7005", "127.0.0.1:7001", "[::1]:7002", "[::2]:7003");
        assertThat(told.lists.get(0)).allMatch(each -> each.weight() == 100 && !each.identified());
        for (String id : List.of("heavy", "broken", "portless", "with-port")) {
            assertThat(output.toString()).containsOnlyOnce("orders " + id + " on node");
        }
    }

    private static void register(ConsulAgent agent, String id, String address, int port, String meta) {
        agent.ask(
                "PUT",
                "/v1/agent/service/register",
                "{\"ID\":\"" + id + "\",\"Name\":\"orders\",\"Address\":\"" + address + "\",\"Port\":" + port
                        + ",\"Meta\":" + meta + "}");
    }

    @Test
    void nameThatConsulCannotHoldNamesTheProperty() throws Exception {
        ConsulDiscovery backend = opened(
                new ConsulDiscovery(Settings.of(AclToken.NONE, Settings.GRPC, URI.create("http://127.0.0.1:1"))));
        assertThatExceptionOfType(DiscoveryConfigurationException.class)
                .isThrownBy(() -> backend.register(ServiceInstance.builder("shop/orders", "a", "127.0.0.1", 1)
                        .build()))
                .withMessageContaining("spring.application.name");
        assertThatExceptionOfType(io.clusterrpc.discovery.DiscoveryException.class)
                .isThrownBy(() -> watch(backend, "shop/orders"))
                .withMessageContaining("rpc.references");
    }

    @Test
    void accessControlDecidesAndRefusalIsNotAnEmptyList(CapturedOutput output) throws Exception {
        String config =
                ConsulAgent.projectFolder().resolve("deploy/consul/agent.hcl").toString();
        ConsulAgent agent = opened(new ConsulAgent(
                        "-config-file=" + config,
                        "-hcl=acl { tokens { master = \"" + MASTER + "\" agent = \"" + MASTER + "\" } }"))
                .token(MASTER)
                .start();
        String provider = token(agent, "provider.hcl");
        String consumer = token(agent, "consumer.hcl");
        AclToken right = AclToken.of("test", provider);
        ServiceInstance greeter = ServiceInstance.builder("greeter", "greeter-1", "127.0.0.1", server().getPort())
                .build();
        DiscoveryBackend.Registration registration = backend(right, agent.url()).register(greeter);
        eventually().until(registration::registered);
        Told seeing = watch(backend(AclToken.of("test", consumer), agent.url()), "greeter");
        eventually().until(() -> seeing.ids().equals(List.of("greeter-1")));
        // What is really empty is told as empty to those who may see it.
        Told nobody = watch(backend(AclToken.of("test", consumer), agent.url()), "nobody");
        eventually().until(() -> nobody.lists.equals(List.of(List.of())));

        // Without a token, with one that lacks node:read, and with an unknown one.
        Told anonymous = watch(backend(AclToken.NONE, agent.url()), "greeter");
        Told blind = watch(backend(right, agent.url()), "greeter");
        String unknown = "99999999-8888-7777-6666-555555555555";
        ConsulDiscovery wrong = backend(AclToken.of("test", unknown), agent.url());
        Told stranger = watch(wrong, "greeter");
        DiscoveryBackend.Registration refused = wrong.register(greeter);
        eventually()
                .until(() ->
                        anonymous.problems.size() > 1 && !blind.problems.isEmpty() && !stranger.problems.isEmpty());
        assertThat(anonymous.lists).isEmpty();
        assertThat(blind.lists).isEmpty();
        assertThat(stranger.lists).isEmpty();
        assertThat(refused.registered()).isFalse();
        assertThat(anonymous.problems.get(0)).contains("may be a refusal", "rpc.discovery.consul.token is not set");
        assertThat(blind.problems.get(0)).contains("service:read on \"greeter\" and node:read");
        assertThat(stranger.problems.get(0)).contains("does not know the token in rpc.discovery.consul.token");
        // Who may see nothing learns no names either, and is not told that nobody offers the service.
        List<List<String>> offering = new CopyOnWriteArrayList<>();
        backend(AclToken.NONE, agent.url()).catalog().watch("demo.Greeter", offering::add);
        eventually().until(() -> output.toString().contains("lists no service at all, which is a refusal"));
        assertThat(offering).isEmpty();
        // An application that may not register under this name.
        DiscoveryBackend.Registration foreign = backend(right, agent.url()).register(instance("orders-1"));
        eventually().until(() -> output.toString().contains("lacks service:write"));
        assertThat(foreign.registered()).isFalse();
        assertThat(output.toString() + stranger.problems + blind.problems)
                .doesNotContain(unknown)
                .doesNotContain(provider)
                .doesNotContain(consumer);
    }

    private static String token(ConsulAgent agent, String policy) throws IOException {
        JsonObject rules = new JsonObject();
        rules.addProperty("Name", policy.replace('.', '-'));
        rules.addProperty("Rules", Files.readString(ConsulAgent.projectFolder().resolve("deploy/consul/" + policy)));
        agent.ask("PUT", "/v1/acl/policy", rules.toString());
        JsonObject link = new JsonObject();
        link.addProperty("Name", policy.replace('.', '-'));
        JsonArray links = new JsonArray();
        links.add(link);
        JsonObject token = new JsonObject();
        token.add("Policies", links);
        return JsonParser.parseString(agent.ask("PUT", "/v1/acl/token", token.toString()))
                .getAsJsonObject()
                .get("SecretID")
                .getAsString();
    }

    @Test
    void wrongAddressSaysWhatToSet() {
        ConsulAgent agent = agent();
        Told dead = watch(backend(AclToken.NONE, URI.create("http://127.0.0.1:1")), "orders");
        Told tls = watch(backend(AclToken.NONE, URI.create("https://127.0.0.1:" + agent.port())), "orders");
        eventually().until(() -> !dead.problems.isEmpty() && !tls.problems.isEmpty());
        assertThat(dead.problems.get(0)).contains("http://127.0.0.1:1", "refused", "rpc.discovery.consul.agents");
        assertThat(tls.problems.get(0)).contains("does not talk TLS", "http://");
    }

    @Test
    void silentNetworkLosesNothing() throws Exception {
        ConsulAgent agent = agent();
        Wire wire = opened(new Wire(agent.port()));
        Told told = watch(backend(AclToken.NONE, wire.url()), "orders");
        DiscoveryBackend.Registration registration =
                backend(AclToken.NONE, wire.url()).register(instance("orders-1"));
        eventually().until(() -> told.ids().equals(List.of("orders-1")));
        wire.set(Wire.State.SILENT);
        eventually().until(() -> !told.problems.isEmpty());
        assertThat(told.ids()).containsExactly("orders-1");
        wire.set(Wire.State.CONNECTED);
        eventually().atMost(Duration.ofSeconds(5)).until(registration::registered);
        int lists = told.lists.size();
        eventually().until(() -> told.lists.size() >= lists && told.ids().equals(List.of("orders-1")));
    }
}
