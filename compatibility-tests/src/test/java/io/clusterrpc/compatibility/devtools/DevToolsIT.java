/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.compatibility.devtools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** DevTools closes the application and runs it again in the same process, with its classes loaded anew and ours as they were. */
class DevToolsIT {

    private static final Path CLASSES = Path.of("target", "test-classes").toAbsolutePath();
    private static final String ANSWER = "answer: Hello Ada, instances: 1, loaded by RestartClassLoader";

    @TempDir
    private Path folder;

    @Test
    void restartedApplicationRegistersAgainAndReachesItself() throws Exception {
        Path classes = folder.resolve("classes");
        FileSystemUtils.copyRecursively(CLASSES, classes);
        Path log = folder.resolve("log");
        Process process = start(classes, log);
        try {
            awaitAnswers(process, log, 1);
            Files.writeString(classes.resolve("changed.properties"), "changed=true");
            awaitAnswers(process, log, 2);
        } finally {
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Files.readString(log)).doesNotContain(" ERROR ");
    }

    private static Process start(Path classes, Path log) throws IOException {
        String libraries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).equals(CLASSES))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes + File.pathSeparator + libraries,
                DevToolsApplication.class.getName(),
                "--spring.application.name=devtools",
                "--spring.grpc.server.address=127.0.0.1",
                "--spring.grpc.server.port=0",
                "--spring.devtools.restart.poll-interval=300ms",
                "--spring.devtools.restart.quiet-period=100ms",
                "--spring.devtools.livereload.enabled=false",
                "--rpc.provider.drain.notice=0s",
                "--rpc.discovery.local.namespace=devtools-" + UUID.randomUUID());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static void awaitAnswers(Process process, Path log, int count) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            String text = Files.readString(log);
            assertThat(process.isAlive()).as(text).isTrue();
            assertThat(text.lines().filter(line -> line.contains(ANSWER)))
                    .as(text)
                    .hasSize(count);
        });
    }
}
