/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.discovery.DiscoveryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceNameTests {

    @Test
    void nameStandsAloneOrBehindItsNamespace() {
        assertThat(ServiceName.parse("orders")).isEqualTo(new ServiceName("orders", null, "orders"));
        assertThat(ServiceName.parse("shop-2/orders")).isEqualTo(new ServiceName("shop-2/orders", "shop-2", "orders"));
        assertThat(ServiceName.parse("9-to-5").name()).isEqualTo("9-to-5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Orders",
                "my_orders",
                "shop.Orders",
                "-orders",
                "orders-",
                "/orders",
                "shop/",
                "a/b/c",
                "Shop/orders",
                "gr\u00fc\u00dfer",
                "a123456789012345678901234567890123456789012345678901234567890123"
            })
    void whatKubernetesCannotHoldIsRefusedWithTheProperty(String name) {
        assertThatThrownBy(() -> ServiceName.parse(name))
                .isInstanceOf(DiscoveryException.class)
                .hasMessageContaining("'" + name + "'")
                .hasMessageContaining("rpc.references.*.service");
    }
}
