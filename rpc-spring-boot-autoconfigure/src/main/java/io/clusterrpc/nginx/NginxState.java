/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far nginx follows the registry. Immutable.
 *
 * @param file the upstream file
 * @param outcome of the last attempt, {@code null} before the first
 * @param problem what went wrong then, {@code null} if nothing did
 * @param behindSince since when nginx does not know what the registry says, {@code null} if it does
 * @param lastReload when nginx read the file last, {@code null} if it did not since the start of this application
 * @param upstreams what nginx was told last, or is to be told
 */
public record NginxState(
        Path file,
        @Nullable Outcome outcome,
        @Nullable String problem,
        @Nullable Instant behindSince,
        @Nullable Instant lastReload,
        List<UpstreamState> upstreams) {

    /** Copies the list. */
    public NginxState {
        upstreams = List.copyOf(upstreams);
    }

    /** How an attempt to have nginx follow ended. */
    public enum Outcome {
        /** nginx accepted the file and was told to read it. */
        RELOADED,
        /** The file could not be written, or read. */
        UNWRITABLE,
        /** The check failed; the last good file is back in its place. */
        REFUSED,
        /** The file was accepted, but the command that has nginx read it failed. */
        NOT_RELOADED
    }

    /**
     * One upstream.
     *
     * @param service the application's name
     * @param name name of the upstream
     * @param servers to how many nginx may hand calls
     * @param leftOut instances that are not in it, with the reason
     */
    public record UpstreamState(String service, String name, int servers, List<String> leftOut) {

        /** Copies the list. */
        public UpstreamState {
            leftOut = List.copyOf(leftOut);
        }
    }
}
