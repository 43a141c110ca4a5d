/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import static io.clusterrpc.discovery.consul.Told.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules of blocking queries, and what agents may do wrong, against a fake agent. */
class BlockingQueryTests {

    private static final String ONE = "[{\"Node\":{\"Node\":\"n\",\"Address\":\"10.0.0.1\"},\"Service\":"
            + "{\"ID\":\"a\",\"Service\":\"orders\",\"Port\":7001},\"Checks\":[]}]";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final List<ConsulDiscovery> backends = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Told told = new Told();

    private interface Script {

        /** Answers the request of this number, from 0. */
        void answer(HttpExchange exchange, int number) throws IOException;
    }

    @AfterEach
    void close() {
        over.countDown();
        backends.forEach(ConsulDiscovery::close);
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }

    private URI agent(Script script) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                String uri = exchange.getRequestURI().toString();
                if (uri.startsWith("/v1/internal")) {
                    reply(exchange, 401, "", "ACL support disabled");
                    return;
                }
                int number;
                synchronized (asked) {
                    number = asked.size();
                    asked.add(uri.substring(Math.min(uri.length(), "/v1/health/service/orders".length())));
                }
                script.answer(exchange, number);
            });
            server.start();
            servers.add(server);
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static void reply(HttpExchange exchange, int status, String index, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (!index.isEmpty()) {
            exchange.getResponseHeaders().set("X-Consul-Index", index);
        }
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void hold() {
        try {
            over.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private ConsulDiscovery watch(URI... agents) {
        ConsulDiscovery backend = new ConsulDiscovery(Settings.of(AclToken.NONE, Settings.GRPC, agents));
        backends.add(backend);
        backend.watch("orders", told);
        return backend;
    }

    @Test
    void goesOnFromTheIndexAndStartsAfreshWhenItGoesBackwards() {
        String[] indexes = {"10", "12", "3", "3", "4"};
        watch(agent((exchange, number) -> {
            if (number >= indexes.length) {
                hold();
            }
            reply(exchange, 200, indexes[Math.min(number, indexes.length - 1)], ONE);
        }));
        eventually().until(() -> asked.size() > indexes.length);
        assertThat(asked.get(0)).isEmpty();
        assertThat(asked.get(1)).startsWith("?index=10&wait=");
        assertThat(asked.get(2)).startsWith("?index=12&wait=");
        assertThat(asked.get(3)).isEmpty();
        assertThat(asked.get(4)).startsWith("?index=3&wait=");
        assertThat(asked.get(5)).startsWith("?index=4&wait=");
        assertThat(told.lists).hasSize(1);
    }

    @Test
    void uselessIndexIsNeverSentAndDoesNotMakeItSpin() {
        String[] indexes = {"0", "", "-1", "x"};
        long start = System.nanoTime();
        watch(agent((exchange, number) -> reply(exchange, 200, indexes[number % indexes.length], ONE)));
        eventually().until(() -> asked.size() >= 3);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThan(1_500);
        assertThat(asked).allMatch(String::isEmpty);
    }

    @Test
    void errorsMalformedAnswersAndSlowBodiesKeepTheListAndAreToldWithTheRemedy() {
        watch(agent((exchange, number) -> {
            switch (number) {
                case 0 -> reply(exchange, 200, "5", ONE);
                case 1 -> reply(exchange, 500, "", "No cluster leader");
                case 2 -> reply(exchange, 200, "6", "<html>");
                case 3 -> reply(exchange, 200, "6", "{}");
                case 4 -> {
                    exchange.sendResponseHeaders(200, 100);
                    exchange.getResponseBody().write('[');
                    exchange.getResponseBody().flush();
                    hold();
                }
                case 5 -> reply(exchange, 200, "6", ONE);
                default -> hold();
            }
        }));
        eventually().until(() -> told.lists.size() == 2);
        assertThat(told.ids()).containsExactly("10.0.0.1:7001");
        assertThat(told.problems).hasSize(4);
        assertThat(told.problems.get(0)).contains("No cluster leader");
        assertThat(told.problems.get(1)).contains("Is that really Consul?", "rpc.discovery.consul.agents");
        assertThat(told.problems.get(3)).contains("no answer within");
        assertThat(asked.get(2)).as("after a failure it starts afresh").isEmpty();
    }

    @Test
    void nextAgentIsAskedWhenOneFails() {
        URI broken = agent((exchange, number) -> reply(exchange, 500, "", "No cluster leader"));
        URI sound = agent((exchange, number) -> {
            if (number > 1) {
                hold();
            }
            reply(exchange, 200, "7", ONE);
        });
        watch(URI.create("http://127.0.0.1:1"), broken, sound);
        eventually().until(() -> told.ids().equals(List.of("10.0.0.1:7001")));
        assertThat(told.problems).isEmpty();
    }

    @Test
    void agentThatSaysItLeftSomethingOutIsNotBelievedToBeEmpty() {
        watch(agent((exchange, number) -> {
            exchange.getResponseHeaders().set("X-Consul-Results-Filtered-By-ACLs", "true");
            reply(exchange, 200, "7", "[]");
        }));
        eventually().until(() -> !told.problems.isEmpty());
        assertThat(told.lists).isEmpty();
        assertThat(told.problems.get(0)).contains("may be a refusal");
    }

    @Test
    void manyWatchesNeedNoFurtherThread() {
        ConsulDiscovery backend = watch(agent((exchange, number) -> {
            if (number > 30) {
                hold();
            }
            reply(exchange, 200, "7", "[]");
        }));
        eventually().until(() -> !told.lists.isEmpty());
        long before = clientThreads();
        for (int i = 0; i < 60; i++) {
            backend.watch("service-" + i, new Told());
        }
        eventually().until(() -> asked.size() > 60);
        assertThat(clientThreads()).isEqualTo(before);
    }

    private static long clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("rpc-consul")
                        || thread.getName().startsWith("HttpClient-"))
                .count();
    }
}
