/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.discovery.DiscoveryConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is written where, and how nginx hears of it.
 *
 * @param upstreamFile the file that nginx includes
 * @param services the applications that stand in it, by their names in the registry
 * @param checkCommand program and arguments that try nginx's configuration
 * @param reloadCommand program and arguments that have nginx read its configuration again
 * @param commandTimeout how long either may take
 * @param debounce least time between two reloads
 * @param server what stands beside every address
 */
public record NginxSettings(
        Path upstreamFile,
        List<String> services,
        List<String> checkCommand,
        List<String> reloadCommand,
        Duration commandTimeout,
        Duration debounce,
        ServerOptions server) {

    private static final String FILE = "rpc.nginx.upstream-file";
    private static final String SERVICES = "rpc.nginx.services";

    /**
     * What stands beside every address.
     *
     * @param maxFails attempts that may fail before nginx leaves a server alone for a while, 0 for any number
     * @param failTimeout that while, and the time within which the attempts fail
     * @param keepalive idle connections that each worker keeps to the servers of an upstream, 0 for none
     */
    public record ServerOptions(int maxFails, Duration failTimeout, int keepalive) {

        /** Validates the ranges. */
        public ServerOptions {
            expect(maxFails >= 0, "rpc.nginx.max-fails", maxFails, "a number from 0");
            // nginx counts whole seconds here.
            expect(
                    failTimeout.toMillis() >= 1000 && failTimeout.toMillis() % 1000 == 0,
                    "rpc.nginx.fail-timeout",
                    failTimeout,
                    "whole seconds, at least 1s");
            expect(keepalive >= 0, "rpc.nginx.keepalive", keepalive, "a number from 0");
        }
    }

    /**
     * Validates everything.
     *
     * @throws DiscoveryConfigurationException if something cannot work, with the property to change
     */
    public NginxSettings {
        expect(!upstreamFile.toString().isBlank(), FILE, "''", "the path of a file");
        upstreamFile = upstreamFile.toAbsolutePath();
        expect(!Files.isDirectory(upstreamFile), FILE, upstreamFile + ", a directory", "the path of a file");
        services = List.copyOf(services);
        if (services.isEmpty()) {
            throw new DiscoveryConfigurationException(
                    SERVICES,
                    "not set, but " + FILE + " is",
                    "List the applications that nginx hands calls to, for example " + SERVICES + ": [orders].",
                    null);
        }
        upstreams(services);
        checkCommand = List.copyOf(checkCommand);
        reloadCommand = List.copyOf(reloadCommand);
        expect(!checkCommand.isEmpty(), "rpc.nginx.check-command", "''", "a command, for example nginx -t -q");
        expect(!reloadCommand.isEmpty(), "rpc.nginx.reload-command", "''", "a command, for example nginx -s reload");
        expect(isPositive(commandTimeout), "rpc.nginx.command-timeout", commandTimeout, "more than 0");
        expect(!debounce.isNegative(), "rpc.nginx.debounce", debounce, "at least 0");
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /**
     * The name of the upstream of a service: {@code rpc-} and the name in lower case, for nginx compares them so, with a {@code _} for
     * everything but letters, digits, {@code .}, {@code _} and {@code -}.
     *
     * @param service the application's name
     * @return what stands behind {@code grpc_pass grpc://}
     */
    public static String upstream(String service) {
        return "rpc-" + service.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "_");
    }

    /** The services by the names of their upstreams, in the order of the configuration. */
    Map<String, String> upstreams() {
        return upstreams(services);
    }

    private static Map<String, String> upstreams(List<String> services) {
        Map<String, String> upstreams = new LinkedHashMap<>();
        for (String service : services) {
            expect(!service.isBlank(), SERVICES, "'" + service + "'", "names of applications");
            String other = upstreams.put(upstream(service), service);
            expect(
                    other == null || other.equals(service),
                    SERVICES,
                    "'" + other + "' and '" + service + "', which both give the upstream " + upstream(service),
                    "one of them");
        }
        return upstreams;
    }

    private static void expect(boolean holds, String property, Object found, String expected) {
        if (!holds) {
            throw new DiscoveryConfigurationException(
                    property,
                    found + " (expected: " + expected + ")",
                    "Set " + property + " to " + expected + ".",
                    null);
        }
    }
}
