/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class HubTests {

    @TempDir
    private Path directory;

    private final List<Selector> selectors = new CopyOnWriteArrayList<>();

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
    }

    private static ServiceInstance instance(String id) {
        return ServiceInstance.builder("orders", id, "127.0.0.1", 1).build();
    }

    @Test
    void whateverEndsTheWorkIsToldAndEverythingStartsAnew(CapturedOutput output) throws IOException {
        Hub hub = new Hub(MeetingPoint.of(directory, "hub"), true, () -> {
            Selector selector = Selector.open();
            selectors.add(selector);
            return selector;
        });
        LocalDiscoveryTests.Seen own = new LocalDiscoveryTests.Seen();
        LocalDiscoveryTests.Seen seen = new LocalDiscoveryTests.Seen();
        try (LocalDiscovery other = new LocalDiscovery(directory, "hub", new Surroundings(false), true)) {
            other.watch("orders", seen);
            hub.watch("orders", own);
            DiscoveryBackend.Registration registration = hub.register(instance("a"));
            eventually().until(() -> registration.registered() && seen.ids().equals(List.of("a")));
            selectors.get(0).close();
            eventually().until(() -> !registration.registered());
            eventually().until(() -> seen.ids().isEmpty());
            assertThat(seen.left).containsExactly("a");
            eventually().until(() -> own.problems.size() == 1);
            DiscoveryBackend.Registration late = hub.register(instance("b"));
            eventually().until(() -> registration.registered() && late.registered());
            eventually().until(() -> seen.ids().equals(List.of("a", "b")));
            eventually().until(() -> own.ids().equals(List.of("a", "b")));
            assertThat(output).contains("stopped working, and starts anew every second");
        } finally {
            hub.close();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void startIsTriedAgainAndItsFailureToldOnce(CapturedOutput output) {
        AtomicInteger tries = new AtomicInteger();
        Hub hub = new Hub(MeetingPoint.of(directory, "hub"), true, () -> {
            if (tries.incrementAndGet() <= 2) {
                throw new IOException("Too many open files");
            }
            return Selector.open();
        });
        DiscoveryBackend.Registration registration = hub.register(instance("a"));
        eventually().until(registration::registered);
        hub.close();
        assertThat(tries).hasValue(3);
        assertThat(output.getAll().split("stopped working", -1)).hasSize(2);
        assertThat(directory).isEmptyDirectory();
    }
}
