/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A network interface that is up.
 *
 * @param name its name, for example {@code eth0}
 * @param addresses its addresses
 */
record NetworkCard(String name, List<InetAddress> addresses) {

    /** Bridges, tunnels and the like: they lead to containers and VPNs of this machine, not to its peers. */
    private static final Pattern DETOUR = Pattern.compile("(docker|veth|br-|virbr|vmnet|vboxnet|vnic|lxc|lxd|podman|cni"
            + "|flannel|cali|cilium|weave|kube|nodelocal|dummy|tun|tap|utun|ppp|wg|zt|tailscale|awdl|llw|bridge).*");

    NetworkCard {
        addresses = List.copyOf(addresses);
    }

    boolean leadsToPeers() {
        return !DETOUR.matcher(name).matches();
    }

    /** The cards of this machine, in the system's order. Looks up no names. */
    static List<NetworkCard> ofThisMachine() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(NetworkCard::isUp)
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                    .map(card ->
                            new NetworkCard(card.getName(), card.inetAddresses().toList()))
                    .toList();
        } catch (SocketException e) {
            throw new UncheckedIOException("Cannot list the network interfaces; set rpc.provider.host", e);
        }
    }

    private static boolean isUp(NetworkInterface card) {
        try {
            return card.isUp();
        } catch (SocketException e) {
            return false;
        }
    }
}
