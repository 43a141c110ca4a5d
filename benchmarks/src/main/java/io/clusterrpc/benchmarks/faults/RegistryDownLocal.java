/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/** The folder of local discovery is gone for a minute, and a file that stands in its place keeps it from being made again. */
final class RegistryDownLocal implements Fault {

    @Override
    public String name() {
        return "registry-down-local";
    }

    @Override
    public String expected() {
        return "the folder of local discovery gone for 60 s: 0 failed calls, and a provider that joins later is found";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        Path directory = lab.closing(new Scratch()).path().resolve("r");
        String where = "--rpc.discovery.local.directory=" + directory;
        lab.providers(3, where);
        lab.consume(where);
        try (Load load = lab.load(Load.Kinds.SAFE_AND_UNSAFE, 100, Long.MAX_VALUE)) {
            Lab.pause(3_000);
            lab.event("killed", "");
            FileSystemUtils.deleteRecursively(directory);
            Files.createFile(directory);
            Lab.pause(RegistryDown.SECONDS * 1_000L);
            Files.delete(directory);
            lab.event("back", "");
            lab.event("joined", lab.providers(1, where).get(0).pid());
            Lab.pause(8_000);
        }
    }

    @Override
    public Finding judge(Recording recording) {
        return RegistryDown.judge(recording, "nothing was left of its files");
    }
}
