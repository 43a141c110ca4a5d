/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the address that a server advertises. Never looks up a name, so it never waits for DNS. Thread-safe.
 *
 * <p>In this order: loopback if all consumers are on this machine; what the user set; the address that the server is bound to;
 * the best address of the chosen network, or else of the cards that lead to peers: IPv4 before IPv6, site-local before global.
 */
public final class AddressPolicy {

    private record Candidate(NetworkCard card, InetAddress address) {}

    private static final Comparator<Candidate> BEST_FIRST = Comparator.comparingInt(AddressPolicy::rank);

    private final @Nullable String host;
    private final @Nullable Integer port;
    private final @Nullable Network network;
    private final boolean loopbackOnly;
    private final Supplier<List<NetworkCard>> cards;

    /**
     * Creates a policy for this machine.
     *
     * @param host {@code rpc.provider.host}, if set
     * @param port {@code rpc.provider.port}, if set
     * @param network {@code rpc.provider.network}, if set
     * @param loopbackOnly whether all consumers are on this machine
     */
    public AddressPolicy(
            @Nullable String host, @Nullable Integer port, @Nullable Network network, boolean loopbackOnly) {
        this(host, port, network, loopbackOnly, NetworkCard::ofThisMachine);
    }

    AddressPolicy(
            @Nullable String host,
            @Nullable Integer port,
            @Nullable Network network,
            boolean loopbackOnly,
            Supplier<List<NetworkCard>> cards) {
        this.host = host;
        this.port = port;
        this.network = network;
        this.loopbackOnly = loopbackOnly;
        this.cards = cards;
    }

    /**
     * Chooses.
     *
     * @throws NoSuitableAddressException if the chosen network has no address on this machine
     */
    AdvertisedAddress choose(StartedServer server) {
        int advertisedPort = port != null ? port : server.port();
        InetAddress bound = server.bound();
        if (loopbackOnly) {
            return onThisMachine(bound, advertisedPort);
        }
        if (host != null) {
            return new AdvertisedAddress(host, advertisedPort, "set by rpc.provider.host", false);
        }
        if (bound != null) {
            String why = "the server is bound to it";
            return bound.isLoopbackAddress()
                    ? new AdvertisedAddress(
                            literal(bound), advertisedPort, why + " by spring.grpc.server.address", true)
                    : new AdvertisedAddress(literal(bound), advertisedPort, why, false);
        }
        return best(advertisedPort);
    }

    private AdvertisedAddress onThisMachine(@Nullable InetAddress bound, int advertisedPort) {
        if (bound != null) {
            return new AdvertisedAddress(
                    literal(bound),
                    advertisedPort,
                    "all consumers are on this machine, and the server is bound to it",
                    false);
        }
        String ignored = host == null ? "" : ", where rpc.provider.host=" + host + " does not apply";
        return new AdvertisedAddress("127.0.0.1", advertisedPort, "all consumers are on this machine" + ignored, false);
    }

    private AdvertisedAddress best(int advertisedPort) {
        List<NetworkCard> present = cards.get();
        Optional<Candidate> best = present.stream()
                .filter(card -> network != null || card.leadsToPeers())
                .flatMap(card -> card.addresses().stream().map(address -> new Candidate(card, address)))
                .filter(AddressPolicy::isUsable)
                .filter(candidate -> network == null || network.contains(candidate.card(), candidate.address()))
                .min(BEST_FIRST);
        if (best.isPresent()) {
            String name = best.get().card().name();
            String why = network == null
                    ? "the first address of " + name + ", chosen among the networks of this machine"
                    : "the address of " + name + " that belongs to rpc.provider.network=" + network;
            return new AdvertisedAddress(literal(best.get().address()), advertisedPort, why, false);
        }
        if (network != null) {
            throw new NoSuitableAddressException(network, describe(present));
        }
        return new AdvertisedAddress(
                "127.0.0.1", advertisedPort, "this machine has no other address; set rpc.provider.host", true);
    }

    private static boolean isUsable(Candidate candidate) {
        InetAddress address = candidate.address();
        return !address.isLoopbackAddress() && !address.isLinkLocalAddress() && !address.isAnyLocalAddress();
    }

    private static int rank(Candidate candidate) {
        InetAddress address = candidate.address();
        return (address instanceof Inet4Address ? 0 : 2) + (address.isSiteLocalAddress() ? 0 : 1);
    }

    /** Without the scope that Java appends to some IPv6 addresses: it means nothing elsewhere. */
    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }

    private static String describe(List<NetworkCard> cards) {
        return cards.stream()
                .map(card -> card.name()
                        + card.addresses().stream().map(AddressPolicy::literal).toList())
                .collect(Collectors.joining(", "));
    }
}
