/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogWatchesTests {

    private final List<String> asked = new ArrayList<>();
    private final List<List<String>> heard = new ArrayList<>();
    private final CatalogWatches watches =
            new CatalogWatches("the registry", Runnable::run, new CatalogWatches.Question() {
                @Override
                public void begin() {
                    asked.add("begin");
                }

                @Override
                public void end() {
                    asked.add("end");
                }
            });

    @Test
    void asksOnlyWhileSomebodyWatches() {
        Subscription one = watches.watch("a.A", heard::add);
        Subscription two = watches.watch("b.B", heard::add);
        assertThat(asked).containsExactly("begin");
        one.close();
        assertThat(asked).containsExactly("begin");
        two.close();
        assertThat(asked).containsExactly("begin", "end");
        watches.watch("a.A", heard::add);
        assertThat(asked).containsExactly("begin", "end", "begin");
        watches.close();
        assertThat(asked).containsExactly("begin", "end", "begin", "end");
    }

    @Test
    void tellsWhatIsNewInOrderAndLatecomersWhatIsKnown() {
        watches.watch("a.A", heard::add);
        assertThat(watches.answered(Map.of("a.A", List.of("two", "one")))).isTrue();
        assertThat(watches.answered(Map.of("a.A", List.of("one", "two"), "b.B", List.of("one"))))
                .isTrue();
        assertThat(heard).containsExactly(List.of("one", "two"));
        watches.watch("b.B", heard::add);
        assertThat(heard).containsExactly(List.of("one", "two"), List.of("one"));
        assertThat(watches.answered(Map.of("a.A", List.of("one", "two")))).isFalse();
        assertThat(heard).containsExactly(List.of("one", "two"), List.of("one"), List.of());
    }

    @Test
    void forgetsWhatWasKnownWhenNobodyWatches() {
        Subscription first = watches.watch("a.A", applications -> {});
        watches.answered(Map.of("a.A", List.of("one")));
        first.close();
        watches.answered(Map.of("a.A", List.of("late")));
        watches.watch("a.A", heard::add);
        assertThat(heard).isEmpty();
    }

    @Test
    void aListenerThatThrowsHearsTheNextNewsAndDisturbsNobody() {
        watches.watch("a.A", applications -> {
            heard.add(applications);
            throw new AssertionError("no");
        });
        List<List<String>> other = new ArrayList<>();
        watches.watch("a.A", other::add);
        watches.answered(Map.of("a.A", List.of("one")));
        watches.answered(Map.of("a.A", List.of("two")));
        assertThat(heard).containsExactly(List.of("one"), List.of("two"));
        assertThat(other).containsExactly(List.of("one"), List.of("two"));
    }

    @Test
    void whoClosedHearsNothingMore() {
        Subscription one = watches.watch("a.A", heard::add);
        watches.watch("a.A", applications -> one.close());
        watches.answered(Map.of("a.A", List.of("one")));
        watches.answered(Map.of("a.A", List.of("two")));
        assertThat(heard).containsExactly(List.of("one"));
    }
}
