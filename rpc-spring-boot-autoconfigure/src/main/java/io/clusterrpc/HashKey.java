/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.CallOptions;
import java.nio.charset.StandardCharsets;

/**
 * What a call is about, for references that balance by {@code consistent-hash}: calls with the same key go to the same instance.
 *
 * <pre>{@code stub.withOption(HashKey.KEY, HashKey.of("customer-7")).place(order);}</pre>
 *
 * <p>A key given so wins over {@code rpc.references.*.balancing.hash-key}. Only a 64-bit hash of it is kept (xxHash64 of its UTF-8
 * text), the same in every process: a number and its decimal text are the same key. Immutable.
 */
public final class HashKey {

    /** Where the {@link CallOptions} of a call carry its key. All attempts of the call have the same. */
    public static final CallOptions.Key<HashKey> KEY = CallOptions.Key.create("io.clusterrpc.hash-key");

    private final long hash;

    private HashKey(long hash) {
        this.hash = hash;
    }

    /**
     * A key that is a text.
     *
     * @param key not empty
     * @return the key
     * @throws IllegalArgumentException if it is empty, because that means having no key
     */
    public static HashKey of(String key) {
        return of(key.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A key that is a number.
     *
     * @param key any
     * @return the same key as its decimal text
     */
    public static HashKey of(long key) {
        return of(Long.toString(key));
    }

    /**
     * A key that is neither.
     *
     * @param key not empty
     * @return the key
     * @throws IllegalArgumentException if it is empty, because that means having no key
     */
    public static HashKey of(byte[] key) {
        if (key.length == 0) {
            throw new IllegalArgumentException(
                    "hash key: '' (expected: not empty; a call without a key has no option)");
        }
        return new HashKey(XxHash64.of(key));
    }

    /**
     * The hash.
     *
     * @return all 64 bits are even
     */
    public long hash() {
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HashKey key && key.hash == hash;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash);
    }

    @Override
    public String toString() {
        return Long.toHexString(hash);
    }
}
