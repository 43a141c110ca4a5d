/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.provider.DrainBudget;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in deploy/kubernetes is what Kubernetes understands, fits together, and fits the demos. */
class ManifestsTests {

    private static Container container(String deployment) {
        return spec(deployment).getContainers().get(0);
    }

    private static PodSpec spec(String deployment) {
        return Manifests.one(Deployment.class, deployment)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    @Test
    void kustomizationNamesEveryFile() {
        String kustomization = Manifests.text("kustomization.yaml");
        List<String> resources = kustomization
                .lines()
                .filter(line -> line.matches(" {2}- \\S+\\.yaml"))
                .map(line -> line.substring(4))
                .sorted()
                .toList();
        List<String> files = new ArrayList<>(Manifests.names());
        files.remove("kustomization.yaml");
        assertThat(resources).isEqualTo(files);
        for (Deployment deployment : Manifests.all(Deployment.class)) {
            assertThat(kustomization)
                    .contains("- name: "
                            + container(deployment.getMetadata().getName()).getImage() + "\n");
        }
    }

    @Test
    void everyFieldIsKnown() {
        for (HasMetadata object : Manifests.objects()) {
            assertThat(unknown(
                            object,
                            object.getKind() + "/" + object.getMetadata().getName()))
                    .isEmpty();
        }
    }

    @Test
    void unknownFieldWouldBeFound() {
        Deployment deployment = Manifests.one(Deployment.class, "greeter");
        deployment
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .setAdditionalProperty("readynessProbe", "x");
        assertThat(unknown(deployment, "d"))
                .containsExactly("d.getSpec.getTemplate.getSpec.getContainers[0].readynessProbe");
    }

    /** The model keeps what it does not know aside. */
    private static List<String> unknown(Object object, String path) {
        List<String> found = new ArrayList<>();
        for (Method getter : object.getClass().getMethods()) {
            if (getter.getParameterCount() > 0 || !getter.getName().startsWith("get")) {
                continue;
            }
            Object value;
            try {
                value = getter.invoke(object);
            } catch (ReflectiveOperationException ex) {
                throw new AssertionError(path, ex);
            }
            if (getter.getName().equals("getAdditionalProperties")) {
                ((Map<?, ?>) value).keySet().forEach(key -> found.add(path + "." + key));
            } else if (value instanceof KubernetesResource) {
                found.addAll(unknown(value, path + "." + getter.getName()));
            } else if (value instanceof Collection<?> elements) {
                int index = 0;
                for (Object element : elements) {
                    if (element instanceof KubernetesResource) {
                        found.addAll(unknown(element, path + "." + getter.getName() + "[" + index + "]"));
                    }
                    index++;
                }
            }
        }
        return found;
    }

    @Test
    void selectorsMatchExactlyOneDeployment() {
        List<Map<String, String>> selectors = new ArrayList<>();
        Manifests.all(Service.class)
                .forEach(service -> selectors.add(service.getSpec().getSelector()));
        Manifests.all(PodDisruptionBudget.class)
                .forEach(budget -> selectors.add(budget.getSpec().getSelector().getMatchLabels()));
        for (Deployment deployment : Manifests.all(Deployment.class)) {
            Map<String, String> own = deployment.getSpec().getSelector().getMatchLabels();
            selectors.add(own);
            Map<String, String> labels =
                    deployment.getSpec().getTemplate().getMetadata().getLabels();
            assertThat(labels).containsAllEntriesOf(own);
            for (TopologySpreadConstraint spread :
                    deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints()) {
                assertThat(spread.getLabelSelector().getMatchLabels()).isEqualTo(own);
            }
        }
        assertThat(selectors)
                .hasSize(6)
                .allSatisfy(selector -> assertThat(Manifests.all(Deployment.class))
                        .filteredOn(deployment -> deployment
                                .getSpec()
                                .getTemplate()
                                .getMetadata()
                                .getLabels()
                                .entrySet()
                                .containsAll(selector.entrySet()))
                        .hasSize(1));
    }

    @Test
    void scalingConcernsTheProvidersByAMeterOfTheirs() {
        HorizontalPodAutoscaler scaling =
                Manifests.all(HorizontalPodAutoscaler.class).get(0);
        String target = scaling.getSpec().getScaleTargetRef().getName();
        int replicas = Manifests.one(Deployment.class, target).getSpec().getReplicas();
        assertThat(scaling.getSpec().getMinReplicas()).isEqualTo(replicas).isEqualTo(3);
        assertThat(scaling.getSpec().getMetrics().get(0).getPods().getMetric().getName())
                .isEqualTo(io.clusterrpc.observe.RpcMeter.PROVIDER_CALLS_ACTIVE
                        .getName()
                        .replace('.', '_'));
    }

    @Test
    void serviceIsHeadlessAndItsPortIsTheOneThatConsumersCall() {
        Service service = Manifests.one(Service.class, "greeter");
        assertThat(service.getMetadata().getName())
                .isEqualTo(Manifests.property("demo-provider", "spring.application.name"));
        assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
        ServicePort port = service.getSpec().getPorts().get(0);
        assertThat(port.getName()).isEqualTo(Settings.API.portName());
        assertThat(port.getTargetPort().getStrVal()).isEqualTo("grpc");
        assertThat(port(container("greeter"), "grpc"))
                .hasToString(Manifests.property("demo-provider", "spring.grpc.server.port"));
        // What the mode dns assumes.
        assertThat(port.getPort()).isEqualTo(port(container("greeter"), "grpc")).isEqualTo(9090);
    }

    private static Integer port(Container container, String name) {
        return container.getPorts().stream()
                .filter(port -> port.getName().equals(name))
                .map(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo-provider", "demo-consumer"})
    void applicationsListenWhereOthersReachThem(String demo) {
        String deployment = demo.equals("demo-provider") ? "greeter" : demo;
        assertThat(Manifests.property(demo, "spring.config.activate.on-cloud-platform"))
                .isEqualTo("kubernetes");
        assertThat(Manifests.property(demo, "server.address")).isEqualTo("0.0.0.0");
        assertThat(port(container(deployment), "http")).hasToString(Manifests.property(demo, "server.port"));
    }

    @Test
    void consumerNamesTheServiceWhereKubernetesHasNoCatalog() {
        String service = Manifests.property("demo-consumer", "rpc.services[demo.Greeter]");
        assertThat(Manifests.one(Service.class, service).getMetadata().getName())
                .isEqualTo(service);
    }

    @Test
    void providersAreAskedByTheHealthServicesThatTheyOffer() {
        Container container = container("greeter");
        for (Probe probe :
                List.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe())) {
            assertThat(probe.getGrpc().getPort()).isEqualTo(port(container, "grpc"));
            String service = probe.getGrpc().getService();
            assertThat(Manifests.property("demo-provider", "spring.grpc.server.health.service." + service + ".include"))
                    .isEqualTo(service + "State");
        }
        assertThat(container.getReadinessProbe().getGrpc().getService()).isEqualTo("readiness");
    }

    @Test
    void rollingUpdateLeavesTimeAndPods() {
        for (Deployment deployment : Manifests.all(Deployment.class)) {
            assertThat(deployment.getSpec().getReplicas()).isEqualTo(3);
            assertThat(deployment
                            .getSpec()
                            .getStrategy()
                            .getRollingUpdate()
                            .getMaxUnavailable()
                            .getIntVal())
                    .isZero();
            // And some for the JVM to end.
            assertThat(spec(deployment.getMetadata().getName()).getTerminationGracePeriodSeconds())
                    .isGreaterThanOrEqualTo(DrainBudget.WHOLE.toSeconds() + 5);
        }
    }

    @Test
    void providerKnowsItsPod() {
        assertThat(container("greeter").getEnv())
                .extracting(EnvVar::getName)
                .containsExactly("RPC_DISCOVERY_KUBERNETES_POD_NAME", "RPC_DISCOVERY_KUBERNETES_POD_UID");
        assertThat(container("greeter").getEnv())
                .extracting(variable -> variable.getValueFrom().getFieldRef().getFieldPath())
                .containsExactly("metadata.name", "metadata.uid");
        assertThat(spec("greeter").getAutomountServiceAccountToken()).isFalse();
    }

    @Test
    void consumerMayDoWhatDiscoveryDoesAndNothingElse() {
        Role role = Manifests.all(Role.class).get(0);
        assertThat(role.getRules()).hasSize(1);
        PolicyRule rule = role.getRules().get(0);
        assertThat(rule.getApiGroups()).containsExactly("discovery.k8s.io");
        assertThat(rule.getResources()).containsExactly("endpointslices");
        assertThat(rule.getVerbs()).containsExactly("list", "watch");
        RoleBinding binding = Manifests.all(RoleBinding.class).get(0);
        assertThat(binding.getRoleRef().getName()).isEqualTo(role.getMetadata().getName());
        assertThat(binding.getSubjects())
                .extracting(subject -> subject.getName())
                .containsExactly(spec("demo-consumer").getServiceAccountName());
    }

    @Test
    void imageTakesEveryLayer() {
        String dockerfile = Manifests.text("Dockerfile");
        assertThat(Stream.of("dependencies", "spring-boot-loader", "snapshot-dependencies", "application")
                        .map(layer -> "/extracted/" + layer + "/ ./"))
                .allMatch(dockerfile::contains);
    }
}
