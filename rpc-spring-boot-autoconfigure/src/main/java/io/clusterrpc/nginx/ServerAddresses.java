/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import com.google.common.net.InetAddresses;
import io.clusterrpc.ServiceInstance;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns hosts, which anybody who may register can choose, into addresses that can do nothing in nginx's configuration but be
 * connected to. Names are looked up here: nginx refuses its whole configuration if it cannot find one. Owned by one thread.
 */
final class ServerAddresses {

    /** As {@link InetAddress#getAllByName} does. */
    interface Lookup {
        InetAddress[] find(String name) throws UnknownHostException;
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?");

    private final Lookup lookup;
    private final Map<String, List<String>> found = new HashMap<>();
    private boolean askedForNames;

    ServerAddresses(Lookup lookup) {
        this.lookup = lookup;
    }

    /**
     * The addresses of an instance as nginx writes them, IPv6 in brackets, each with the port.
     *
     * @return sorted; {@code null} if the host is no address and no name, empty if the name is not found now and never was
     */
    @Nullable
    List<String> of(ServiceInstance instance) {
        String host = instance.host();
        // nginx knows no scopes.
        if (InetAddresses.isInetAddress(host) && host.indexOf('%') < 0) {
            return List.of(literal(InetAddresses.forString(host)) + ":" + instance.port());
        }
        if (!NAME.matcher(host).matches()) {
            return null;
        }
        askedForNames = true;
        return lookUp(host).stream().map(ip -> ip + ":" + instance.port()).toList();
    }

    /** Whether a name was looked up since the last question, so that the answer may change by itself. */
    boolean dependOnNames() {
        boolean depends = askedForNames;
        askedForNames = false;
        return depends;
    }

    private List<String> lookUp(String name) {
        try {
            List<String> ips = Arrays.stream(lookup.find(name))
                    .map(ServerAddresses::literal)
                    .distinct()
                    .sorted()
                    .toList();
            found.put(name, ips);
            return ips;
        } catch (UnknownHostException ex) {
            // A name service that fails says nothing about the instances.
            return found.getOrDefault(name, List.of());
        }
    }

    private static String literal(InetAddress address) {
        String text = InetAddresses.toAddrString(address);
        int scope = text.indexOf('%');
        String ip = scope < 0 ? text : text.substring(0, scope);
        return address instanceof Inet6Address ? "[" + ip + "]" : ip;
    }
}
