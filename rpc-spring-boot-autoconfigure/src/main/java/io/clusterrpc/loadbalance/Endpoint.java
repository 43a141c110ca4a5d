/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.ejection.CallRecorder;
import io.clusterrpc.loadbalance.ejection.Ejectable;
import io.clusterrpc.loadbalance.ejection.Ejection;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Helper;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Status;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One instance and its connection. Owned by the synchronization context: every method is called there. */
final class Endpoint implements Ejectable {

    private static final int LONGEST_REASON = 240;
    private static final int DEEPEST_CAUSE = 5;

    private final EndpointRecord known;
    private final EndpointRegistry registry;
    private final EquivalentAddressGroup addresses;
    private final Subchannel subchannel;
    private final PickResult result;
    private boolean connected;
    private boolean failing;
    private @Nullable String lastFailure;
    private @Nullable String stateReason;
    private @Nullable ReadyEndpoint inSnapshot;

    Endpoint(
            EndpointRecord known,
            EquivalentAddressGroup addresses,
            Helper helper,
            EndpointRegistry registry,
            LongSupplier nanoTime,
            CallRecorder recorder) {
        this.known = known;
        this.registry = registry;
        this.addresses = addresses;
        this.subchannel = helper.createSubchannel(CreateSubchannelArgs.newBuilder()
                .setAddresses(addresses)
                // When it is tried again is for Reconnects to say.
                .addOption(LoadBalancer.DISABLE_SUBCHANNEL_RECONNECT_KEY, true)
                .build());
        this.result = PickResult.withSubchannel(subchannel, new EndpointTracers(known, nanoTime, recorder));
    }

    void start(BiConsumer<Endpoint, ConnectivityStateInfo> listener) {
        if (known.state() != EndpointState.IDLE) {
            become(EndpointState.IDLE, "it moved, or was announced anew");
            announce();
        }
        subchannel.start(info -> listener.accept(this, info));
        connect();
    }

    void connect() {
        subchannel.requestConnection();
    }

    /** Ends the connection after the calls that are on it. */
    void shutdown() {
        subchannel.shutdown();
    }

    /** The instance is gone for good. */
    void leave(String reason) {
        registry.leave(id(), reason);
        shutdown();
    }

    /** The channel goes idle; the instance stays known. */
    void rest() {
        become(EndpointState.IDLE, "the channel is idle; the next call connects");
        announce();
        shutdown();
    }

    String id() {
        return known.id();
    }

    EndpointRecord known() {
        return known;
    }

    boolean reachedBy(EquivalentAddressGroup other) {
        return InstanceAddress.same(addresses, other);
    }

    /** Whether it waits out a backoff although the registry has something new to say of it. One that is not listed never waits. */
    boolean isWorthAnotherTry(ServiceInstance announced) {
        return inBackoff() && !known.instance().equals(announced);
    }

    /** Whether it failed to connect and waits to be tried again. */
    boolean inBackoff() {
        return known.state() == EndpointState.TRANSIENT_FAILURE;
    }

    /** New metadata for the same connection. */
    void describe(ServiceInstance instance, boolean listed) {
        known.describe(instance, listed);
    }

    @Override
    public boolean isReady() {
        return connected;
    }

    @Override
    public Ejection ejection() {
        return known.ejection();
    }

    @Override
    public boolean isCandidate() {
        return connected && known.listed() && known.instance().weight() > 0;
    }

    @Override
    public int inFlight() {
        return known.statistics().inFlight();
    }

    @Override
    public Channel channel() {
        return subchannel.asChannel();
    }

    /** Whether it failed to connect and did not succeed since; a further try does not change that. */
    boolean failing() {
        return failing;
    }

    String address() {
        return known.instance().address();
    }

    @Nullable
    String lastFailure() {
        return lastFailure;
    }

    /** Takes over a new state of the connection. Nobody is told of it before {@link #announce}. */
    void become(ConnectivityStateInfo info) {
        connected = info.getState() == ConnectivityState.READY;
        switch (info.getState()) {
            case READY -> {
                failing = false;
                become(EndpointState.READY, null);
            }
            case CONNECTING -> become(EndpointState.CONNECTING, connecting());
            case IDLE -> become(EndpointState.IDLE, "connection ended");
            case TRANSIENT_FAILURE -> {
                failing = true;
                lastFailure = reason(info);
                become(EndpointState.TRANSIENT_FAILURE, lastFailure);
            }
            case SHUTDOWN -> {}
        }
    }

    private void become(EndpointState state, @Nullable String reason) {
        known.become(state, reason);
        stateReason = reason;
    }

    void announce() {
        registry.announce(known, stateReason);
    }

    private String connecting() {
        return failing ? "connecting again after: " + lastFailure : "connecting";
    }

    /**
     * What is wrong, in one line: the transport puts its inner life on further lines, and what matters (whose certificate is not trusted)
     * often stands in the cause of a cause.
     */
    private static String reason(ConnectivityStateInfo info) {
        Status status = info.getStatus();
        String description = status.getDescription();
        StringBuilder text =
                new StringBuilder(description == null ? status.getCode().name() : firstLine(description));
        String before = " (";
        Throwable cause = status.getCause();
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++, cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && text.indexOf(firstLine(message)) < 0) {
                text.append(before).append(firstLine(message));
                before = ": ";
            }
        }
        if (before.equals(": ")) {
            text.append(')');
        }
        return text.length() <= LONGEST_REASON ? text.toString() : text.substring(0, LONGEST_REASON) + "...";
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    /** As it goes into a snapshot; the same object as before if nothing of it changed. */
    ReadyEndpoint ready(double weight) {
        ReadyEndpoint last = inSnapshot;
        if (last == null
                || last.weight() != weight
                || last.listed() != known.listed()
                || last.ejected() != known.ejection().isEjected()
                || !last.instance().equals(known.instance())) {
            last = new ReadyEndpoint(
                    known.instance(), known.listed(), known.ejection().isEjected(), weight, known, result);
            inSnapshot = last;
        }
        return last;
    }
}
