/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.nginx.NginxState.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands are shell scripts")
class HandoverTests {

    private static final String FINE = "true";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("upstreams.conf");
    }

    private Handover handover(String check, String reload) throws IOException {
        return handover(List.of("sh", "-c", check), List.of("sh", "-c", reload), Duration.ofSeconds(10));
    }

    private Handover handover(List<String> check, List<String> reload, Duration timeout) throws IOException {
        Handover handover = new Handover(new NginxSettings(
                file,
                List.of("orders"),
                check,
                reload,
                timeout,
                Duration.ZERO,
                new NginxSettings.ServerOptions(1, Duration.ofSeconds(1), 0)));
        handover.begin();
        return handover;
    }

    private List<String> inFolder() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).toList();
        }
    }

    @Test
    void writesChecksAndReloadsInThisOrder() throws IOException {
        String check = "grep -q new " + file + " && echo checked >>" + folder + "/log";
        Attempt attempt = handover(check, "echo reloaded >>" + folder + "/log").hand("new");
        assertThat(attempt).isEqualTo(Attempt.RELOADED);
        assertThat(file).hasContent("new");
        assertThat(folder.resolve("log")).hasContent("checked\nreloaded\n");
        assertThat(inFolder()).containsExactlyInAnyOrder("upstreams.conf", "log");
    }

    @Test
    void refusedFileIsTakenBackAndTheReasonToldInOneLine() throws IOException {
        Files.writeString(file, "old");
        String check = "grep -q good " + file + " || { echo 'nginx: [emerg] bad'; echo '  in line 1' >&2; exit 1; }";
        Handover handover = handover(check, "echo >>" + folder + "/reloads");
        Attempt first = handover.hand("bad");
        assertThat(first.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(first.problem())
                .contains("ended with 1: nginx: [emerg] bad | in line 1", "the last good file is back in its place");
        assertThat(file).hasContent("old");
        assertThat(handover.hand("good")).isEqualTo(Attempt.RELOADED);
        assertThat(handover.hand("bad again").outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(file).hasContent("good");
        assertThat(folder.resolve("reloads")).hasContent("\n");
    }

    @Test
    void firstFileStaysEvenIfItCannotBeChecked() throws IOException {
        Attempt attempt = handover(List.of("/no/such/nginx", "-t"), List.of(FINE), Duration.ofSeconds(10))
                .hand("new");
        assertThat(attempt.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(attempt.problem()).contains("'/no/such/nginx -t' could not be run", "No such file");
        assertThat(file).hasContent("new");
    }

    @Test
    void reloadThatFailsLeavesTheAcceptedFile() throws IOException {
        Files.writeString(file, "old");
        Attempt attempt =
                handover(FINE, "echo 'invalid PID number' >&2; exit 3").hand("new");
        assertThat(attempt.outcome()).isEqualTo(Outcome.NOT_RELOADED);
        assertThat(attempt.problem()).contains("ended with 3: invalid PID number");
        assertThat(file).hasContent("new");
    }

    @Test
    void hangingCommandIsKilledWithItsChildren() throws IOException {
        Path child = folder.resolve("child");
        String hangs = "sleep 1000 & echo $! >" + child + "; echo waiting; wait";
        Attempt attempt = handover(List.of(FINE), List.of("sh", "-c", hangs), Duration.ofMillis(500))
                .hand("new");
        assertThat(attempt.outcome()).isEqualTo(Outcome.NOT_RELOADED);
        assertThat(attempt.problem()).contains("did not end within 500 ms", "waiting");
        long pid = Long.parseLong(Files.readString(child).strip());
        ProcessHandle.of(pid)
                .ifPresent(left -> left.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                .isFalse();
    }

    @Test
    void commandThatRunsIsAbortedFromOutside() throws Exception {
        Handover handover = handover("echo >" + folder + "/begun; sleep 1000", FINE);
        CompletableFuture<Attempt> attempt = CompletableFuture.supplyAsync(() -> handover.hand("new"));
        while (!Files.exists(folder.resolve("begun"))) {
            Thread.onSpinWait();
        }
        handover.abort();
        assertThat(attempt.get(10, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void fileThatCannotBeWrittenIsNamedAndNothingIsRun() throws IOException {
        file = folder.resolve("missing").resolve("upstreams.conf");
        Attempt attempt = handover("echo >" + folder + "/run", FINE).hand("new");
        assertThat(attempt.outcome()).isEqualTo(Outcome.UNWRITABLE);
        assertThat(attempt.problem()).contains(file + " cannot be written", "NoSuchFile");
        assertThat(inFolder()).isEmpty();
    }

    @Test
    void linkStaysALink() throws IOException {
        Path target = Files.createDirectory(folder.resolve("real")).resolve("target.conf");
        Files.writeString(target, "old");
        Files.createSymbolicLink(file, target);
        assertThat(handover(FINE, FINE).hand("new")).isEqualTo(Attempt.RELOADED);
        assertThat(file).isSymbolicLink();
        assertThat(target).hasContent("new");
    }
}
