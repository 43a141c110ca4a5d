/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.fixed;

import io.clusterrpc.discovery.DiscoveryConfigurationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An address as configuration writes it. */
record HostAndPort(String host, int port) {

    private static final Pattern NAME_OR_IPV4 =
            Pattern.compile("([A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?):(\\d{1,5})");
    private static final Pattern IPV6 =
            Pattern.compile("\\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?)]:(\\d{1,5})");

    static HostAndPort parse(String property, String address) {
        String text = address.trim();
        Matcher matcher = text.startsWith("[") ? IPV6.matcher(text) : NAME_OR_IPV4.matcher(text);
        int port = matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
        if (port < 1 || port > 65535) {
            throw new DiscoveryConfigurationException(
                    property,
                    "'" + address + "' is no address",
                    "Write it as host:port with a port from 1 to 65535, for example 10.0.0.5:9090 or [::1]:9090.",
                    null);
        }
        return new HostAndPort(matcher.group(1), port);
    }
}
