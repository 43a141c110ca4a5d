/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import io.clusterrpc.CallListener;
import io.clusterrpc.ServiceInstance;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records {@link RpcMeter#CALLS}, {@link RpcMeter#ATTEMPTS}, {@link RpcMeter#UNDELIVERED}, {@link RpcMeter#FAILOVERS},
 * {@link RpcMeter#RETRIES_REFUSED}, {@link RpcMeter#HEDGES}, {@link RpcMeter#DISAGREEMENTS} and {@link RpcMeter#FALLBACKS}.
 *
 * <p>Thread-safe. A call for which all meters exist takes no lock and allocates nothing. Never throws: a registry that refuses a
 * meter is reported once at warn.
 */
public final class CallMeters implements CallListener {

    /** How many methods of one reference have meters of their own. */
    public static final int MAX_METHODS = 200;

    private static final Logger log = LoggerFactory.getLogger(CallMeters.class);
    private static final String OTHER = "other";

    private final MeterRegistry registry;
    private final ConcurrentMap<String, ConcurrentMap<String, MethodMeters>> references = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Counter> undelivered = new ConcurrentHashMap<>();
    private volatile boolean reported;

    /**
     * Creates the listener.
     *
     * @param registry where the meters are registered when they are first needed
     */
    public CallMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void callEnded(
            String reference,
            MethodDescriptor<?, ?> method,
            Outcome outcome,
            Status.Code code,
            int attempts,
            long nanos) {
        try {
            meters(reference, method).call(outcome, code).record(nanos, TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            report(e);
        }
    }

    @Override
    public void attemptEnded(
            String reference,
            MethodDescriptor<?, ?> method,
            @Nullable ServiceInstance instance,
            int attempt,
            Status.Code code,
            long nanos) {
        try {
            meters(reference, method).attempt(code).record(nanos, TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            report(e);
        }
    }

    @Override
    public void failedOver(
            String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance from, Status.Code code) {
        try {
            meters(reference, method).failover(code).increment();
        } catch (RuntimeException e) {
            report(e);
        }
    }

    @Override
    public void undelivered(String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance instance) {
        try {
            Counter counter = undelivered.get(reference);
            if (counter == null) {
                counter = undelivered.computeIfAbsent(reference, this::newUndelivered);
            }
            counter.increment();
        } catch (RuntimeException e) {
            report(e);
        }
    }

    private Counter newUndelivered(String reference) {
        return Counter.builder(RpcMeter.UNDELIVERED.getName())
                .description(RpcMeter.UNDELIVERED.description())
                .tag(RpcMeter.Tag.REFERENCE.asString(), reference)
                .register(registry);
    }

    @Override
    public void retryRefused(String reference, MethodDescriptor<?, ?> method, Status.Code code) {
        try {
            meters(reference, method).retryRefused(code).increment();
        } catch (RuntimeException e) {
            report(e);
        }
    }

    @Override
    public void hedged(String reference, MethodDescriptor<?, ?> method) {
        try {
            meters(reference, method).hedge().increment();
        } catch (RuntimeException e) {
            report(e);
        }
    }

    @Override
    public void disagreed(String reference, MethodDescriptor<?, ?> method) {
        try {
            meters(reference, method).disagreement().increment();
        } catch (RuntimeException e) {
            report(e);
        }
    }

    @Override
    public void fellBack(String reference, MethodDescriptor<?, ?> method, Status.Code code) {
        try {
            meters(reference, method).fallback(code).increment();
        } catch (RuntimeException e) {
            report(e);
        }
    }

    private MethodMeters meters(String reference, MethodDescriptor<?, ?> method) {
        ConcurrentMap<String, MethodMeters> methods = references.get(reference);
        if (methods == null) {
            methods = references.computeIfAbsent(reference, name -> new ConcurrentHashMap<>());
        }
        String name = method.getFullMethodName();
        MethodMeters meters = methods.get(name);
        return meters != null ? meters : newMeters(reference, methods, name);
    }

    private MethodMeters newMeters(String reference, ConcurrentMap<String, MethodMeters> methods, String name) {
        String tag = methods.size() < MAX_METHODS ? name : OTHER;
        return methods.computeIfAbsent(tag, method -> new MethodMeters(registry, reference, method));
    }

    private void report(RuntimeException e) {
        if (!reported) {
            reported = true;
            log.warn("Calls are not measured completely: the meter registry refused a meter", e);
        }
    }
}
