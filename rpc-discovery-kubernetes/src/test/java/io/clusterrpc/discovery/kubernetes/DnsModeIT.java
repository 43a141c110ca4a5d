/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static io.clusterrpc.discovery.kubernetes.Heard.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.kubernetes.KubernetesSettings.AddressFamily;
import io.clusterrpc.discovery.kubernetes.KubernetesSettings.Mode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Look-ups once a second, without an API server. */
class DnsModeIT {

    private final Map<String, List<String>> zone = new ConcurrentHashMap<>();
    private final Heard heard = new Heard();
    private KubernetesDiscovery discovery;

    @TempDir
    private Path account;

    @BeforeEach
    void open() throws Exception {
        Files.writeString(account.resolve("namespace"), "shop");
        discovery = open(AddressFamily.IPV4);
    }

    private KubernetesDiscovery open(AddressFamily family) {
        KubernetesSettings settings = Settings.of(Mode.DNS, family);
        return new KubernetesDiscovery(
                settings,
                () -> {
                    throw new AssertionError("asks the API server");
                },
                new OwnPod(settings.pod(), account),
                this::addresses,
                InstantSource.system(),
                new Threads(System::nanoTime, Math::random));
    }

    private InetAddress[] addresses(String name) throws UnknownHostException {
        List<String> known = zone.get(name);
        if (known == null) {
            throw new UnknownHostException(name);
        }
        InetAddress[] addresses = new InetAddress[known.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = InetAddress.getByName(known.get(i));
        }
        return addresses;
    }

    @AfterEach
    void close() {
        discovery.close();
    }

    @Test
    void changesAreFoundByTheNextLookUp() {
        zone.put("orders.shop.svc.cluster.local.", List.of("10.0.0.2", "10.0.0.1"));
        discovery.watch("orders", heard);
        eventually().until(() -> heard.addresses().equals(List.of("10.0.0.1:9090", "10.0.0.2:9090")));
        assertThat(heard.last()).noneMatch(ServiceInstance::identified);
        zone.put("orders.shop.svc.cluster.local.", List.of("10.0.0.2", "10.0.0.3"));
        eventually().until(() -> heard.addresses().equals(List.of("10.0.0.2:9090", "10.0.0.3:9090")));
        assertThat(heard.left).allMatch(Set::isEmpty);
        assertThat(heard.problems).isEmpty();
    }

    @Test
    void nameThatIsNotFoundIsAnErrorAndNotAnEmptyList() {
        zone.put("orders.billing.svc.cluster.local.", List.of("10.0.0.1"));
        discovery.watch("billing/orders", heard);
        eventually().until(() -> heard.addresses().size() == 1);
        zone.clear();
        eventually().until(() -> !heard.problems.isEmpty());
        assertThat(heard.problems.get(0))
                .contains("orders.billing.svc.cluster.local")
                .contains("clusterIP: None");
        assertThat(heard.addresses()).containsExactly("10.0.0.1:9090");
        int before = heard.lists.size();
        zone.put("orders.billing.svc.cluster.local.", List.of("10.0.0.1"));
        eventually().until(() -> heard.lists.size() > before);
    }

    @Test
    void oneFamilyIsEnough() {
        zone.put("orders.shop.svc.cluster.local.", List.of("fd00::1", "10.0.0.1"));
        zone.put("six.shop.svc.cluster.local.", List.of("fd00::1"));
        discovery.watch("orders", heard);
        Heard six = new Heard();
        discovery.watch("six", six);
        eventually().until(() -> heard.addresses().equals(List.of("10.0.0.1:9090")));
        eventually().until(() -> six.addresses().equals(List.of("[fd00:0:0:0:0:0:0:1]:9090")));
        try (KubernetesDiscovery preferring = open(AddressFamily.IPV6)) {
            Heard other = new Heard();
            preferring.watch("orders", other);
            eventually().until(() -> other.addresses().equals(List.of("[fd00:0:0:0:0:0:0:1]:9090")));
        }
    }

    @Test
    void drainWaitsForTheLookUps() {
        assertThat(discovery.noticeTime()).isGreaterThan(Duration.ofSeconds(10));
        assertThat(discovery.assignedId()).isNull();
    }
}
