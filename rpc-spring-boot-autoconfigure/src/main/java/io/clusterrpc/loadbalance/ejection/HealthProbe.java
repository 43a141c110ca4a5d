/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code grpc.health.v1.Health/Check} (gRFC A17) over one connection. A server that answers anything but "not
 * serving" is alive: those that do not know the service, or let nobody ask, still serve their calls.
 */
final class HealthProbe {

    private final ClientCall<HealthCheckRequest, HealthCheckResponse> call;

    private HealthProbe(ClientCall<HealthCheckRequest, HealthCheckResponse> call) {
        this.call = call;
    }

    /**
     * Asks.
     *
     * @param executor where the result is told
     * @param result is told once: what is wrong, {@code null} if the server is alive
     */
    static HealthProbe start(Channel channel, Duration timeout, Executor executor, Consumer<@Nullable String> result) {
        ClientCall<HealthCheckRequest, HealthCheckResponse> call = channel.newCall(
                HealthGrpc.getCheckMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS));
        call.start(
                new ClientCall.Listener<>() {
                    private @Nullable ServingStatus answer;

                    @Override
                    public void onMessage(HealthCheckResponse message) {
                        answer = message.getStatus();
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        String problem = problem(status, answer);
                        executor.execute(() -> result.accept(problem));
                    }
                },
                new Metadata());
        call.request(2);
        call.sendMessage(HealthCheckRequest.getDefaultInstance());
        call.halfClose();
        return new HealthProbe(call);
    }

    void cancel() {
        call.cancel("not interested any more", null);
    }

    private static @Nullable String problem(Status status, @Nullable ServingStatus answer) {
        return switch (status.getCode()) {
            case OK -> answer == ServingStatus.NOT_SERVING ? "says NOT_SERVING" : null;
            case DEADLINE_EXCEEDED -> "no answer";
            case UNAVAILABLE, INTERNAL, CANCELLED, DATA_LOSS ->
                status.getDescription() == null
                        ? status.getCode().name()
                        : status.getCode() + ": " + status.getDescription();
            default -> null;
        };
    }
}
