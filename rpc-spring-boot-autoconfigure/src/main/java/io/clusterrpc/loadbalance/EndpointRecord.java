/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.ejection.Ejection;
import io.grpc.Metadata;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one instance for as long as it is remembered. Its fields are written by the synchronization context of the
 * reference's channel and read by anyone.
 */
final class EndpointRecord {

    private final EndpointStatistics statistics = new EndpointStatistics();
    private final Ejection ejection = new Ejection();
    private final ReportedLoad load = new ReportedLoad();
    private final LoadReportReader reports;
    private final long knownSince;
    private volatile ServiceInstance instance;
    private volatile boolean listed;
    private volatile EndpointState state = EndpointState.IDLE;
    private volatile @Nullable String unusedBecause;
    private volatile double warmth = 1;
    private volatile double weight;
    private volatile double reportedWeight = 1;
    private final AtomicInteger readyInstances;
    private boolean firstReady;
    private long goneSince;

    EndpointRecord(ServiceInstance instance, boolean listed, long nanoTime) {
        this(instance, listed, nanoTime, new AtomicInteger(), new LoadReportReader(instance.service()));
    }

    /**
     * Creates the record of an instance of a reference.
     *
     * @param readyInstances how many records of the reference are {@code READY}, counted by them
     * @param reports reads what the instance reports
     */
    EndpointRecord(
            ServiceInstance instance,
            boolean listed,
            long nanoTime,
            AtomicInteger readyInstances,
            LoadReportReader reports) {
        this.readyInstances = readyInstances;
        this.reports = reports;
        this.instance = instance;
        this.listed = listed;
        this.knownSince = nanoTime;
    }

    String id() {
        return instance.id();
    }

    EndpointStatistics statistics() {
        return statistics;
    }

    Ejection ejection() {
        return ejection;
    }

    ServiceInstance instance() {
        return instance;
    }

    boolean listed() {
        return listed;
    }

    EndpointState state() {
        return state;
    }

    /** The monotonic time at which this process first saw the instance. */
    long knownSince() {
        return knownSince;
    }

    ReportedLoad load() {
        return load;
    }

    /** A response ended, perhaps with a report of the load. Called by transport threads; never throws. */
    void responded(Metadata trailers, LongSupplier nanoTime) {
        LoadReport report = reports.read(trailers, id());
        if (report != null) {
            load.receive(report, nanoTime.getAsLong());
        }
    }

    /** The dynamic factor of its weight, from what the instance reports of its load. */
    double reportedWeight() {
        return reportedWeight;
    }

    /** Takes over the dynamic factor of its weight. */
    void weigh(double reportedWeight) {
        this.reportedWeight = reportedWeight;
    }

    void describe(ServiceInstance instance, boolean listed) {
        this.instance = instance;
        this.listed = listed;
    }

    void become(EndpointState state, @Nullable String reason) {
        boolean wasReady = this.state == EndpointState.READY;
        if (state != EndpointState.READY) {
            firstReady = false;
            if (wasReady) {
                readyInstances.decrementAndGet();
            }
        } else if (!wasReady) {
            firstReady = readyInstances.incrementAndGet() == 1;
            load.restart();
            reportedWeight = 1;
        }
        this.state = state;
        this.unusedBecause = reason;
        this.weight = 0;
    }

    /** Whether it became ready when no other was, and nobody asked since. */
    boolean takeFirstReady() {
        boolean first = firstReady;
        firstReady = false;
        return first;
    }

    void warm(double warmth) {
        this.warmth = warmth;
    }

    /** 0.1 to 1, as the newest snapshot found it. */
    double warmth() {
        return warmth;
    }

    void use(double weight) {
        this.unusedBecause = null;
        this.weight = weight;
    }

    void skip(String reason) {
        this.unusedBecause = reason;
        this.weight = 0;
    }

    void gone(long nanoTime) {
        become(EndpointState.IDLE, null);
        goneSince = nanoTime;
    }

    boolean goneLongerThan(long nanos, long nanoTime) {
        return nanoTime - goneSince > nanos;
    }

    boolean hasCalls() {
        return statistics.inFlight() != 0;
    }

    EndpointView view() {
        return new EndpointView(
                instance,
                listed,
                state,
                unusedBecause,
                statistics.inFlight(),
                statistics.latencyNanos(),
                statistics.picks(),
                statistics.successes(),
                statistics.failures(),
                warmth,
                weight,
                ejection.view(),
                load.latest());
    }
}
