/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Member;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamTests {

    private static final NginxSettings.ServerOptions OPTIONS =
            new NginxSettings.ServerOptions(2, Duration.ofSeconds(7), 16);

    private final ServerAddresses addresses = new ServerAddresses(UpstreamTests::find);

    private static InetAddress[] find(String name) throws UnknownHostException {
        if (!name.equals("two.example")) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[] {InetAddress.getByName("10.0.0.9"), InetAddress.getByName("::9")};
    }

    private static Member listed(String host, int port, int weight) {
        return new Member(
                ServiceInstance.builder("orders", host, port).weight(weight).build(), true);
    }

    private static Member vanished(String host, int port) {
        return new Member(ServiceInstance.builder("orders", host, port).build(), false);
    }

    private Upstream upstream(Member... members) {
        ClusterSnapshot snapshot =
                new ClusterSnapshot("orders", List.of(members), Source.LIVE, Instant.EPOCH, null, List.of("test"));
        return Upstream.of("rpc-orders", snapshot, addresses, OPTIONS);
    }

    @Test
    void writesEveryListedInstanceWithItsWeight() {
        Upstream upstream = upstream(listed("10.0.0.2", 7002, 100), listed("10.0.0.1", 7001, 300));
        assertThat(upstream.text()).isEqualTo("""
                        upstream rpc-orders {
                            server 10.0.0.1:7001 weight=300 max_fails=2 fail_timeout=7s;
                            server 10.0.0.2:7002 weight=100 max_fails=2 fail_timeout=7s;
                            keepalive 16;
                        }
                        """);
        assertThat(upstream.servers()).isEqualTo(2);
    }

    @Test
    void putsBracketsAroundIpv6() {
        assertThat(upstream(listed("2001:db8::1", 7001, 100)).text()).contains("server [2001:db8::1]:7001 weight=100");
    }

    @Test
    void weightZeroGetsNoCalls() {
        Upstream upstream = upstream(listed("10.0.0.1", 7001, 0), listed("10.0.0.2", 7002, 1));
        assertThat(upstream.text()).contains("server 10.0.0.1:7001 down;\n", "server 10.0.0.2:7002 weight=1 ");
        assertThat(upstream.servers()).isEqualTo(1);
    }

    @Test
    void vanishedInstancesStandBehindTheListedOnes() {
        assertThat(upstream(listed("10.0.0.1", 7001, 100), vanished("10.0.0.2", 7002))
                        .text())
                .contains("10.0.0.1:7001 weight=100 max_fails=2 fail_timeout=7s;\n")
                .contains("10.0.0.2:7002 weight=100 max_fails=2 fail_timeout=7s backup;\n");
    }

    @Test
    void vanishedInstancesServeWhereNothingIsListed() {
        assertThat(upstream(vanished("10.0.0.1", 7001), vanished("10.0.0.2", 7002))
                        .text())
                .doesNotContain("backup", "down");
    }

    @Test
    void nobodyIsAServerThatIsDown() {
        assertThat(upstream().text()).contains("{\n    server 127.0.0.1:9 down;\n");
        assertThat(upstream().servers()).isZero();
    }

    @Test
    void addressThatTwoClaimIsWrittenOnce() {
        Member vanishedTwin = new Member(
                ServiceInstance.builder("orders", "earlier", "10.0.0.1", 7001).build(), false);
        String text = upstream(vanishedTwin, listed("10.0.0.1", 7001, 5)).text();
        assertThat(text).containsOnlyOnce("10.0.0.1:7001").contains("weight=5 ");
    }

    @Test
    void namesBecomeAllTheirAddressesBecauseNginxRefusesWhatItCannotFind() {
        Upstream upstream = upstream(listed("two.example", 7001, 100), listed("none.example", 7002, 100));
        assertThat(upstream.text())
                .contains("server 10.0.0.9:7001 ", "server [::9]:7001 ")
                .doesNotContain("example");
        assertThat(upstream.leftOut()).singleElement().asString().contains("none.example", "not found");
        assertThat(addresses.dependOnNames()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1; } server { listen 80; } upstream x { server 10.0.0.2",
                "10.0.0.1 weight=1000",
                "10.0.0.1\n    server 6.6.6.6:80;",
                "evil;",
                "$host",
                "unix:/tmp/socket",
                "a{b}",
                "#",
                "'a'",
                "..",
                "::1]:80 down; #",
                "fe80::1%eth0",
                "fe80::1%a;b",
                "h\u00f6st",
                "a/b",
                "-x"
            })
    void whatIsNoHostNeverReachesTheFile(String host) {
        Upstream upstream = upstream(listed(host, 7001, 100), listed("10.0.0.3", 7003, 100));
        assertThat(upstream.text())
                .isEqualTo(upstream(listed("10.0.0.3", 7003, 100)).text());
        assertThat(upstream.leftOut())
                .singleElement()
                .asString()
                .matches("[ -~]+")
                .contains("left out");
    }

    @Test
    void idsZonesTagsAndVersionsNeverReachTheFile() {
        ServiceInstance instance = ServiceInstance.builder("orders", "}evil", "10.0.0.1", 7001)
                .zone("}evil")
                .version("}evil")
                .tags(Map.of("}evil", "}evil"))
                .build();
        assertThat(upstream(new Member(instance, true)).text()).doesNotContain("evil");
    }

    @Test
    void serviceOfWhichNothingIsKnownKeepsItsBlock() {
        ClusterSnapshot unknown =
                new ClusterSnapshot("orders", List.of(), Source.UNKNOWN, Instant.EPOCH, "down", List.of("test"));
        String kept = upstream(listed("10.0.0.1", 7001, 100)).text();
        String before = "# old\n\nupstream rpc-gone {\n    server 10.0.0.5:1;\n}\n\n" + kept;
        Stream.of(Map.of("orders", unknown), Map.<String, ClusterSnapshot>of()).forEach(known -> {
            Rendering rendering = Rendering.of(Map.of("rpc-orders", "orders"), known, before, addresses, OPTIONS);
            assertThat(rendering.text()).contains(kept).doesNotContain("rpc-gone");
            assertThat(rendering.upstreams().get("orders").servers()).isEqualTo(1);
        });
        assertThat(Rendering.of(Map.of("rpc-orders", "orders"), Map.of(), null, addresses, OPTIONS)
                        .text())
                .contains("server 127.0.0.1:9 down;");
    }
}
