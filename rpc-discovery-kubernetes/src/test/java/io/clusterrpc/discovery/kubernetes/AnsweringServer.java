/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An API server that gives the same answer to every list and to every watch. */
final class AnsweringServer implements AutoCloseable {

    static final String EMPTY_LIST = "{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\","
            + "\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}";

    /** Status and body. */
    record Reply(int status, String body) {

        static Reply forbidden(String verb) {
            return new Reply(
                    403,
                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"User \\\"x\\\" cannot "
                            + verb + " resource\",\"reason\":\"Forbidden\",\"code\":403}");
        }
    }

    private final HttpServer server;
    private final Reply toList;
    private final Reply toWatch;
    private final Set<String> verbs = ConcurrentHashMap.newKeySet();

    AnsweringServer(Reply toList, Reply toWatch) {
        this.toList = toList;
        this.toWatch = toWatch;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was asked for, in the words of RBAC. */
    Set<String> verbs() {
        return verbs;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        verbs.add(
                query.contains("watch=true")
                        ? "watch"
                        : exchange.getRequestMethod().equals("GET") ? "list" : "other");
        Reply reply = query.contains("watch=true") ? toWatch : toList;
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(reply.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
