/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class InstanceReaderTests {

    private final InstanceReader reader = new InstanceReader(settings(Set.of()));

    private static SpringCloudSettings settings(Set<String> grpcOnly) {
        return new SpringCloudSettings(
                Duration.ofSeconds(1), Duration.ofSeconds(1), List.of("gRPC_port", "gRPC.port"), grpcOnly);
    }

    private List<ServiceInstance> read(org.springframework.cloud.client.ServiceInstance... entries) {
        return reader.read("orders", List.of(entries));
    }

    private ServiceInstance readOne(Map<String, String> metadata) {
        List<ServiceInstance> read = read(Clients.instance("x", metadata));
        assertThat(read).hasSize(1);
        return read.get(0);
    }

    @Test
    void foreignInstanceIsItsAddressWithWhatMetadataSays() {
        ServiceInstance instance =
                readOne(Map.of("gRPC_port", " 9090 ", "zone", "z1", "version", "2", "weight", "50", "colour", "blue"));
        assertThat(instance)
                .isEqualTo(ServiceInstance.builder("orders", "192.0.2.1", 9090)
                        .zone("z1")
                        .version("2")
                        .weight(50)
                        .tags(Map.of("colour", "blue"))
                        .build());
        assertThat(instance.identified()).isFalse();
    }

    @Test
    void keysAreAskedInOrder() {
        assertThat(readOne(Map.of("gRPC.port", "1", "gRPC_port", "2")).port()).isEqualTo(2);
        ServiceInstance second = readOne(Map.of("gRPC.port", "1"));
        assertThat(second.port()).isEqualTo(1);
        assertThat(second.tags()).isEmpty();
    }

    @Test
    void webPortIsNeverTakenByAccident(CapturedOutput output) {
        assertThat(read(Clients.instance("x", Map.of()))).isEmpty();
        assertThat(read(Clients.instance("x", Map.of()))).isEmpty();
        assertThat(output.toString())
                .containsOnlyOnce("holds no gRPC port (gRPC_port, gRPC.port)")
                .contains("x at 192.0.2.1:8080", "rpc.discovery.spring-cloud.grpc-only-services");
    }

    @Test
    void ownPortIsTakenOfServicesThatAreNamed() {
        InstanceReader named = new InstanceReader(settings(Set.of("orders")));
        org.springframework.cloud.client.ServiceInstance entry = Clients.instance("x", Map.of());
        assertThat(named.read("orders", List.of(entry)).get(0).port()).isEqualTo(8080);
        assertThat(named.read("billing", List.of(entry))).isEmpty();
        InstanceReader all = new InstanceReader(settings(Set.of("*")));
        assertThat(all.read("billing", List.of(entry)).get(0).port()).isEqualTo(8080);
        assertThat(all.read("billing", List.of(Clients.instance("x", "h", 0, Map.of()))))
                .isEmpty();
    }

    @Test
    void ownPortIsTakenOfWhatAnotherBackendOfOursRegistered() {
        assertThat(readOne(Map.of("rpc_schema", "1", "rpc_id", "a")).port()).isEqualTo(8080);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "-1", "9090x", "1e3", "99999999999", "\u0661\u0662"})
    void malformedPortLeavesTheInstanceOutWithOneLine(String port, CapturedOutput output) {
        for (int i = 0; i < 3; i++) {
            assertThat(read(
                            Clients.instance("x", Map.of("gRPC_port", port)),
                            Clients.instance("y", Map.of("gRPC_port", "9090"))))
                    .hasSize(1);
        }
        assertThat(output.toString())
                .containsOnlyOnce("gRPC_port is '" + port + "'")
                .contains("x at 192.0.2.1:8080");
    }

    @ParameterizedTest
    @CsvSource({"fd00::1,[fd00::1]:9090", "[fd00::1],[fd00::1]:9090", "::1,[::1]:9090", "a.b-c,a.b-c:9090"})
    void hostMayBeAnIpV6Literal(String host, String address) {
        assertThat(read(Clients.instance("x", host, 80, Map.of("gRPC_port", "9090")))
                        .get(0)
                        .address())
                .isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "host:80", "http://host", "[::1", "x/y"})
    void malformedHostLeavesTheInstanceOut(String host, CapturedOutput output) {
        assertThat(read(Clients.instance("x", host, 80, Map.of("gRPC_port", "9090"))))
                .isEmpty();
        assertThat(output.toString()).containsOnlyOnce("its host is '" + host.strip() + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heavy", "-1", "1001", ""})
    void unknownWeightCountsAsUsual(String weight, CapturedOutput output) {
        assertThat(readOne(Map.of("gRPC_port", "1", "weight", weight)).weight()).isEqualTo(100);
        readOne(Map.of("gRPC_port", "1", "weight", weight));
        assertThat(output.toString()).containsOnlyOnce("weight is '" + weight + "'");
    }

    @Test
    void saysItAgainWhenItComesAgain(CapturedOutput output) {
        read(Clients.instance("x", Map.of("gRPC_port", "z")));
        read();
        read(Clients.instance("x", Map.of("gRPC_port", "z")));
        assertThat(output.toString().split("gRPC_port is 'z'", -1)).hasSize(3);
    }

    /** The shape that Nacos' client for Spring Cloud gives its entries; no Nacos was at hand to register them. */
    @ParameterizedTest
    @CsvSource({"1.0,100", "0.5,50", "0,0", "100,1000", "x,100", "-1,100"})
    void nacosWeightIsTranslated(String nacos, int weight) {
        Map<String, String> metadata = Map.of(
                "gRPC_port", "9090",
                "nacos.instanceId", "192.0.2.1#8080#DEFAULT#DEFAULT_GROUP@@orders",
                "nacos.weight", nacos,
                "nacos.healthy", "true");
        assertThat(readOne(metadata).weight()).isEqualTo(weight);
    }

    @Test
    void whatIsWrittenIsRead() {
        Set<String> many = IntStream.range(0, 100)
                .mapToObj(i -> "shop.a.long.package.name.Service" + i)
                .collect(Collectors.toSet());
        ServiceInstance instance = ServiceInstance.builder("orders", "orders-1", "fd00::7", 9090)
                .zone("z")
                .version("1")
                .weight(0)
                .role("leader", 7)
                .startTime(Instant.parse("2026-02-03T04:05:06.789Z"))
                .tags(Map.of("a&b", "c=d", "empty", "", "\u00e4", "\u20ac"))
                .grpcServices(many)
                .build();
        Map<String, String> metadata = RegistrationRecord.write(instance);
        assertThat(metadata.values()).allMatch(value -> value.length() <= 512);
        assertThat(readOne(metadata)).isEqualTo(instance);
    }

    @Test
    void nameInAnotherCaseIsAnotherService() {
        ServiceInstance other = ServiceInstance.builder("Orders", "a", "h", 1).build();
        assertThat(read(Clients.instance("x", RegistrationRecord.write(other)))).isEmpty();
        ServiceInstance aliased =
                ServiceInstance.builder("orders-v2", "a", "h", 1).build();
        assertThat(readOne(RegistrationRecord.write(aliased)).service()).isEqualTo("orders");
    }

    @Test
    void entryThatCannotBeReadLeavesTheOthers() {
        Map<String, String> holes = new HashMap<>();
        holes.put("gRPC_port", "1");
        holes.put("empty", null);
        holes.put(null, "x");
        org.springframework.cloud.client.ServiceInstance broken =
                new org.springframework.cloud.client.DefaultServiceInstance("y", "orders", "h", 1, false) {
                    @Override
                    public Map<String, String> getMetadata() {
                        throw new IllegalStateException("on purpose");
                    }
                };
        assertThat(read(broken, Clients.instance("x", holes))).hasSize(1);
    }
}
