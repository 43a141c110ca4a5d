/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.discovery.DiscoveryException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Says what went wrong with an agent, and which property to look at. Never shows the token. */
final class AgentProblems {

    private static final int LONGEST_BODY = 300;

    private final ConsulSettings settings;

    AgentProblems(ConsulSettings settings) {
        this.settings = settings;
    }

    DiscoveryException failed(URI agent, Question question, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return new DiscoveryException(
                about(agent, question) + settings.token().hideIn(why(agent, cause)) + others(),
                // A cause whose text might hold the token is not passed on.
                cause instanceof IOException ? cause : null);
    }

    private static String why(URI agent, @Nullable Throwable cause) {
        if (cause instanceof AgentClient.SilentAgent) {
            return cause.getMessage() + ": is it overloaded, or the network to it cut?";
        }
        if (cause instanceof HttpConnectTimeoutException) {
            return "no connection in time: is rpc.discovery.consul.agents right, and the network open?";
        }
        if (cause instanceof ConnectException) {
            boolean unknownHost = cause.getCause() instanceof UnresolvedAddressException
                    || cause.getCause() != null && cause.getCause().getCause() instanceof UnresolvedAddressException;
            return unknownHost
                    ? "the host name " + agent.getHost() + " is unknown: rpc.discovery.consul.agents names the agents"
                    : "connection refused: is it running there? rpc.discovery.consul.agents names the agents";
        }
        if (cause instanceof SSLHandshakeException) {
            return "the TLS handshake failed (" + cause.getMessage()
                    + "): rpc.discovery.consul.ssl.bundle names what to trust and what to present";
        }
        if (cause instanceof SSLException) {
            return "it does not talk TLS (" + cause.getMessage()
                    + "): use http:// in rpc.discovery.consul.agents, or the" + " agent's https port";
        }
        return cause == null
                ? "unknown failure"
                : String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
    }

    DiscoveryException answered(URI agent, Question question, int status, String body) {
        String text = settings.token().hideIn(body.strip());
        String shown = text.length() > LONGEST_BODY ? text.substring(0, LONGEST_BODY) + "..." : text;
        return new DiscoveryException(
                about(agent, question) + "HTTP " + status + " " + shown + remedy(question, status, text) + others(),
                null);
    }

    private String remedy(Question question, int status, String text) {
        if (status == 400 && text.contains("HTTP request to an HTTPS server")) {
            return ": use https:// in rpc.discovery.consul.agents";
        }
        if (status == 400 && text.contains("Namespaces")) {
            return ": remove rpc.discovery.consul.namespace";
        }
        if (status == 403 || status == 401) {
            if (!settings.token().present()) {
                return ": Consul's access control is on, set rpc.discovery.consul.token";
            }
            return text.contains("ACL not found")
                    ? ": Consul does not know the token in rpc.discovery.consul.token"
                    : ": the token in rpc.discovery.consul.token lacks "
                            + (question.method().equals("PUT") ? "service:write" : "service:read or node:read");
        }
        return text.contains("No path to datacenter") ? ": is rpc.discovery.consul.datacenter right?" : "";
    }

    private static String about(URI agent, Question question) {
        return "consul agent " + agent + ", " + question.method() + " " + question.path() + ": ";
    }

    private String others() {
        int others = settings.agents().size() - 1;
        return others == 0 ? "" : " (nor did the " + others + " other agents help)";
    }
}
