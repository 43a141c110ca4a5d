/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The disk that local discovery and the disk cache write to is full. */
final class DiskFull implements Fault {

    @Override
    public String name() {
        return "disk-full";
    }

    @Override
    public String expected() {
        return "the disk of local discovery and of the disk cache full while a provider joins and one leaves: 0 failed calls";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        Path disk = lab.closing(new SmallDisk()).path();
        String where = "--rpc.discovery.local.directory=" + disk.resolve("r");
        String[] settings = {
            where, "--rpc.discovery.disk-cache.enabled=true", "--rpc.discovery.disk-cache.path=" + disk.resolve("c")
        };
        var providers = lab.providers(3, settings);
        lab.consume(settings);
        try (Load load = lab.load(Load.Kinds.SAFE_AND_UNSAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(2_000);
            lab.event("full", fill(disk.resolve("fill")));
            lab.event("joined", lab.providers(1, settings).get(0).pid());
            Lab.pause(3_000);
            providers.get(0).terminate();
            providers.get(0).awaitEnd();
            Lab.pause(3_000);
        }
    }

    private static long fill(Path file) throws IOException {
        long written = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[512]);
                written += 512;
            }
        } catch (IOException full) {
            return written;
        }
    }

    @Override
    public Finding judge(Recording recording) {
        long failed = Recording.failed(recording.calls());
        String pid = "pid " + recording.detail("joined");
        long found = recording.calls().stream()
                .filter(call -> call.text("instance").startsWith(pid))
                .count();
        recording.at("full");
        return new Finding(
                failed == 0,
                Recording.text(
                        "%d failed of %,d; %d calls to the provider that joined meanwhile",
                        failed, recording.calls().size(), found));
    }

    /** A file system of 256 KiB in memory. */
    private record SmallDisk(Path path) implements AutoCloseable {

        SmallDisk() throws IOException, InterruptedException, NotHere {
            this(Files.createTempDirectory("f"));
            if (run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path.toString()) != 0) {
                Files.delete(path);
                throw new NotHere("a tmpfs cannot be mounted: not permitted");
            }
        }

        private static int run(String... command) throws IOException, InterruptedException, NotHere {
            try {
                return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new NotHere(command[0] + ": " + e.getMessage());
            }
        }

        @Override
        public void close() throws Exception {
            run("umount", "-l", path.toString());
            Files.deleteIfExists(path);
        }
    }
}
