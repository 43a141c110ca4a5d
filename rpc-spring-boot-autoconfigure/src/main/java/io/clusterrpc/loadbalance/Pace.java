/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.LoadBalancer.Helper;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often connections that change make a new picker. After the changes that are queued already, so that many of them make one;
 * and in a large cluster, where a picker takes long to make, at most one every 10 us an instance (10 ms for a thousand, at most 100
 * ms), the first change at once. A call that is meanwhile sent to a connection just lost waits for the next picker, as gRPC does. Owned by the
 * synchronization context.
 */
final class Pace {

    private static final int SMALL = 250;
    private static final long NANOS_PER_INSTANCE = 10_000;
    private static final long LONGEST_NANOS = 100_000_000;

    private final Helper helper;
    private final LongSupplier nanoTime;
    private final Runnable publish;
    private @Nullable ScheduledHandle later;
    private boolean queued;
    private boolean published;
    private long publishedAt;

    Pace(Helper helper, LongSupplier nanoTime, Runnable publish) {
        this.helper = helper;
        this.nanoTime = nanoTime;
        this.publish = publish;
    }

    void changed(int instances) {
        if (queued) {
            return;
        }
        queued = true;
        long wait = published ? publishedAt + interval(instances) - nanoTime.getAsLong() : 0;
        if (wait <= 0) {
            helper.getSynchronizationContext().execute(this::run);
        } else {
            later = helper.getSynchronizationContext()
                    .schedule(this::run, wait, TimeUnit.NANOSECONDS, helper.getScheduledExecutorService());
        }
    }

    private static long interval(int instances) {
        return instances < SMALL ? 0 : Math.min(LONGEST_NANOS, instances * NANOS_PER_INSTANCE);
    }

    private void run() {
        queued = false;
        later = null;
        published = true;
        publish.run();
        publishedAt = nanoTime.getAsLong();
    }

    void stop() {
        if (later != null) {
            later.cancel();
            later = null;
        }
    }
}
