/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Member;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostLookupTests {

    private static final SocketAddress KNOWN = new InetSocketAddress("127.0.0.9", 1);

    private static ClusterSnapshot of(ServiceInstance instance) {
        return new ClusterSnapshot(
                "s", List.of(new Member(instance, true)), Source.LIVE, Instant.EPOCH, null, List.of("test"));
    }

    @Test
    void nameServiceThatFailsDoesNotTakeAddressesAway() {
        ServiceInstance instance =
                ServiceInstance.builder("s", "a", "no-such-host.invalid", 1).build();
        Map<String, List<SocketAddress>> known = Map.of(HostLookup.key(instance), List.of(KNOWN));
        assertThat(HostLookup.resolve(of(instance), known)).isEqualTo(known);
        assertThat(HostLookup.resolve(of(instance), Map.of())).isEmpty();
    }

    @Test
    void answerReplacesWhatWasKnown() {
        ServiceInstance instance =
                ServiceInstance.builder("s", "a", "localhost", 1).build();
        Map<String, List<SocketAddress>> known = Map.of(HostLookup.key(instance), List.of(KNOWN));
        assertThat(HostLookup.resolve(of(instance), known).get(HostLookup.key(instance)))
                .contains(new InetSocketAddress("127.0.0.1", 1))
                .doesNotContain(KNOWN);
    }
}
