/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quick subset: real processes, the same samples and the same verdict as in the whole suite. */
class FaultsIT {

    @TempDir
    private Path results;

    @Test
    void holdsUnderTheQuickFaults() throws Exception {
        FaultsRun.main(new String[] {results.toString(), "kill", "connection-reset", "malformed-frames"});

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean held = FaultsVerdict.print(results, new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("3 held, 0 missed, 0 skipped\n");
        assertThat(held).isTrue();
    }
}
