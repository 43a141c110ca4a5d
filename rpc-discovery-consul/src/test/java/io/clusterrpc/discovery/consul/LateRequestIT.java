/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent so busy that it obeys a request which its caller has given up after the newer one that took its place. */
class LateRequestIT {

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** The weights that were registered, in the order in which the agent obeyed. */
    private final List<String> obeyed = new CopyOnWriteArrayList<>();

    private HttpServer agent;

    @BeforeEach
    void start() throws IOException {
        agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        agent.setExecutor(threads);
        agent.createContext("/v1/agent/service/register", this::register);
        agent.createContext("/v1/agent/service/", exchange -> answer(exchange, "{}"));
        agent.start();
    }

    @AfterEach
    void stop() {
        agent.stop(0);
        threads.shutdownNow();
    }

    private void register(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String weight = body.contains("\"weight\":\"1\"") ? "old" : "new";
        if (weight.equals("old")) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> obeyed.contains("new"));
        }
        obeyed.add(weight);
        answer(exchange, "");
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void newestRecordIsTheLastThatTheAgentObeys() {
        ServiceInstance first = ServiceInstance.builder("orders", "orders-1", "127.0.0.1", 7001)
                .weight(1)
                .build();
        URI url = URI.create("http://127.0.0.1:" + agent.getAddress().getPort());
        try (ConsulDiscovery backend = new ConsulDiscovery(Settings.of(AclToken.NONE, Settings.GRPC, url))) {
            DiscoveryBackend.Registration registration = backend.register(first);
            registration.update(first.toBuilder().weight(2).build());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> obeyed.contains("old")
                            && obeyed.get(obeyed.size() - 1).equals("new"));
            assertThat(registration.registered()).isTrue();
        }
    }
}
