/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another JVM that joins and leaves on command, and its remote control. */
final class Peer implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter commands;

    Peer(Path directory) throws IOException {
        this.process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Peer.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /**
     * Has it done, and waits until it began.
     *
     * @return the time just before, by {@link System#nanoTime()}, which all processes of a Linux machine share
     */
    long join(String id) throws IOException {
        return tell("join " + id);
    }

    long leave(String id) throws IOException {
        return tell("leave " + id);
    }

    boolean registered(String id) throws IOException {
        return tell("registered " + id) == 1;
    }

    private long tell(String command) throws IOException {
        commands.println(command);
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith("> ")) {
                return Long.parseLong(line.substring(2));
            }
        }
        throw new IOException("the other JVM is gone");
    }

    /** Sends SIGKILL; returns the time just before. */
    long kill() {
        long now = System.nanoTime();
        process.destroyForcibly();
        return now;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    public static void main(String[] args) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Map<String, DiscoveryBackend.Registration> registrations = new HashMap<>();
        try (LocalDiscovery discovery = new LocalDiscovery(Path.of(args[0]), "test")) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String id = line.substring(line.indexOf(' ') + 1);
                long now = System.nanoTime();
                if (line.startsWith("join")) {
                    ServiceInstance instance = ServiceInstance.builder("orders", id, "127.0.0.1", 9090)
                            .build();
                    registrations.put(id, discovery.register(instance));
                } else if (line.startsWith("leave")) {
                    registrations.remove(id).close();
                } else {
                    now = registrations.get(id).registered() ? 1 : 0;
                }
                System.out.println("> " + now);
            }
        }
    }
}
