/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import io.grpc.Server;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the calls that outlast the grace period of a stopping server, shortly before the server would be stopped by force: with
 * UNAVAILABLE and a text, where the force would reset their streams, which callers see as CANCELLED. Thread-safe.
 */
public final class GraceEnd {

    private static final Logger log = LoggerFactory.getLogger(RpcProvider.class);

    /** What the answers take to be sent on a busy machine: a fifth of the grace period, within these. */
    private static final long SHORTEST_MARGIN_MILLIS = 20;

    private static final long LONGEST_MARGIN_MILLIS = 2_000;

    private final String service;
    private final OpenCalls calls;
    private final Duration grace;
    private final String period;
    private final Status status;

    /**
     * Creates the end of the grace period of an application.
     *
     * @param service the application's name
     * @param calls those being handled
     * @param grace the grace period, negative for one without an end
     */
    public GraceEnd(String service, OpenCalls calls, Duration grace) {
        this.service = service;
        this.calls = calls;
        this.grace = grace;
        this.period = grace.toMillis() / 1000.0 + " s";
        this.status = Status.UNAVAILABLE.withDescription(
                service + " is shutting down and its grace period of " + period + " is over; try again");
    }

    /**
     * A server is about to be stopped, and the grace period begins. Waits for its end on a thread of its own.
     *
     * @param server the server
     */
    public void begin(Server server) {
        if (grace.isNegative()) {
            return;
        }
        int port = server.getPort();
        Thread waiting = new Thread(() -> await(server, port), "rpc-grace-" + port);
        waiting.setDaemon(true);
        waiting.start();
    }

    void await(Server server, int port) {
        try {
            if (!server.awaitTermination(untilEndMillis(grace), TimeUnit.MILLISECONDS)) {
                end(port);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(int port) {
        Map<String, Integer> ended = calls.end(port, status);
        if (!ended.isEmpty()) {
            log.warn(
                    "{}: ended calls that were still running at the end of the grace period of {}"
                            + " (spring.grpc.server.shutdown.grace-period): {}",
                    service,
                    period,
                    ended);
        }
    }

    static long untilEndMillis(Duration grace) {
        long millis = grace.toMillis();
        long margin = Math.max(SHORTEST_MARGIN_MILLIS, Math.min(LONGEST_MARGIN_MILLIS, millis / 5));
        return Math.max(0, millis - margin);
    }
}
