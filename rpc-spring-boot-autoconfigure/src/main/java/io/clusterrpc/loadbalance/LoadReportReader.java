/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.Metadata;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the instances of one reference report of their load. Reports that cannot be read, or cannot be true, are ignored and
 * counted; the first is logged at warn. Never throws. Thread-safe.
 */
final class LoadReportReader {

    private static final Logger log = LoggerFactory.getLogger(LoadReportReader.class);

    private final String reference;
    private final LongAdder ignored = new LongAdder();
    private final AtomicBoolean warned = new AtomicBoolean();

    LoadReportReader(String reference) {
        this.reference = reference;
    }

    /** Returns the report of a response, {@code null} if there is none that makes sense. Costs next to nothing without one. */
    @Nullable
    LoadReport read(Metadata trailers, String instance) {
        try {
            byte[] bytes = trailers.get(OrcaTrailer.KEY);
            return bytes == null ? null : OrcaTrailer.decode(bytes);
        } catch (RuntimeException e) {
            ignored.increment();
            if (warned.compareAndSet(false, true)) {
                log.warn(
                        "{}: ignored a load report of instance {}: {}; further ones are only counted",
                        reference,
                        instance,
                        e.getMessage());
            } else {
                log.debug("{}: ignored a load report of instance {}: {}", reference, instance, e.getMessage());
            }
            return null;
        }
    }

    long ignored() {
        return ignored.sum();
    }
}
