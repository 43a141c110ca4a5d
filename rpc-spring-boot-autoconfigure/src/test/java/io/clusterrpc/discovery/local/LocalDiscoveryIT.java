/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Local discovery among real processes, some of which die. */
class LocalDiscoveryIT {

    @TempDir
    private Path directory;

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
    }

    private List<String> files() throws IOException {
        if (!Files.isDirectory(directory.resolve("test"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory.resolve("test"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void killedProcessIsNoticedAtOnceAndCleanedUp() throws Exception {
        Observer observer = new Observer();
        try (LocalDiscovery consumer = new LocalDiscovery(directory, "test");
                Peer victim = new Peer(directory);
                Peer survivor = new Peer(directory)) {
            consumer.watch("orders", observer);
            victim.join("a");
            survivor.join("b");
            observer.joined("a");
            observer.joined("b");
            long killed = victim.kill();
            Duration noticed = Duration.ofNanos(observer.left("a") - killed);
            // A handful of milliseconds on an idle machine; without the socket it would never be told.
            assertThat(noticed).isLessThan(Duration.ofSeconds(2));
            assertThat(observer.listed()).containsExactly("b");
            eventually().untilAsserted(() -> assertThat(files()).hasSize(5));
        }
    }

    @Test
    void processesThatDiedUnseenAreCleanedUpByWhoeverComesNext() throws Exception {
        for (String id : List.of("a", "b")) {
            try (Peer victim = new Peer(directory)) {
                victim.join(id);
                eventually().until(() -> victim.registered(id));
            }
        }
        assertThat(files()).isNotEmpty();
        Observer observer = new Observer();
        try (LocalDiscovery consumer = new LocalDiscovery(directory, "test");
                LocalDiscovery another = new LocalDiscovery(directory, "test");
                Peer fresh = new Peer(directory)) {
            consumer.watch("orders", observer);
            another.watch("orders", new Observer());
            fresh.join("c");
            observer.joined("c");
            assertThat(observer.listed()).containsExactly("c");
            eventually().untilAsserted(() -> assertThat(files()).hasSize(7));
        }
    }

    /** Everybody starts, joins and looks at the same moment: nobody may take a starting process for a dead one. */
    @Test
    void processesThatStartTogetherFindEachOther() throws Exception {
        List<Peer> peers = new ArrayList<>();
        Observer observer = new Observer();
        try (LocalDiscovery consumer = new LocalDiscovery(directory, "test")) {
            for (int i = 0; i < 4; i++) {
                peers.add(new Peer(directory));
            }
            consumer.watch("orders", observer);
            for (int i = 0; i < 4; i++) {
                peers.get(i).join("p" + i);
            }
            for (int i = 0; i < 4; i++) {
                observer.joined("p" + i);
            }
            eventually().until(() -> observer.listed().equals(Set.of("p0", "p1", "p2", "p3")));
        } finally {
            peers.forEach(Peer::close);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void fullDiskKeepsServingFromMemoryAndRegistersWhenThereIsRoom() throws Exception {
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", directory.toString()),
                "needs the right to mount");
        try (LocalDiscovery provider = new LocalDiscovery(directory, "test");
                LocalDiscovery consumer = new LocalDiscovery(directory, "test")) {
            Observer inside = new Observer();
            Observer outside = new Observer();
            provider.watch("orders", inside);
            consumer.watch("orders", outside);
            DiscoveryBackend.Registration early = provider.register(instance("early"));
            eventually().until(early::registered);
            outside.joined("early");
            Path filler = fill();
            DiscoveryBackend.Registration late = provider.register(instance("late"));
            inside.joined("late");
            early.update(instance("early").toBuilder().weight(1).build());
            eventually().until(() -> !early.registered());
            assertThat(late.registered()).isFalse();
            assertThat(outside.listed()).containsExactly("early");
            assertThat(files()).noneMatch(file -> file.endsWith(".tmp"));
            Files.delete(filler);
            eventually().until(() -> early.registered() && late.registered());
            outside.joined("late");
        } finally {
            run("umount", directory.toString());
        }
    }

    private Path fill() throws IOException {
        Path filler = directory.resolve("filler");
        byte[] block = new byte[4096];
        try {
            Files.createFile(filler);
            for (int i = 0; i < 1000; i++) {
                Files.write(filler, block, java.nio.file.StandardOpenOption.APPEND);
            }
        } catch (IOException expected) {
            return filler;
        }
        throw new IOException("the disk did not get full");
    }

    private static ServiceInstance instance(String id) {
        return ServiceInstance.builder("orders", id, "127.0.0.1", 9090).build();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
