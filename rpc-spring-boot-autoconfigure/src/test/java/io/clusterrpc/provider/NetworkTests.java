/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTests {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.20.30.0/23, 10.20.31.255, true",
        "10.20.30.0/23, 10.20.32.0, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "0.0.0.0/0, fd00::1, false",
        "192.168.1.7, 192.168.1.7, true",
        "192.168.1.7, 192.168.1.8, false",
        "fd00::/8, fd12:3456::1, true",
        "fd00::/8, fe80::1, false",
        "eth1, 1.2.3.4, true",
        "eth2, 1.2.3.4, false",
    })
    void containsAddressesOfPrefixOrCard(String network, String address, boolean expected) throws UnknownHostException {
        InetAddress literal = InetAddress.getByName(address);
        assertThat(Network.of(network).contains(new NetworkCard("eth1", List.of(literal)), literal))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0/8",
                "10.0.0.0/",
                "10.0.0.0/x",
                "256.1.1.1",
                "300.0.0.0/8",
                "fd00::/129",
                "fd00:::1/8",
                "eth0/8",
                "",
                " ",
                "two words",
                "/8"
            })
    void rejectsWhatIsNoNetwork(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.of(text))
                .withMessageContaining("rpc.provider.network: '" + text + "'")
                .withMessageContaining("expected: an address prefix like 10.0.0.0/8");
    }

    @Test
    void saysHowItWasWritten() {
        assertThat(Network.of("10.0.0.0/8")).hasToString("10.0.0.0/8");
    }
}
