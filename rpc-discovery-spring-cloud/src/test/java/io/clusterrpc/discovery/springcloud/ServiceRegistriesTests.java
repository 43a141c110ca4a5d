/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.discovery.EurekaClient;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;
import org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean;
import org.springframework.cloud.netflix.eureka.InstanceInfoFactory;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;

class ServiceRegistriesTests {

    private final List<String> events = new ArrayList<>();
    private final SomeRegistry registry = new SomeRegistry();
    private final SomeRegistration registration = new SomeRegistration();
    private int webPort;

    private ServiceRegistries registries(Registration... registrations) {
        return new ServiceRegistries(
                new ServiceRegistries.Surroundings(
                        () -> List.of(registry),
                        () -> List.of(registrations),
                        () -> webPort,
                        each -> events.add("before"),
                        each -> events.add("after")),
                "");
    }

    private static ServiceInstance.Builder instance(String id) {
        return ServiceInstance.builder("orders", id, "192.0.2.1", 9090);
    }

    @Test
    void withoutWebServerTheGrpcPortIsRegistered() {
        registration.port = 8080;
        registries(registration).register(instance("a").build());
        assertThat(registration.port).isEqualTo(9090);
        assertThat(registration.metadata).containsEntry("gRPC_port", "9090").containsEntry("rpc_id", "a");
        assertThat(events).containsExactly("before", "register", "after");
    }

    @Test
    void withOneTheWebPortStaysOrIsFilledIn() {
        webPort = 8081;
        registries(registration).register(instance("a").build());
        assertThat(registration.port).isEqualTo(8081);
        registration.port = 443;
        registries(registration).register(instance("a").build());
        assertThat(registration.port).isEqualTo(443);
        assertThat(registration.metadata).containsEntry("gRPC_port", "9090");
    }

    @Test
    void portMayBelongToWhatIsRegistered() {
        NestedRegistration nested = new NestedRegistration();
        registries(nested).register(instance("a").build());
        assertThat(nested.service.port).isEqualTo(9090);
    }

    @Test
    void changeReplacesWhatIsOursAndNothingElse() {
        registration.metadata.put("owner", "team-a");
        ServiceRegistries registries = registries(registration);
        registries.register(instance("a").zone("z").role("leader", 1).build());
        registries.register(instance("a").weight(7).build());
        assertThat(registration.metadata)
                .containsEntry("weight", "7")
                .containsEntry("owner", "team-a")
                .doesNotContainKeys("zone", "rpc_role", "rpc_epoch");
        assertThat(events).containsExactly("before", "register", "after", "register");
    }

    @Test
    void instanceThatHasBeenReplacedIsNotTakenAway() {
        ServiceRegistries registries = registries(registration);
        ServiceInstance first = instance("a").build();
        ServiceInstance second = instance("b").build();
        registries.deregister(first);
        registries.register(first);
        registries.register(second);
        events.clear();
        registries.deregister(first);
        assertThat(events).isEmpty();
        registries.deregister(second);
        registries.deregister(second);
        assertThat(events).containsExactly("deregister");
        registries.register(first);
        assertThat(events).containsExactly("deregister", "register");
    }

    @Test
    void registryThatFailsIsTriedAgainFromTheStart() {
        registry.broken = true;
        ServiceRegistries registries = registries(registration);
        ServiceInstance instance = instance("a").build();
        assertThatThrownBy(() -> registries.register(instance)).hasMessage("refused");
        registry.broken = false;
        registries.register(instance);
        assertThat(events).containsExactly("before", "before", "register", "after");
    }

    @Test
    void metadataThatCannotBeChangedSaysWhatToDo() {
        registration.metadata = Map.of();
        ServiceRegistries registries = registries(registration);
        assertThatThrownBy(() -> registries.register(instance("a").build()))
                .isInstanceOf(DiscoveryException.class)
                .hasMessageContaining("SomeRegistration")
                .hasMessageContaining("gRPC_port")
                .hasMessageContaining("rpc.discovery.spring-cloud.register=false");
    }

    @Test
    void registryGetsOnlyItsOwnRegistrations() {
        Registration stranger = mock(Registration.class);
        registries(stranger, registration).register(instance("a").build());
        assertThat(events).containsExactly("before", "register", "after");
        assertThatThrownBy(() -> registries(stranger).register(instance("a").build()))
                .hasMessageContaining("no ServiceRegistry");
    }

    @Test
    void ownRecordOfEurekasClientIsWritten() {
        EurekaInstanceConfigBean config = new EurekaInstanceConfigBean(new InetUtils(new InetUtilsProperties()));
        config.setAppname("orders");
        config.setNonSecurePort(8080);
        ApplicationInfoManager manager = new ApplicationInfoManager(config, new InstanceInfoFactory().create(config));
        EurekaRegistration eureka = EurekaRegistration.builder(config)
                .with(manager)
                .with(mock(EurekaClient.class))
                .build();
        RegistrationEditor editor =
                RegistrationEditor.available(getClass().getClassLoader()).get(0);
        assertThat(editor.edits(eureka)).isTrue();
        assertThat(editor.edits(registration)).isFalse();
        editor.write(
                eureka,
                new RegistrationEditor.Change(
                        RegistrationRecord.write(instance("a").build()), java.util.Set.of(), 0, 9090));
        assertThat(manager.getInfo().getPort()).isEqualTo(9090);
        assertThat(manager.getInfo().getMetadata()).containsEntry("gRPC_port", "9090");
        assertThat(manager.getInfo().isDirty()).isTrue();
        assertThat(eureka.getPort()).isEqualTo(9090);
    }

    private final class SomeRegistry implements ServiceRegistry<SomeRegistration> {

        private boolean broken;

        @Override
        public void register(SomeRegistration registration) {
            if (broken) {
                throw new IllegalStateException("refused");
            }
            events.add("register");
        }

        @Override
        public void deregister(SomeRegistration registration) {
            events.add("deregister");
        }

        @Override
        public void close() {}

        @Override
        public void setStatus(SomeRegistration registration, String status) {}

        @Override
        public <T> T getStatus(SomeRegistration registration) {
            throw new UnsupportedOperationException();
        }
    }

    /** The shape that ZooKeeper's and Nacos' have. Public, as those are. */
    public static class SomeRegistration implements Registration {

        int port;
        Map<String, String> metadata = new HashMap<>();

        public void setPort(int port) {
            this.port = port;
        }

        @Override
        public String getServiceId() {
            return "orders";
        }

        @Override
        public String getHost() {
            return "192.0.2.1";
        }

        @Override
        public int getPort() {
            return port;
        }

        @Override
        public boolean isSecure() {
            return false;
        }

        @Override
        public URI getUri() {
            return URI.create("http://192.0.2.1");
        }

        @Override
        public Map<String, String> getMetadata() {
            return metadata;
        }
    }

    /** The shape that Consul's has. */
    public static final class NestedRegistration extends SomeRegistration {

        final Service service = new Service();

        public Service getService() {
            return service;
        }

        @Override
        public void setPort(int port) {
            throw new UnsupportedOperationException();
        }

        /** What is registered. */
        public static final class Service {

            int port;

            public void setPort(int port) {
                this.port = port;
            }
        }
    }
}
