/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The channel of a reference, built for its first call: an application that starts need not pay for channels that it may never use.
 * What is known of the cluster does not depend on it.
 *
 * <p>Thread-safe. If the channel cannot be built, the call fails with that exception, and the next one tries again. Whoever builds
 * the channel closes it.
 */
final class LateChannel extends ManagedChannel {

    private final String reference;
    private final Supplier<ManagedChannel> build;
    private volatile @Nullable ManagedChannel built;
    private boolean closed;

    /**
     * A channel to be built when it is needed.
     *
     * @param reference whose channel it is, for errors
     * @param build builds it; called under a lock
     */
    LateChannel(String reference, Supplier<ManagedChannel> build) {
        this.reference = reference;
        this.build = build;
    }

    /**
     * Builds the channel if there is none yet.
     *
     * @return the channel, or {@code null} if there is none and nobody would close it any more
     */
    @Nullable
    ManagedChannel open() {
        ManagedChannel channel = built;
        return channel != null ? channel : build();
    }

    private synchronized @Nullable ManagedChannel build() {
        if (built == null && !closed) {
            built = build.get();
        }
        return built;
    }

    /** Builds none from now on. One that there is stays open. */
    synchronized void close() {
        closed = true;
    }

    private ManagedChannel channel() {
        ManagedChannel channel = open();
        if (channel == null) {
            throw new IllegalStateException(closing());
        }
        return channel;
    }

    private String closing() {
        return "Reference '" + reference + "' is closed: its application context is closing";
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options) {
        ManagedChannel channel = open();
        return channel == null
                ? new RefusedCall<>(Status.UNAVAILABLE.withDescription(closing()))
                : channel.newCall(method, options);
    }

    @Override
    public String authority() {
        return channel().authority();
    }

    @Override
    public ConnectivityState getState(boolean requestConnection) {
        ManagedChannel channel = requestConnection ? channel() : built;
        return channel == null ? ConnectivityState.IDLE : channel.getState(requestConnection);
    }

    @Override
    public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
        channel().notifyWhenStateChanged(source, callback);
    }

    @Override
    public void resetConnectBackoff() {
        ManagedChannel channel = built;
        if (channel != null) {
            channel.resetConnectBackoff();
        }
    }

    @Override
    public void enterIdle() {
        ManagedChannel channel = built;
        if (channel != null) {
            channel.enterIdle();
        }
    }

    @Override
    public ManagedChannel shutdown() {
        close();
        ManagedChannel channel = built;
        if (channel != null) {
            channel.shutdown();
        }
        return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
        close();
        ManagedChannel channel = built;
        if (channel != null) {
            channel.shutdownNow();
        }
        return this;
    }

    @Override
    public synchronized boolean isShutdown() {
        return built == null ? closed : built.isShutdown();
    }

    @Override
    public synchronized boolean isTerminated() {
        return built == null ? closed : built.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        ManagedChannel channel = built;
        return channel == null ? isTerminated() : channel.awaitTermination(timeout, unit);
    }

    /** Ends as soon as it starts. */
    private static final class RefusedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

        private final Status status;

        RefusedCall(Status status) {
            this.status = status;
        }

        @Override
        public void start(Listener<RespT> listener, Metadata headers) {
            listener.onClose(status, new Metadata());
        }

        @Override
        public void request(int count) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(ReqT message) {}
    }
}
