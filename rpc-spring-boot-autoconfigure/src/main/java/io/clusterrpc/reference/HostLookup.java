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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Turns the hosts of instances into socket addresses. Stateless. */
final class HostLookup {

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

    /** Asks the name service for every host that is a name. Blocks. A name that is not found is left out. */
    static Map<String, List<SocketAddress>> resolve(ClusterSnapshot snapshot) {
        Map<String, List<SocketAddress>> found = new HashMap<>();
        for (Member member : snapshot.members()) {
            ServiceInstance instance = member.instance();
            if (!isLiteral(instance.host())) {
                try {
                    found.put(
                            instance.host() + ':' + instance.port(),
                            Stream.of(InetAddress.getAllByName(instance.host()))
                                    .<SocketAddress>map(address -> new InetSocketAddress(address, instance.port()))
                                    .toList());
                } catch (UnknownHostException notFound) {
                    found.remove(instance.host() + ':' + instance.port());
                }
            }
        }
        return found;
    }
}
