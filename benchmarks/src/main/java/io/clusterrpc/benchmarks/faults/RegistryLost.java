/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What local discovery has on disk is deleted under way. */
final class RegistryLost implements Fault {

    @Override
    public String name() {
        return "registry-lost";
    }

    @Override
    public String expected() {
        return "the files of local discovery deleted three times: 0 failed calls, and a provider that joins later is found";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        Path directory = lab.closing(new Scratch()).path();
        String where = "--rpc.discovery.local.directory=" + directory;
        lab.providers(3, where);
        lab.consume(where);
        try (Load load = lab.load(Load.Kinds.SAFE_AND_UNSAFE, 200, Long.MAX_VALUE)) {
            for (int i = 0; i < 3; i++) {
                Lab.pause(2_000);
                lab.event("deleted", delete(directory));
            }
            Lab.pause(3_000);
            lab.event("joined", lab.providers(1, where).get(0).pid());
            Lab.pause(5_000);
        }
    }

    private static int delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder())
                    .filter(path -> !path.equals(directory))
                    .toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
        return all.size();
    }

    @Override
    public Finding judge(Recording recording) {
        long failed = Recording.failed(recording.calls());
        String pid = "pid " + recording.detail("joined");
        long found = recording.calls().stream()
                .filter(call -> call.text("instance").startsWith(pid))
                .count();
        return new Finding(
                failed == 0 && found > 0 && recording.events("deleted").size() == 3,
                Recording.text(
                        "%d failed of %,d; %d calls to the one that joined",
                        failed, recording.calls().size(), found));
    }
}
