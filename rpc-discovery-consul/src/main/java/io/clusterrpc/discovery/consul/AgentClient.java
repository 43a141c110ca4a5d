/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.discovery.DiscoveryException;
import io.clusterrpc.discovery.backend.OwnerThread;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks the agents. Stays with one of them until it fails, then goes on to the next, once around. Owned by the event loop, on which
 * all answers arrive; no request occupies a thread.
 */
final class AgentClient {

    private final ConsulSettings settings;
    private final OwnerThread loop;
    private final AgentProblems problems;
    private @Nullable HttpClient http;
    private @Nullable SSLContext tls;
    private int current;

    AgentClient(ConsulSettings settings, OwnerThread loop) {
        this.settings = settings;
        this.loop = loop;
        this.problems = new AgentProblems(settings);
        this.tls = settings.tls();
    }

    /** From the next request on. */
    void useTls(SSLContext renewed) {
        tls = renewed;
        http = null;
    }

    /**
     * Asks one agent after the other until one answers.
     *
     * @return the answer, whatever its status says, unless it is a failure of the agent (5xx) and another one can be asked; fails
     *     with a {@link DiscoveryException}; cancelling it gives the request up
     */
    CompletableFuture<Answer> ask(Question question) {
        Exchange exchange = new Exchange(question, settings.agents().size());
        exchange.attempt(current);
        return exchange;
    }

    /** Asks one agent and no other. */
    CompletableFuture<Answer> ask(URI agent, Question question) {
        Exchange exchange = new Exchange(question, 1);
        exchange.attempt(settings.agents().indexOf(agent));
        return exchange;
    }

    /** What an answer that is not the expected one means. */
    DiscoveryException problem(Answer answer, Question question) {
        return problems.answered(answer.agent(), question, answer.status(), answer.body());
    }

    private HttpClient http() {
        HttpClient client = http;
        if (client == null) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(settings.connectTimeout())
                    .executor(loop);
            if (tls != null) {
                builder.sslContext(tls);
            }
            client = builder.build();
            http = client;
        }
        return client;
    }

    private HttpRequest request(URI agent, Question question) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(agent + located(question).pathAndQuery()));
        if (settings.token().present()) {
            request.header("X-Consul-Token", settings.token().secret());
        }
        String body = question.body();
        return request.method(question.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
    }

    private Question located(Question question) {
        String namespace = settings.namespace();
        String datacenter = settings.datacenter();
        Question located = namespace == null ? question : question.with("ns", namespace);
        boolean ofAgent = question.path().startsWith("/v1/agent/");
        return datacenter == null || ofAgent ? located : located.with("dc", datacenter);
    }

    /** One question on its way around the agents. */
    private final class Exchange extends CompletableFuture<Answer> {

        private final Question question;
        private int attemptsLeft;
        private @Nullable CompletableFuture<HttpResponse<String>> sent;

        Exchange(Question question, int attempts) {
            this.question = question;
            this.attemptsLeft = attempts;
        }

        void attempt(int number) {
            URI agent = settings.agents().get(number);
            attemptsLeft--;
            CompletableFuture<HttpResponse<String>> sending;
            try {
                sending = http().sendAsync(request(agent, question), BodyHandlers.ofString(StandardCharsets.UTF_8));
            } catch (RuntimeException ex) {
                sending = CompletableFuture.failedFuture(ex);
            }
            sent = sending;
            CompletableFuture<HttpResponse<String>> attempt = sending;
            // A timeout of the request's own would not cover a body that trickles in.
            Duration patience =
                    question.held().plus(question.held().dividedBy(16)).plus(settings.requestTimeout());
            boolean[] late = new boolean[1];
            Future<?> timer = loop.after(patience, () -> {
                late[0] = true;
                attempt.cancel(true);
            });
            sending.whenCompleteAsync(
                    (response, failure) -> {
                        timer.cancel(false);
                        answered(number, agent, response, late[0] ? new SilentAgent(patience) : failure);
                    },
                    loop);
        }

        private void answered(
                int number, URI agent, @Nullable HttpResponse<String> response, @Nullable Throwable failure) {
            if (isDone()) {
                return;
            }
            if (response != null && failure == null) {
                Answer answer = Answer.of(agent, response);
                if (answer.status() < 500 || answer.knowsNot()) {
                    complete(answer);
                    return;
                }
            }
            int next = (number + 1) % settings.agents().size();
            if (current == number) {
                current = next;
            }
            if (attemptsLeft > 0) {
                attempt(next);
            } else if (response != null && failure == null) {
                completeExceptionally(problems.answered(agent, question, response.statusCode(), response.body()));
            } else {
                completeExceptionally(problems.failed(agent, question, failure));
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            CompletableFuture<HttpResponse<String>> running = sent;
            if (cancelled && running != null) {
                running.cancel(true);
            }
            return cancelled;
        }
    }

    /** An agent that took too long. */
    static final class SilentAgent extends Exception {

        private static final long serialVersionUID = 1L;

        SilentAgent(Duration patience) {
            super("no answer within " + patience.toMillis() + " ms");
        }
    }
}
