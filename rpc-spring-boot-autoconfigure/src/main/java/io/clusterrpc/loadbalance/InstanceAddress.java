/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.List;

/** What a resolved address says of the instance behind it. */
final class InstanceAddress {

    /** For addresses within the process, which have none. */
    private static final int NO_PORT = 1;

    private InstanceAddress() {}

    /** Returns the instance that the resolver names, or one made up from the address if it is another's resolver. */
    static ServiceInstance instance(EquivalentAddressGroup group, String service) {
        ServiceInstance named = group.getAttributes().get(ServiceInstance.ATTRIBUTE);
        if (named != null) {
            return named;
        }
        SocketAddress address = group.getAddresses().get(0);
        return address instanceof InetSocketAddress inet && inet.getPort() > 0
                ? ServiceInstance.builder(service, inet.getHostString(), inet.getPort())
                        .build()
                : ServiceInstance.builder(service, address.toString(), NO_PORT).build();
    }

    /** Whether a connection to one group serves the other as well. */
    static boolean same(EquivalentAddressGroup one, EquivalentAddressGroup other) {
        return one.equals(other) // most are, and finding out is cheap
                || sameAddresses(one.getAddresses(), other.getAddresses())
                        && withoutInstance(one).equals(withoutInstance(other));
    }

    private static Attributes withoutInstance(EquivalentAddressGroup group) {
        return group.getAttributes().toBuilder()
                .discard(ServiceInstance.ATTRIBUTE)
                .discard(ClusterLoadBalancerProvider.UNLISTED)
                .build();
    }

    /** Name servers rotate the addresses of a name, which says nothing. */
    private static boolean sameAddresses(List<SocketAddress> one, List<SocketAddress> other) {
        return one.equals(other) || new HashSet<>(one).equals(new HashSet<>(other));
    }
}
