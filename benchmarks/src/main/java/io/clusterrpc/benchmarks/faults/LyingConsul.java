/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Stands before a Consul agent and leaves instances out of its answers, at once for whoever waits for a change. Thread-safe. */
final class LyingConsul implements AutoCloseable {

    private final Consul consul;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "lying-consul");
        thread.setDaemon(true);
        return thread;
    });
    private volatile double share = 1;

    // Guarded by this
    private String told = "";
    private long index = 1;

    LyingConsul(Consul consul) throws IOException {
        this.consul = consul;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Which share of the instances it tells of from now on. */
    void tell(double share) {
        this.share = share;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            URI uri = exchange.getRequestURI();
            if (uri.getPath().startsWith("/v1/health/service/")) {
                health(exchange, uri);
            } else {
                HttpResponse<String> response = consul.get(uri.toString());
                send(exchange, response, response.body(), null);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A blocking query: answered when the list is another one than that of the index, or after ten seconds. */
    private void health(HttpExchange exchange, URI uri) throws IOException {
        String query = String.valueOf(uri.getQuery()).replaceAll("(^|&)(index|wait|cached)(=[^&]*)?", "");
        String known = parameter(String.valueOf(uri.getQuery()), "index");
        for (int i = 0; ; i++) {
            HttpResponse<String> response = consul.get(uri.getPath() + "?" + query.replaceFirst("^&", ""));
            String body = some(response.body());
            long current = current(body);
            if (known == null || !known.equals(Long.toString(current)) || i == 200) {
                send(exchange, response, body, current);
                return;
            }
            Lab.pause(50);
        }
    }

    private synchronized long current(String body) {
        if (!body.equals(told)) {
            told = body;
            index++;
        }
        return index;
    }

    private static @Nullable String parameter(String query, String name) {
        for (String parameter : query.split("&")) {
            if (parameter.startsWith(name + "=")) {
                return parameter.substring(name.length() + 1);
            }
        }
        return null;
    }

    private String some(String body) {
        JsonArray all = JsonParser.parseString(body).getAsJsonArray();
        JsonArray some = new JsonArray();
        for (int i = 0; i < Math.round(all.size() * share); i++) {
            some.add(all.get(i));
        }
        return some.toString();
    }

    private static void send(HttpExchange exchange, HttpResponse<String> response, String body, @Nullable Long index)
            throws IOException {
        response.headers().map().forEach((name, values) -> {
            if (name.toLowerCase(java.util.Locale.ROOT).startsWith("x-consul")) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        if (index != null) {
            exchange.getResponseHeaders().set("X-Consul-Index", Long.toString(index));
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(response.statusCode(), bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
