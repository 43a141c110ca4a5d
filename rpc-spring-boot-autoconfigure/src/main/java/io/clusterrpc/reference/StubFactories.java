/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.grpc.ManagedChannel;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.grpc.client.BlockingStubFactory;
import org.springframework.grpc.client.BlockingV2StubFactory;
import org.springframework.grpc.client.FutureStubFactory;
import org.springframework.grpc.client.ReactorStubFactory;
import org.springframework.grpc.client.SimpleStubFactory;
import org.springframework.grpc.client.StubFactory;
import org.springframework.util.ReflectionUtils;

/** Finds the stub factory of Spring gRPC that can build a stub class: beans first, then the built-in ones. Immutable. */
public final class StubFactories {

    private final List<StubFactory<?>> factories;

    /**
     * Creates the list.
     *
     * @param beans the context's factories (the coroutine one among them where Kotlin stubs are present), in order
     */
    public StubFactories(List<StubFactory<?>> beans) {
        this.factories = Stream.concat(
                        beans.stream(),
                        Stream.of(
                                new BlockingV2StubFactory(),
                                new BlockingStubFactory(),
                                new FutureStubFactory(),
                                new ReactorStubFactory(),
                                new SimpleStubFactory()))
                .toList();
    }

    /** Builds a stub on a channel. */
    <T> T create(Class<T> type, Supplier<ManagedChannel> channel) {
        for (StubFactory<?> factory : factories) {
            if (supports(factory, type)) {
                @SuppressWarnings("unchecked")
                StubFactory<T> typed = (StubFactory<T>) factory;
                return typed.create(channel, type);
            }
        }
        throw new IllegalArgumentException(
                "stub type: " + type.getName() + " (expected: a class that one of the StubFactory beans supports)");
    }

    /** Spring gRPC's convention: a static {@code supports(Class)}; a factory without one supports everything. */
    private static boolean supports(StubFactory<?> factory, Class<?> type) {
        Method method = ReflectionUtils.findMethod(factory.getClass(), "supports", Class.class);
        if (method == null) {
            return true;
        }
        ReflectionUtils.makeAccessible(method);
        return Boolean.TRUE.equals(ReflectionUtils.invokeMethod(method, null, type));
    }
}
