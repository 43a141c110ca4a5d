/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import com.google.common.net.InetAddresses;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Member;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the hosts of instances into socket addresses. Stateless. */
final class HostLookup {

    private static final Logger log = LoggerFactory.getLogger(HostLookup.class);

    private HostLookup() {}

    static boolean isLiteral(String host) {
        return InetAddresses.isInetAddress(host);
    }

    /** The address of an instance whose host is an IP address; an unresolved one otherwise, connecting to which fails. */
    static SocketAddress literal(ServiceInstance instance) {
        return isLiteral(instance.host())
                ? new InetSocketAddress(InetAddresses.forString(instance.host()), instance.port())
                : InetSocketAddress.createUnresolved(instance.host(), instance.port());
    }

    static String key(ServiceInstance instance) {
        return instance.host() + ':' + instance.port();
    }

    /**
     * Asks the name service for every host that is a name. Blocks. A name that is not found keeps the addresses it had, since a
     * name service that fails says nothing about the instances; one that was never found is left out. Addresses are sorted, so
     * that an answer in another order changes nothing.
     */
    static Map<String, List<SocketAddress>> resolve(ClusterSnapshot snapshot, Map<String, List<SocketAddress>> known) {
        Map<String, List<SocketAddress>> found = new HashMap<>();
        for (Member member : snapshot.members()) {
            ServiceInstance instance = member.instance();
            if (!isLiteral(instance.host())) {
                List<SocketAddress> addresses = lookUp(instance);
                if (addresses.isEmpty()) {
                    addresses = known.getOrDefault(key(instance), List.of());
                }
                if (!addresses.isEmpty()) {
                    found.put(key(instance), addresses);
                }
            }
        }
        return Map.copyOf(found);
    }

    private static List<SocketAddress> lookUp(ServiceInstance instance) {
        try {
            return Stream.of(InetAddress.getAllByName(instance.host()))
                    .sorted(Comparator.comparing(InetAddress::getHostAddress))
                    .<SocketAddress>map(address -> new InetSocketAddress(address, instance.port()))
                    .toList();
        } catch (UnknownHostException | RuntimeException notFound) {
            log.debug("Host name {} of {} was not found", instance.host(), instance.id(), notFound);
            return List.of();
        }
    }
}
