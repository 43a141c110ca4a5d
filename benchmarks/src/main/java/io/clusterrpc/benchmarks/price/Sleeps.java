/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts how often the threads of this process went to sleep: what a call costs is to a good part waking them up again. */
final class Sleeps {

    private static final Pattern VOLUNTARY = Pattern.compile("(?m)^voluntary_ctxt_switches:\\s+(\\d+)");

    private Sleeps() {}

    /** Those of all threads alive; 0 where there is no {@code /proc}. */
    static long soFar() {
        Path threads = Path.of("/proc/self/task");
        if (!Files.isDirectory(threads)) {
            return 0;
        }
        long sum = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
            for (Path thread : all) {
                sum += of(thread.resolve("status"));
            }
        } catch (IOException e) {
            return 0;
        }
        return sum;
    }

    private static long of(Path status) {
        try {
            Matcher matcher = VOLUNTARY.matcher(Files.readString(status));
            return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
        } catch (IOException e) {
            return 0; // the thread has ended
        }
    }
}
