/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static io.clusterrpc.discovery.kubernetes.Slices.endpoint;
import static io.clusterrpc.discovery.kubernetes.Slices.port;
import static io.clusterrpc.discovery.kubernetes.Slices.ready;
import static io.clusterrpc.discovery.kubernetes.Slices.slice;
import static io.clusterrpc.discovery.kubernetes.Slices.terminating;
import static io.clusterrpc.discovery.kubernetes.Slices.unready;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.kubernetes.KubernetesSettings.AddressFamily;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class EndpointReaderTests {

    private final EndpointReader reader = new EndpointReader("orders", "grpc", AddressFamily.IPV4);

    private Listing read(EndpointSlice... slices) {
        return reader.read(List.of(slices));
    }

    private static List<String> addresses(Listing listing) {
        return listing.instances().stream().map(ServiceInstance::address).toList();
    }

    @Test
    void podsOfManySlicesAreOneList() {
        Listing listing = read(
                slice("orders", "orders-1", ready("a", "10.0.0.1"), ready("b", "10.0.0.2")),
                slice("orders", "orders-2", ready("c", "10.0.0.3")),
                slice("orders", "orders-3"));
        assertThat(listing.instances())
                .extracting(ServiceInstance::id)
                .containsExactly("pod:a:uid-a", "pod:b:uid-b", "pod:c:uid-c");
        assertThat(addresses(listing)).containsExactly("10.0.0.1:9090", "10.0.0.2:9090", "10.0.0.3:9090");
        assertThat(listing.leaving()).isEmpty();
    }

    @Test
    void readyIsListedTerminatingIsLeavingAndTheRestIsNeither() {
        Listing listing = read(slice(
                "orders",
                "orders-1",
                ready("a", "10.0.0.1"),
                unready("b", "10.0.0.2"),
                terminating("c", "10.0.0.3"),
                // Terminating pods count as ready where the Service publishes those that are not.
                endpoint("d", "10.0.0.4", true, true, true),
                endpoint("e", "10.0.0.5", null, null, null)));
        assertThat(addresses(listing)).containsExactly("10.0.0.1:9090", "10.0.0.5:9090");
        assertThat(listing.leaving()).containsExactly("pod:c:uid-c", "pod:d:uid-d");
    }

    @Test
    void endpointThatIsMovedBetweenSlicesIsListedOnce() {
        Listing listing = read(
                slice("orders", "orders-1", ready("a", "10.0.0.1"), ready("b", "10.0.0.2")),
                slice("orders", "orders-2", unready("a", "10.0.0.1"), terminating("b", "10.0.0.2")));
        assertThat(addresses(listing)).containsExactly("10.0.0.1:9090");
        assertThat(listing.leaving()).containsExactly("pod:b:uid-b");
    }

    @Test
    void podWithTwoFamiliesIsListedOnceByThePreferredOne() {
        EndpointSlice six = slice(
                "orders", "orders-a6", "IPv6", List.of(Slices.GRPC), ready("a", "fd00::1"), ready("b", "fd00::2"));
        EndpointSlice four = slice("orders", "orders-b4", ready("a", "10.0.0.1"));
        assertThat(addresses(read(six, four))).containsExactly("10.0.0.1:9090", "[fd00::2]:9090");
        EndpointReader preferring = new EndpointReader("orders", "grpc", AddressFamily.IPV6);
        assertThat(addresses(preferring.read(List.of(four, six)))).containsExactly("[fd00::1]:9090", "[fd00::2]:9090");
    }

    @Test
    void whoIsNoPodIsKnownByTheAddressAlone() {
        Endpoint vm = ready(null, "192.168.0.9");
        vm.setTargetRef(new ObjectReferenceBuilder()
                .withKind("VirtualMachine")
                .withName("vm")
                .withUid("u")
                .build());
        Listing listing = read(
                slice("orders", "own-1", ready(null, "192.168.0.8"), vm),
                slice("orders", "own-2", "FQDN", List.of(Slices.GRPC), ready(null, "orders.example.com")));
        assertThat(listing.instances()).noneMatch(ServiceInstance::identified);
        assertThat(addresses(listing))
                .containsExactly("192.168.0.8:9090", "192.168.0.9:9090", "orders.example.com:9090");
    }

    @Test
    void portIsTheNamedOneOrTheOnlyOne() {
        EndpointPort http = port("http", 8080);
        Endpoint pod = ready("a", "10.0.0.1");
        assertThat(addresses(read(slice("orders", "s", "IPv4", List.of(http, port("grpc", 7001)), pod))))
                .containsExactly("10.0.0.1:7001");
        assertThat(addresses(read(slice("orders", "s", "IPv4", List.of(http), pod))))
                .containsExactly("10.0.0.1:8080");
        assertThat(addresses(read(slice("orders", "s", "IPv4", List.of(port(null, 7002)), pod))))
                .containsExactly("10.0.0.1:7002");
    }

    @Test
    void slicesWithoutAPortToCallAreLeftOutWithOneWarning(CapturedOutput output) {
        EndpointSlice unclear = slice(
                "orders", "orders-x", "IPv4", List.of(port("http", 8080), port("admin", 8081)), ready("a", "10.0.0.1"));
        EndpointSlice none = slice("orders", "orders-y", "IPv4", List.of(port("grpc", null)), ready("b", "10.0.0.2"));
        EndpointSlice fine = slice("orders", "orders-z", ready("c", "10.0.0.3"));
        assertThat(addresses(read(unclear, none, fine))).containsExactly("10.0.0.3:9090");
        read(unclear, none, fine);
        assertThat(output.toString().split("orders-x", -1)).hasSize(2);
        assertThat(output)
                .contains("[http, admin]")
                .contains("rpc.discovery.kubernetes.port-name")
                .contains("orders-y")
                .contains("null/TCP");
        read(fine);
        read(unclear, fine);
        assertThat(output.toString().split("orders-x", -1)).hasSize(3);
        EndpointPort udp = port("grpc", 9090);
        udp.setProtocol("UDP");
        assertThat(addresses(read(slice("orders", "s", "IPv4", List.of(udp), ready("a", "10.0.0.1")))))
                .isEmpty();
    }

    @Test
    void placeholderWithoutEndpointsIsNoReasonToWarn(CapturedOutput output) {
        EndpointSlice placeholder = slice("orders", "orders-1", "IPv4", List.of());
        placeholder.setPorts(null);
        placeholder.setEndpoints(null);
        assertThat(read(placeholder).instances()).isEmpty();
        assertThat(output).doesNotContain("orders-1");
    }

    @Test
    void zoneWeightVersionAndTagsComeFromTheSlice() {
        Endpoint pod = ready("a", "10.0.0.1");
        pod.setZone("zone-a");
        pod.setNodeName("node-7");
        EndpointSlice labelled = slice("orders", "orders-1", pod);
        labelled.getMetadata()
                .getLabels()
                .putAll(Map.of(
                        Vocabulary.WEIGHT,
                        "30",
                        Vocabulary.COMMON_VERSION,
                        "1.2",
                        Vocabulary.TAG + "colour",
                        "blue",
                        "team",
                        "x"));
        ServiceInstance instance = read(labelled).instances().get(0);
        assertThat(instance.zone()).isEqualTo("zone-a");
        assertThat(instance.weight()).isEqualTo(30);
        assertThat(instance.version()).isEqualTo("1.2");
        assertThat(instance.tags()).isEqualTo(Map.of("colour", "blue", "node", "node-7"));
        labelled.getMetadata().getLabels().put(Vocabulary.VERSION, "1.3");
        assertThat(read(labelled).instances().get(0).version()).isEqualTo("1.3");
        labelled.getMetadata()
                .setAnnotations(
                        Map.of(Vocabulary.WEIGHT, "0", Vocabulary.VERSION, "1.4+x", Vocabulary.TAG + "colour", "a b"));
        ServiceInstance annotated = read(labelled).instances().get(0);
        assertThat(annotated.weight()).isZero();
        assertThat(annotated.version()).isEqualTo("1.4+x");
        assertThat(annotated.tags()).containsEntry("colour", "a b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1001", "a lot", "99999999999", "1.5"})
    void unusableWeightCountsAsUsual(String weight, CapturedOutput output) {
        EndpointSlice slice = slice("orders", "orders-1", ready("a", "10.0.0.1"));
        slice.getMetadata().getLabels().put(Vocabulary.WEIGHT, weight);
        assertThat(read(slice).instances().get(0).weight()).isEqualTo(100);
        assertThat(output).contains("clusterrpc.io/weight is '" + weight + "'");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "10.0.0.1:80", "no host", "http://x", "a,b"})
    void unusableAddressIsLeftOut(String address, CapturedOutput output) {
        assertThat(addresses(read(slice("orders", "orders-1", ready("b", address), ready("a", "10.0.0.1")))))
                .containsExactly("10.0.0.1:9090");
        assertThat(output).contains("orders-1").contains("its address is '");
    }

    @Test
    void idsThatNoHeaderCanCarryAreNotUsed() {
        Endpoint odd = ready("a", "10.0.0.1");
        odd.getTargetRef().setUid("");
        Endpoint odder = ready("p\u00f6d", "10.0.0.2");
        assertThat(read(slice("orders", "s", odd, odder)).instances()).noneMatch(ServiceInstance::identified);
    }
}
