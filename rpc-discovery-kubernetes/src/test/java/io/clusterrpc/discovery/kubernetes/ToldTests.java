/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ToldTests {

    private final Heard heard = new Heard();
    private Instant now = Instant.ofEpochSecond(100);
    private boolean closed;
    private final Told told = new Told("orders", heard, () -> now, () -> closed);

    private static Listing listing(Set<String> leaving, String... ids) {
        return new Listing(
                List.of(ids).stream()
                        .map(id -> ServiceInstance.builder("orders", id, "10.0.0.1", 1)
                                .build())
                        .toList(),
                leaving);
    }

    private List<Instant> starts() {
        return heard.last().stream().map(ServiceInstance::startTime).toList();
    }

    @Test
    void whoJoinsLaterStartedThenAndStaysSo() {
        told.tell(listing(Set.of(), "a"));
        told.tell(listing(Set.of(), "a", "b"));
        now = now.plusSeconds(9);
        told.failed(new DiscoveryException("down", null));
        told.tell(listing(Set.of(), "a", "b"));
        assertThat(starts()).containsExactly(Instant.EPOCH, Instant.ofEpochSecond(100));
        told.tell(listing(Set.of(), "b"));
        told.tell(listing(Set.of(), "a", "b"));
        assertThat(starts()).containsExactly(Instant.ofEpochSecond(109), Instant.ofEpochSecond(100));
    }

    @Test
    void leavingIsToldOnceAndWithoutChangeNothingIs() {
        told.tell(listing(Set.of("b"), "a"));
        told.tell(listing(Set.of("b"), "a"));
        told.tell(listing(Set.of("b", "c"), "a"));
        told.tell(listing(Set.of(), "a"));
        assertThat(heard.left).containsExactly(Set.of("b"), Set.of("c"));
        assertThat(heard.lists).hasSize(2);
    }

    @Test
    void afterAFailureTheSameListIsNews() {
        told.tell(listing(Set.of(), "a"));
        told.failed(new DiscoveryException("down", null));
        told.tell(listing(Set.of(), "a"));
        assertThat(heard.lists).hasSize(2);
        assertThat(heard.problems).containsExactly("down");
    }

    @Test
    void closedTellsNothing() {
        closed = true;
        told.tell(listing(Set.of(), "a"));
        told.failed(new DiscoveryException("down", null));
        assertThat(heard.lists).isEmpty();
        assertThat(heard.problems).isEmpty();
    }
}
