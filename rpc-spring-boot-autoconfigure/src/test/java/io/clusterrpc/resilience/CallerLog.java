/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a caller hears; complains when it hears it in a wrong order or twice at a time. */
class CallerLog extends ClientCall.Listener<String> {

    final List<String> heard = new CopyOnWriteArrayList<>();
    final List<Status> ends = new CopyOnWriteArrayList<>();
    private final AtomicBoolean busy = new AtomicBoolean();

    @Nullable
    Metadata trailers;

    @Nullable
    RuntimeException onHeadersThrows;

    Status end() {
        return ends.get(0);
    }

    @Override
    public void onHeaders(Metadata headers) {
        hear("headers");
        if (onHeadersThrows != null) {
            throw onHeadersThrows;
        }
    }

    @Override
    public void onMessage(String message) {
        hear(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        this.trailers = trailers;
        hear(status.getCode().name());
        ends.add(status);
    }

    private void hear(String what) {
        if (!busy.compareAndSet(false, true)) {
            heard.add("CONCURRENTLY " + what);
            return;
        }
        heard.add(ends.isEmpty() ? what : "LATE " + what);
        busy.set(false);
    }
}
