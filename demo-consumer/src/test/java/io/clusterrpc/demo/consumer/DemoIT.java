/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.demo.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README says of the demo, with the jars that the build made: once as they are, once with what AOT processing made of them. */
class DemoIT {

    private static final Pattern WEB_PORT = Pattern.compile("Tomcat started on port (\\d+)");

    private final String namespace = "demo-it-" + UUID.randomUUID();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Deque<Process> processes = new ArrayDeque<>();

    @TempDir
    private Path logs;

    @AfterEach
    void endProcesses() throws InterruptedException {
        processes.forEach(Process::destroyForcibly);
        for (Process process : processes) {
            process.waitFor();
        }
    }

    @ParameterizedTest(name = "aot: {0}")
    @ValueSource(booleans = {false, true})
    void consumerFindsProviderWithoutBeingToldItsAddress(boolean aot) throws Exception {
        Process provider = start("demo-provider", aot);
        Process consumer = start("demo-consumer", aot);
        int port = webPort("demo-consumer", consumer);
        webPort("demo-provider", provider);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(get(port, "/hello?name=Ada"))
                        .startsWith("Hello, Ada (answered by pid " + provider.pid() + ","));
        assertThat(get(port, "/greetings?name=Ada")).contains("Bonjour, Ada");
        assertThat(get(port, "/load?rate=100&seconds=1")).startsWith("calls\t50\t50\nfailed\t0\t0\n");
        assertThat(get(port, "/actuator/rpc")).contains("greeter");
        assertThat(get(port, "/actuator/prometheus")).contains("rpc_");
        assertThat(get(port, "/actuator/health")).contains("UP");
    }

    @Test
    void consumerKeepsTheUpstreamFileOfAnNginxWithTheProfileGateway() throws Exception {
        start("demo-provider", false);
        Path file = logs.resolve("upstreams.conf");
        Process consumer = start(
                "demo-consumer",
                false,
                "--spring.profiles.active=gateway",
                "--rpc.nginx.upstream-file=" + file,
                "--rpc.nginx.check-command=true",
                "--rpc.nginx.reload-command=true");
        int port = webPort("demo-consumer", consumer);

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(file)
                        .content()
                        .contains("upstream rpc-greeter {", "server 127.0.0.1:", "weight=100"));
        assertThat(get(port, "/actuator/rpcnginx")).contains("\"inStep\":true", "upstream rpc-greeter {");
    }

    private Process start(String module, boolean aot, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1"));
        if (aot) {
            command.add("-Dspring.aot.enabled=true");
        }
        command.addAll(List.of(
                "-jar", jar(module).toString(), "--server.port=0", "--rpc.discovery.local.namespace=" + namespace));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(module).toFile())
                .start();
        processes.add(process);
        return process;
    }

    private static Path jar(String module) throws IOException {
        Path target = Path.of("..", module, "target").toAbsolutePath().normalize();
        Pattern name = Pattern.compile(module + "-\\d[^-]*(-SNAPSHOT)?\\.jar");
        try (var files = Files.list(target)) {
            return files.filter(
                            file -> name.matcher(file.getFileName().toString()).matches())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no jar of " + module + " in " + target));
        }
    }

    private Path log(String module) {
        return logs.resolve(module + ".log");
    }

    private int webPort(String module, Process process) {
        await(module).atMost(Duration.ofSeconds(60)).until(() -> {
            assertThat(process.isAlive()).as(Files.readString(log(module))).isTrue();
            return Files.readString(log(module)).contains("Started ");
        });
        try {
            Matcher matcher = WEB_PORT.matcher(Files.readString(log(module)));
            assertThat(matcher.find()).isTrue();
            return Integer.parseInt(matcher.group(1));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
