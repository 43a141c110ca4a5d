/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A script of this project that prints the path of something it may have to fetch first, or says why it cannot. */
final class Script {

    private Script() {}

    /**
     * Runs it.
     *
     * @param script its path from the project's folder
     * @return the path that it printed
     * @throws Fault.NotHere if there is none; the message is the script's
     */
    static String path(String script) throws IOException, InterruptedException, Fault.NotHere {
        Path project = Path.of("").toAbsolutePath();
        while (project != null && !Files.exists(project.resolve(script))) {
            project = project.getParent();
        }
        if (project == null) {
            throw new Fault.NotHere("no " + script + " above " + Path.of("").toAbsolutePath());
        }
        Process process = new ProcessBuilder("bash", project.resolve(script).toString()).start();
        String path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        String problem = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(180, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new Fault.NotHere(problem);
        }
        return path;
    }
}
