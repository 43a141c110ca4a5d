/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.store.RecordFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class LocalDiscoveryLongPathTests {

    @Test
    void pathTooLongForAUnixSocketFallsBackToTcp(@TempDir Path base, CapturedOutput output) throws IOException {
        Path directory = base.resolve("x".repeat(100));
        try (LocalDiscovery provider = new LocalDiscovery(directory, "test");
                LocalDiscovery consumer = new LocalDiscovery(directory, "test")) {
            LocalDiscoveryTests.Seen seen = new LocalDiscoveryTests.Seen();
            consumer.watch("orders", seen);
            provider.register(
                    ServiceInstance.builder("orders", "a", "127.0.0.1", 1).build());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> seen.ids().equals(List.of("a")));
            for (Path hub : MeetingPoint.of(directory, "test").list().hubs().values()) {
                assertThat(RecordFile.read(hub).get("endpoint")).startsWith("tcp:");
            }
            assertThat(output).contains("too long for a Unix domain socket").contains("rpc.discovery.local.directory");
        }
    }
}
