/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashKeyTests {

    /** As published: the same key on another machine, in another language, is the same. */
    @ParameterizedTest
    @CsvSource({
        "a, d24ec4f1a98c6e5b",
        "abc, 44bc2cf5ad770999",
        "三國演義, 9aaa5441590f6716",
        "The quick brown fox jumps over the lazy dog, b242d361fda71bc",
    })
    void isXxHash64(String text, String hash) {
        assertThat(HashKey.of(text)).hasToString(hash);
        assertThat(HashKey.of(text).hash()).isEqualTo(Long.parseUnsignedLong(hash, 16));
    }

    @Test
    void readsAllOfAKeyWhateverItsLength() {
        Set<HashKey> keys = new HashSet<>();
        for (int length = 1; length <= 100; length++) {
            for (int changed = 0; changed < length; changed++) {
                byte[] key = new byte[length];
                key[changed] = 1;
                keys.add(HashKey.of(key));
            }
        }
        assertThat(keys).hasSize(IntStream.rangeClosed(1, 100).sum());
    }

    @Test
    void aNumberIsItsDecimalText() {
        assertThat(HashKey.of(-42)).isEqualTo(HashKey.of("-42")).hasSameHashCodeAs(HashKey.of("-42"));
        assertThat(HashKey.of(42)).isNotEqualTo(HashKey.of(43));
    }

    @Test
    void isNeverEmpty() {
        assertThatIllegalArgumentException().isThrownBy(() -> HashKey.of("")).withMessageContaining("not empty");
    }
}
