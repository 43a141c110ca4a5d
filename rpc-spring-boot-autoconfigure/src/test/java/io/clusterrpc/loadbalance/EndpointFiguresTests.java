/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EndpointFiguresTests {

    private final EndpointRegistry registry = new EndpointRegistry("orders");

    @Test
    void tellsAListenerWhereToReadFigures() {
        List<EndpointRegistry> told = new ArrayList<>();
        registry.listen(new EndpointListener() {
            @Override
            public void listening(String reference, EndpointRegistry endpoints) {
                assertThat(reference).isEqualTo("orders");
                told.add(endpoints);
            }
        });

        assertThat(told).containsExactly(registry);
    }

    @Test
    void outlivesAListenerThatThrowsAtOnce() {
        registry.listen(new EndpointListener() {
            @Override
            public void listening(String reference, EndpointRegistry endpoints) {
                throw new IllegalStateException("broken");
            }
        });
        registry.join(instance("a"), true);

        assertThat(registry.view()).hasSize(1);
    }

    @Test
    void viewsOneInstanceAlsoAfterItLeft() {
        EndpointRecord joined = registry.join(instance("a"), true);

        assertThat(registry.view("a")).isEqualTo(registry.view().get(0));
        assertThat(registry.view("b")).isNull();

        List<Long> picksAtTheEnd = new ArrayList<>();
        registry.listen(new EndpointListener() {
            @Override
            public void removed(String reference, ServiceInstance instance, String reason) {
                EndpointView left = registry.view(instance.id());
                picksAtTheEnd.add(left == null ? -1 : left.picks());
            }
        });
        joined.statistics().opened(0);
        registry.retain(Set.of());
        assertThat(picksAtTheEnd).containsExactly(1L);
        assertThat(registry.view()).isEmpty();
    }

    private static ServiceInstance instance(String id) {
        return ServiceInstance.builder("orders", id, "127.0.0.1", 9000).build();
    }
}
