/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DirectorySettings;
import io.clusterrpc.discovery.DiscoveryBackend.Catalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class CatalogSourceTests {

    private final MemoryDiscovery registry = new MemoryDiscovery(true);
    private final Directory directory = new Directory(
            List.of(registry),
            Map.of(),
            new DirectorySettings(Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1), null),
            List.of());
    private final List<Consumer<List<String>>> answers = new ArrayList<>();
    private final List<ClusterSnapshot> heard = new ArrayList<>();
    private int ended;

    private final Catalog catalog = (grpcService, listener) -> {
        answers.add(listener);
        return () -> ended++;
    };

    @AfterEach
    void close() {
        directory.close();
    }

    private void answer(String... applications) {
        answers.get(0).accept(List.of(applications));
    }

    private CatalogSource source() {
        return new CatalogSource("shop.Orders", catalog, directory);
    }

    @Test
    void callsWaitUntilTheCatalogAnswered() {
        CatalogSource source = source();
        source.follow(heard::add);
        assertThat(heard).singleElement().satisfies(snapshot -> {
            assertThat(snapshot.source()).isEqualTo(Source.UNKNOWN);
            assertThat(snapshot.problem()).as("nothing to fail with yet").isNull();
        });
        assertThat(source.service()).isNull();
    }

    @Test
    void followsTheOneApplicationFromThenOn() {
        registry.join(ServiceInstance.builder("orders", "a", "127.0.0.1", 1).build());
        CatalogSource source = source();
        source.follow(heard::add);
        answer("orders");
        assertThat(source.service()).isEqualTo("orders");
        assertThat(heard.get(heard.size() - 1).members()).hasSize(1);
        assertThat(source.snapshot().service()).isEqualTo("orders");
    }

    @Test
    void staysPinnedWhateverTheCatalogSaysLaterAndWarnsOnceOfEachChange(CapturedOutput output) {
        CatalogSource source = source();
        answer("orders");
        assertThat(output).containsOnlyOnce("gRPC service shop.Orders is offered by application 'orders', pinned");
        assertThat(output).doesNotContain("WARN");
        answer("orders", "other");
        answer("orders", "other");
        answer("other");
        assertThat(source.service()).isEqualTo("orders");
        assertThat(output.getOut())
                .containsOnlyOnce("stays pinned to application 'orders', although [other] offer it too; set"
                        + " rpc.services.\"[shop.Orders]\" to choose another one");
        answer("other", "third");
        assertThat(output).contains("although [other, third] offer it too");
    }

    @Test
    void severalOrNoneAreAProblemUntilThereIsOne() {
        CatalogSource source = source();
        source.follow(heard::add);
        answer();
        assertThat(heard.get(1).problem()).contains("no application offers gRPC service shop.Orders");
        answer("a", "b");
        assertThat(heard.get(2).problem()).contains("[a, b]").contains("rpc.services.\"[shop.Orders]\"");
        answer("b");
        assertThat(source.service()).isEqualTo("b");
    }

    @Test
    void whoeverStoppedFollowingHearsNothingMore() {
        CatalogSource source = source();
        Subscription subscription = source.follow(heard::add);
        subscription.close();
        answer("orders");
        assertThat(heard).hasSize(1);
        assertThat(registry.watching()).isZero();
    }

    @Test
    void whoeverFollowsLateHearsTheDirectoryAtOnce() {
        registry.join(ServiceInstance.builder("orders", "a", "127.0.0.1", 1).build());
        CatalogSource source = source();
        answer("orders");
        Subscription subscription = source.follow(heard::add);
        assertThat(heard.get(heard.size() - 1).members()).hasSize(1);
        subscription.close();
        source.close();
        assertThat(ended).isEqualTo(1);
    }
}
