/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DirectorySettings;
import io.clusterrpc.nginx.NginxState.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands are shell scripts")
@ExtendWith(OutputCaptureExtension.class)
class NginxUpstreamsTests {

    private static final Duration DEBOUNCE = Duration.ofMillis(500);

    @TempDir
    private Path folder;

    private final FakeRegistry registry = new FakeRegistry();
    private final HandTurnedClock clock = new HandTurnedClock();
    private InetAddress[] found = {};
    private Directory directory;
    private Path file;
    private Path ok;
    private NginxUpstreams upstreams;

    @BeforeEach
    void create() throws IOException {
        file = folder.resolve("upstreams.conf");
        ok = Files.createFile(folder.resolve("ok"));
        directory = new Directory(
                List.of(registry),
                Map.of(),
                new DirectorySettings(Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(1), null),
                List.of());
    }

    @AfterEach
    void close() {
        upstreams.close();
        directory.close();
    }

    private void start(String... services) {
        NginxSettings settings = new NginxSettings(
                file,
                List.of(services),
                List.of("sh", "-c", "test -e " + ok + " || { echo no; exit 1; }"),
                List.of("sh", "-c", "echo >>" + folder.resolve("reloads")),
                Duration.ofSeconds(10),
                DEBOUNCE,
                new NginxSettings.ServerOptions(1, Duration.ofSeconds(1), 0));
        upstreams = new NginxUpstreams(
                settings, directory, clock, clock::nanoTime, clock, new ServerAddresses(this::lookUp));
        upstreams.start();
    }

    private InetAddress[] lookUp(String name) throws UnknownHostException {
        if (found.length == 0) {
            throw new UnknownHostException(name);
        }
        return found;
    }

    private static ServiceInstance instance(int port) {
        return ServiceInstance.builder("orders", "orders-" + port, "127.0.0.1", port)
                .build();
    }

    private void now() {
        clock.turn(Duration.ZERO);
    }

    private long reloads() throws IOException {
        Path reloads = folder.resolve("reloads");
        return Files.exists(reloads) ? Files.readAllLines(reloads).size() : 0;
    }

    @Test
    void firstFileWaitsForAllServices() throws IOException {
        start("orders", "stock");
        registry.tells("orders", instance(7001));
        now();
        assertThat(file).doesNotExist();
        registry.tells("stock", instance(7002));
        now();
        assertThat(file).content().contains("upstream rpc-orders", "7001", "upstream rpc-stock", "7002");
        clock.turn(Duration.ofMinutes(1));
        assertThat(reloads()).isEqualTo(1);
    }

    @Test
    void firstFileDoesNotWaitForARegistryThatIsDown() throws IOException {
        Files.writeString(file, "upstream rpc-stock {\n    server 10.0.0.1:1 weight=100;\n}\n");
        start("orders", "stock");
        registry.tells("orders", instance(7001));
        registry.fails("stock");
        clock.turn(DEBOUNCE);
        assertThat(file).content().contains("7001", "server 10.0.0.1:1 weight=100;");
        assertThat(upstreams.state().upstreams()).hasSize(2);
    }

    @Test
    void whoLeavesIsRemovedAtOnceAndACrowdOfChangesTogether() throws IOException {
        start("orders");
        registry.tells("orders", instance(7001), instance(7002), instance(7003));
        now();
        clock.turn(DEBOUNCE);
        registry.tells("orders", Set.of("orders-7001"), instance(7002), instance(7003));
        now();
        assertThat(file).content().doesNotContain("7001").contains("7002");
        registry.tells("orders", Set.of("orders-7002"), instance(7003));
        registry.tells("orders", Set.of(), instance(7003), instance(7004));
        clock.turn(DEBOUNCE.minusMillis(1));
        assertThat(file).content().contains("7002");
        clock.turn(Duration.ofMillis(1));
        assertThat(file).content().doesNotContain("7002").contains("7003", "7004");
        assertThat(reloads()).isEqualTo(3);
    }

    @Test
    void whatNginxCannotSeeReloadsNothing() throws IOException {
        start("orders");
        registry.tells("orders", instance(7001));
        now();
        clock.turn(DEBOUNCE);
        registry.tells("orders", instance(7001).toBuilder().version("2").build());
        registry.fails("orders");
        clock.turn(Duration.ofMinutes(2));
        assertThat(reloads()).isEqualTo(1);
        assertThat(file).content().contains("7001");
    }

    @Test
    void lastOneThatLeavesLeavesAServerThatIsDown() {
        start("orders");
        registry.tells("orders", instance(7001));
        now();
        clock.turn(DEBOUNCE);
        registry.tells("orders", Set.of("orders-7001"));
        now();
        assertThat(file).content().contains("server 127.0.0.1:9 down;").doesNotContain("7001");
    }

    @Test
    void failureIsToldOnceAndTriedAgainUntilItIsOver(CapturedOutput output) throws IOException {
        start("orders");
        registry.tells("orders", instance(7001));
        now();
        clock.turn(DEBOUNCE);
        Files.delete(ok);
        registry.tells("orders", instance(7001), instance(7002));
        now();
        assertThat(file).content().doesNotContain("7002");
        assertThat(upstreams.state().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(upstreams.state().problem()).contains(": no");
        clock.turn(Duration.ofSeconds(100));
        // After 1, 3, 7, 15, 31, 61 and 91 seconds.
        assertThat(upstreams.attempts(Outcome.REFUSED)).isEqualTo(8);
        assertThat(upstreams.behind()).isEqualTo(Duration.ofSeconds(100));
        Files.createFile(ok);
        clock.turn(Duration.ofSeconds(30));
        assertThat(file).content().contains("7002");
        assertThat(upstreams.behind()).isZero();
        assertThat(upstreams.state().problem()).isNull();
        assertThat(upstreams.attempts(Outcome.RELOADED)).isEqualTo(2);
        assertThat(output)
                .containsOnlyOnce("nginx does not follow the registry (REFUSED)")
                .containsOnlyOnce("nginx follows again: rpc-orders with 2 servers");
    }

    @Test
    void nameThatComesToLightLaterIsFollowed(CapturedOutput output) throws IOException {
        start("orders");
        registry.tells(
                "orders",
                instance(7001),
                ServiceInstance.builder("orders", "late.example", 7002).build());
        now();
        assertThat(file).content().contains("7001").doesNotContain("7002");
        assertThat(output).containsOnlyOnce("instance 'late.example:7002' of orders is left out");
        found = new InetAddress[] {InetAddress.getByName("10.0.0.9")};
        clock.turn(Duration.ofSeconds(30));
        assertThat(file).content().contains("10.0.0.9:7002");
        found = new InetAddress[] {};
        clock.turn(Duration.ofSeconds(60));
        assertThat(file).content().contains("10.0.0.9:7002");
    }

    @Test
    void closingLeavesTheFileAsItIs() throws IOException {
        start("orders");
        registry.tells("orders", instance(7001));
        now();
        String before = Files.readString(file);
        upstreams.close();
        assertThat(file).hasContent(before);
        assertThat(clock.isShutdown()).isTrue();
    }
}
