/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.actuate;

import io.clusterrpc.nginx.NginxState;
import io.clusterrpc.nginx.NginxState.Outcome;
import io.clusterrpc.nginx.NginxState.UpstreamState;
import io.clusterrpc.nginx.NginxUpstreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** Shows the upstream file of nginx, and how far nginx follows the registry. Thread-safe. */
@Endpoint(id = "rpcnginx")
public final class NginxEndpoint {

    private final NginxUpstreams upstreams;

    /**
     * Creates the endpoint.
     *
     * @param upstreams keep the file
     */
    public NginxEndpoint(NginxUpstreams upstreams) {
        this.upstreams = upstreams;
    }

    /**
     * Everything.
     *
     * @return the state, and the file as it stands on disk
     */
    @ReadOperation
    public NginxDescriptor nginx() {
        NginxState state = upstreams.state();
        Map<Outcome, Long> attempts = new TreeMap<>();
        for (Outcome outcome : Outcome.values()) {
            attempts.put(outcome, upstreams.attempts(outcome));
        }
        return new NginxDescriptor(
                state.behindSince() == null,
                state.behindSince(),
                state.problem(),
                state.outcome(),
                state.lastReload(),
                attempts,
                state.upstreams(),
                state.file().toString(),
                lines(state.file()));
    }

    private static @Nullable List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException ex) {
            return null;
        }
    }

    /**
     * The answer of the endpoint.
     *
     * @param inStep whether nginx knows what the registry says
     * @param behindSince since when it does not, absent if it does
     * @param problem why not, absent if nothing went wrong
     * @param lastOutcome how the last attempt ended, absent before the first
     * @param lastReload when nginx read the file last, absent if it did not since the start
     * @param attempts their number since the start, by their outcome
     * @param upstreams what nginx was told, or is to be told
     * @param file path of the file
     * @param content the file as it stands on disk, absent if it cannot be read
     */
    record NginxDescriptor(
            boolean inStep,
            @Nullable Instant behindSince,
            @Nullable String problem,
            @Nullable Outcome lastOutcome,
            @Nullable Instant lastReload,
            Map<Outcome, Long> attempts,
            List<UpstreamState> upstreams,
            String file,
            @Nullable List<String> content)
            implements OperationResponseBody {}
}
