/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTests {

    private final List<NetworkCard> cards = new ArrayList<>(List.of(card("lo", "127.0.0.1", "::1")));

    @Test
    void prefersSiteLocalIpv4OfACardThatLeadsToPeers() {
        cards.add(card("docker0", "172.17.0.1"));
        cards.add(card("eth0", "fd00::5", "8.8.4.4"));
        cards.add(card("eth1", "fe80::1", "10.1.2.3"));
        AdvertisedAddress address = choose(null, null, null, false, null);
        assertThat(address.host()).isEqualTo("10.1.2.3");
        assertThat(address.port()).isEqualTo(9090);
        assertThat(address.why()).contains("eth1");
        assertThat(address.doubtful()).isFalse();
    }

    @Test
    void takesTheFirstCardAmongEquals() {
        cards.add(card("eth0", "10.0.0.1"));
        cards.add(card("eth1", "192.168.0.1"));
        assertThat(choose(null, null, null, false, null).host()).isEqualTo("10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker0",
                "veth12ab",
                "br-4f2a",
                "virbr0",
                "tun0",
                "utun3",
                "wg0",
                "tailscale0",
                "cni0",
                "flannel.1"
            })
    void skipsDetours(String name) {
        cards.add(card(name, "10.9.9.9"));
        cards.add(card("ens5", "52.1.2.3"));
        assertThat(choose(null, null, null, false, null).host()).isEqualTo("52.1.2.3");
    }

    @Test
    void fallsBackToIpv6WithoutItsScope() throws UnknownHostException {
        InetAddress scoped = java.net.Inet6Address.getByAddress(
                null, InetAddress.getByName("2001:db8::7").getAddress(), 3);
        cards.add(new NetworkCard("eth0", List.of(scoped)));
        assertThat(choose(null, null, null, false, null).host()).isEqualTo("2001:db8:0:0:0:0:0:7");
    }

    @Test
    void saysWhenThereIsNothingButLoopback() {
        AdvertisedAddress address = choose(null, null, null, false, null);
        assertThat(address.host()).isEqualTo("127.0.0.1");
        assertThat(address.doubtful()).isTrue();
        assertThat(address.why()).contains("rpc.provider.host");
    }

    @Test
    void networkChoosesEvenAmongDetours() {
        cards.add(card("eth0", "192.168.0.1"));
        cards.add(card("tailscale0", "100.64.0.9"));
        assertThat(choose(null, null, "tailscale0", false, null).host()).isEqualTo("100.64.0.9");
        assertThat(choose(null, null, "100.64.0.0/10", false, null).host()).isEqualTo("100.64.0.9");
    }

    @Test
    void networkWithoutAnAddressHereFailsAndListsWhatThereIs() {
        cards.add(card("eth0", "192.168.0.1"));
        assertThatThrownBy(() -> choose(null, null, "10.0.0.0/8", false, null))
                .isInstanceOf(NoSuitableAddressException.class)
                .hasMessageContaining("rpc.provider.network: '10.0.0.0/8'")
                .hasMessageContaining("eth0[192.168.0.1]");
    }

    @Test
    void hostAndPortOfTheUserWin() {
        cards.add(card("eth0", "192.168.0.1"));
        AdvertisedAddress address = choose("orders.example.org", 443, null, false, "192.168.0.1");
        assertThat(address.host()).isEqualTo("orders.example.org");
        assertThat(address.port()).isEqualTo(443);
        assertThat(address.why()).contains("rpc.provider.host");
    }

    @Test
    void theAddressThatTheServerIsBoundToWins() {
        cards.add(card("eth0", "192.168.0.1"));
        cards.add(card("eth1", "10.0.0.1"));
        assertThat(choose(null, null, null, false, "10.0.0.1").host()).isEqualTo("10.0.0.1");
        AdvertisedAddress loopback = choose(null, null, null, false, "127.0.0.1");
        assertThat(loopback.host()).isEqualTo("127.0.0.1");
        assertThat(loopback.doubtful()).isTrue();
    }

    @Test
    void alwaysLoopbackWhereAllConsumersAreOnThisMachine() {
        cards.add(card("eth0", "192.168.0.1"));
        AdvertisedAddress address = choose("orders.example.org", null, "10.0.0.0/8", true, null);
        assertThat(address.host()).isEqualTo("127.0.0.1");
        assertThat(address.why()).contains("on this machine").contains("rpc.provider.host=orders.example.org");
        assertThat(choose(null, 7000, null, true, null).port()).isEqualTo(7000);
    }

    @Test
    void onThisMachineABoundAddressIsTheOnlyOneThatAnswers() {
        assertThat(choose(null, null, null, true, "127.0.0.2").host()).isEqualTo("127.0.0.2");
        assertThat(choose(null, null, null, true, "192.168.0.1").host()).isEqualTo("192.168.0.1");
    }

    @Test
    void listsTheCardsOfThisMachine() {
        assertThat(NetworkCard.ofThisMachine())
                .anySatisfy(card -> assertThat(card.addresses()).anyMatch(InetAddress::isLoopbackAddress));
    }

    private AdvertisedAddress choose(
            @Nullable String host,
            @Nullable Integer port,
            @Nullable String network,
            boolean loopbackOnly,
            @Nullable String bound) {
        return new AddressPolicy(host, port, network == null ? null : Network.of(network), loopbackOnly, () -> cards)
                .choose(new StartedServer(9090, bound == null ? null : literal(bound), Set.of()));
    }

    private static NetworkCard card(String name, String... addresses) {
        return new NetworkCard(
                name,
                java.util.stream.Stream.of(addresses)
                        .map(AddressPolicyTests::literal)
                        .toList());
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
