/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.concurrent.CompletionStage;

/**
 * Tells an empty list from one that was refused. Consul answers a read without rights like one without results; from 1.11 on it says
 * in a header that something was left out, before it has to be asked what the token may see. Owned by the event loop.
 */
final class ReadRights {

    private static final Question AUTHORIZE = Question.post("/v1/internal/acl/authorize");

    private final AgentClient client;
    private final AclToken token;

    ReadRights(AgentClient client, AclToken token) {
        this.client = client;
        this.token = token;
    }

    /** Completes if an empty list about the service can be believed, else fails with what is missing. */
    CompletionStage<?> confirmEmpty(String service, Answer answer) {
        if (answer.filtered()) {
            throw doubt(service, answer, "it says that the token may not see everything");
        }
        JsonArray rights = new JsonArray();
        rights.add(right("service", service));
        rights.add(right("node", ""));
        return client.ask(answer.agent(), AUTHORIZE.body(rights.toString())).thenAccept(said -> {
            if (said.status() == 401) {
                return; // access control is off: everybody may read everything
            }
            if (!said.ok()) {
                throw doubt(service, answer, "it does not say what the token may see (HTTP " + said.status() + ")");
            }
            if (!allAllowed(said.body())) {
                throw doubt(service, answer, "access control is on");
            }
        });
    }

    private static JsonObject right(String resource, String segment) {
        JsonObject right = new JsonObject();
        right.addProperty("Resource", resource);
        right.addProperty("Access", "read");
        right.addProperty("Segment", segment);
        return right;
    }

    private static boolean allAllowed(String body) {
        try {
            for (JsonElement each : JsonParser.parseString(body).getAsJsonArray()) {
                if (!each.getAsJsonObject().get("Allow").getAsBoolean()) {
                    return false;
                }
            }
            return true;
        } catch (JsonParseException | IllegalStateException | NullPointerException ex) {
            return false;
        }
    }

    private DiscoveryException doubt(String service, Answer answer, String why) {
        return new DiscoveryException(
                "consul agent " + answer.agent() + " lists no instance of " + service
                        + ", which may be a refusal (" + why + "): "
                        + (token.present()
                                ? "the token in rpc.discovery.consul.token"
                                : "rpc.discovery.consul.token is not set; it")
                        + " needs service:read on \"" + service + "\" and node:read",
                null);
    }
}
