/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The stages of one reference, made for its first call or for whoever asks first how its breaker is: they, the breaker and its
 * meters are a hundred classes, which an application need not load to start.
 *
 * <p>Thread-safe. If the stages cannot be made, the call fails and the next one tries again.
 */
public final class LateStages implements ClientInterceptor {

    private final Supplier<CallStages> make;
    private volatile @Nullable CallStages stages;
    private volatile @Nullable Staged staged;

    /** A channel, and the same behind the stages. */
    private record Staged(Channel next, Channel behindStages) {}

    /**
     * Stages to be made when they are needed.
     *
     * @param make makes them; called once, under a lock
     */
    public LateStages(Supplier<CallStages> make) {
        this.make = make;
    }

    /**
     * The stages, made now if they were not yet.
     *
     * @return always the same
     */
    public CallStages get() {
        CallStages made = stages;
        if (made == null) {
            synchronized (this) {
                made = stages;
                if (made == null) {
                    made = make.get();
                    stages = made;
                }
            }
        }
        return made;
    }

    /** Says that an instance became usable after there was none; without stages there is no open breaker to be told. */
    public void recovered() {
        CallStages made = stages;
        if (made != null) {
            made.recovered();
        }
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        Staged known = staged;
        if (known == null || known.next() != next) {
            known = new Staged(next, ClientInterceptors.interceptForward(next, get().interceptors()));
            staged = known;
        }
        return known.behindStages().newCall(method, options);
    }
}
