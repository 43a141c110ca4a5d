/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.grpc.MethodDescriptor;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a reference has, and what single methods have instead. Immutable.
 *
 * @param common of the reference, {@code null} for nothing
 * @param own by simple name of the method
 * @param <T> what there is
 */
public record ByMethod<T>(@Nullable T common, Map<String, T> own) {

    /** Copies the map. */
    public ByMethod {
        own = Map.copyOf(own);
    }

    /**
     * Nothing, for no method.
     *
     * @param <T> what there is not
     * @return an empty one
     */
    public static <T> ByMethod<T> none() {
        return new ByMethod<>(null, Map.of());
    }

    /**
     * The same for all methods.
     *
     * @param common of the reference
     * @param <T> what there is
     * @return one without exceptions
     */
    public static <T> ByMethod<T> all(T common) {
        return new ByMethod<>(common, Map.of());
    }

    /**
     * Whether no method has anything.
     *
     * @return {@code true} if there is nothing at all
     */
    public boolean isEmpty() {
        return common == null && own.isEmpty();
    }

    /** What a method has: its own, else that of the reference. */
    @Nullable
    T of(MethodDescriptor<?, ?> method) {
        if (own.isEmpty()) {
            return common;
        }
        T found = ofItsOwn(method);
        return found != null ? found : common;
    }

    /** What only this method has. */
    @Nullable
    T ofItsOwn(MethodDescriptor<?, ?> method) {
        String name = own.isEmpty() ? null : method.getBareMethodName();
        return name == null ? null : own.get(name);
    }

    /** All there are, that of the reference first. */
    Set<T> values() {
        Set<T> values = new LinkedHashSet<>();
        if (common != null) {
            values.add(common);
        }
        values.addAll(own.values());
        return values;
    }

    <U> ByMethod<U> map(Function<T, U> function) {
        Map<String, U> mapped = new HashMap<>();
        own.forEach((name, value) -> mapped.put(name, function.apply(value)));
        return new ByMethod<>(common == null ? null : function.apply(common), mapped);
    }
}
