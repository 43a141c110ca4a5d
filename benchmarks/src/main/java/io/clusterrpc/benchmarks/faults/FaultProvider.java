/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** A provider that behaves as the lines on its standard input say, see {@link FaultService#behave}; it ends when its input does. */
final class FaultProvider {

    private FaultProvider() {}

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(FaultService.class)
    static class Application {}

    public static void main(String[] args) {
        ConfigurableApplicationContext context = SpringApplication.run(Application.class, args);
        FaultService service = context.getBean(FaultService.class);
        Thread commands = new Thread(() -> read(service), "commands");
        commands.setDaemon(true);
        commands.start();
    }

    private static void read(FaultService service) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                service.behave(line);
            }
        } catch (IOException e) {
            // As if it had ended.
        }
        Runtime.getRuntime().halt(0); // whoever started us is gone
    }
}
