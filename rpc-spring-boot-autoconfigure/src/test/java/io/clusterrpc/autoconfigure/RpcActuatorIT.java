/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.CallListener;
import io.clusterrpc.RpcReference;
import io.clusterrpc.RpcService;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.EndpointListener;
import io.clusterrpc.observe.RpcMeter;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole application, which offers a service and refers to itself and to an application that does not exist. */
@ExtendWith(OutputCaptureExtension.class)
class RpcActuatorIT {

    private static final HttpClient http = HttpClient.newHttpClient();
    private static final JsonMapper json = JsonMapper.shared();

    @TempDir
    private static Path directory;

    private static ConfigurableApplicationContext context;

    @BeforeAll
    static void start(CapturedOutput output) {
        context = new SpringApplicationBuilder(Application.class)
                .properties(
                        "spring.application.name=greeter",
                        "spring.main.banner-mode=off",
                        "spring.grpc.server.port=0",
                        "spring.grpc.server.address=127.0.0.1",
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "management.endpoints.web.exposure.include=*",
                        "management.endpoint.health.show-details=always",
                        "management.endpoint.health.probes.enabled=true",
                        "management.metrics.distribution.slo.grpc.client=50ms",
                        "rpc.discovery.local.directory=" + directory.resolve("meet"),
                        "rpc.nginx.upstream-file=" + directory.resolve("upstreams"),
                        "rpc.nginx.services=greeter",
                        "rpc.nginx.check-command=true",
                        "rpc.nginx.reload-command=true",
                        "rpc.provider.zone=north",
                        "rpc.provider.version=1.2")
                .run();
        Application application = context.getBean(Application.class);
        for (int i = 0; i < 5; i++) {
            application.greeter.sayHello(
                    HelloRequest.newBuilder().setName("you").build());
        }
        Assertions.assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> application.nobody.sayHello(HelloRequest.getDefaultInstance()));
        log = output.getAll();
    }

    private static String log;

    @AfterAll
    static void stop() {
        context.close();
    }

    @Test
    void showsWhatIsOfferedAndReferredTo() throws Exception {
        JsonNode rpc = json.readTree(get("/actuator/rpc", 200));

        JsonNode offer = rpc.at("/offers/0");
        assertThat(offer.at("/service").asString()).isEqualTo("greeter");
        assertThat(offer.at("/address").asString()).startsWith("127.0.0.1:");
        assertThat(offer.at("/phase").asString()).isEqualTo("announced");
        assertThat(offer.at("/registration").asString()).isEqualTo("registered");
        assertThat(offer.at("/backends/0").asString()).isEqualTo("local");
        assertThat(offer.at("/grpcServices").toString()).contains("rpctest.Greeter");

        JsonNode greeter = rpc.at("/references/greeter");
        assertThat(greeter.at("/discovery/source").asString()).isEqualTo("live");
        assertThat(greeter.at("/breaker/state").asString()).isEqualTo("closed");
        JsonNode instance = greeter.at("/instances/0");
        assertThat(instance.at("/id")).isEqualTo(offer.at("/id"));
        assertThat(instance.at("/zone").asString()).isEqualTo("north");
        assertThat(instance.at("/version").asString()).isEqualTo("1.2");
        assertThat(instance.at("/state").asString()).isEqualTo("ready");
        assertThat(instance.at("/picks").asLong()).isGreaterThanOrEqualTo(5);
        assertThat(instance.at("/successes").asLong()).isGreaterThanOrEqualTo(5);
        assertThat(instance.at("/warmUpPercent").asInt()).isBetween(10, 99);
        assertThat(instance.has("unusedBecause")).isFalse();

        assertThat(rpc.at("/references/nobody/instances").size()).isZero();
    }

    @Test
    void showsOneReference() throws Exception {
        JsonNode all = json.readTree(get("/actuator/rpc", 200));
        JsonNode one = json.readTree(get("/actuator/rpc/greeter", 200));

        assertThat(one.at("/instances/0/id")).isEqualTo(all.at("/references/greeter/instances/0/id"));
        get("/actuator/rpc/unknown", 404);
    }

    @Test
    void staysHealthyWithAReferenceThatHasNoInstances() throws Exception {
        JsonNode health = json.readTree(get("/actuator/health", 200));

        assertThat(health.at("/status").asString()).isEqualTo("UP");
        JsonNode rpc = health.at("/components/rpc/components");
        assertThat(rpc.at("/registration/status").asString()).isEqualTo("UP");
        assertThat(rpc.at("/references/components/greeter/status").asString()).isEqualTo("UP");
        assertThat(rpc.at("/references/components/nobody/status").asString()).isEqualTo("NO_INSTANCES");
        assertThat(json.readTree(get("/actuator/health/rpc/references/greeter", 200))
                        .at("/details/connected")
                        .asInt())
                .isEqualTo(1);
        get("/actuator/health/liveness", 200);
        get("/actuator/health/readiness", 200);
    }

    @Test
    void tellsWhoThisIs() throws Exception {
        JsonNode info = json.readTree(get("/actuator/info", 200));

        assertThat(info.at("/rpc/offers/0/service").asString()).isEqualTo("greeter");
        assertThat(info.at("/rpc/references/greeter").asString()).isEqualTo("greeter");
    }

    @Test
    void everythingIsOnPrometheus() {
        await().untilAsserted(() -> assertThat(get("/actuator/prometheus", 200))
                .containsPattern("rpc_calls_seconds_count\\{.*outcome=\"answered\".*status=\"OK\".*\\} 5")
                .containsPattern("rpc_calls_seconds_count\\{.*outcome=\"failed\",reference=\"nobody\".*\\} 1")
                .containsPattern("rpc_attempts_seconds_count\\{.*reference=\"greeter\",status=\"OK\"\\} 5")
                .containsPattern("rpc_failovers_total\\{.*reference=\"nobody\",status=\"UNAVAILABLE\"\\} 2")
                .containsPattern("rpc_instances\\{reference=\"greeter\",state=\"ready\"\\} 1")
                .containsPattern("rpc_instances\\{reference=\"nobody\",state=\"ready\"\\} 0")
                .containsPattern("resilience4j_circuitbreaker_state\\{.*name=\"greeter\",state=\"closed\"\\} 1")
                .containsPattern("rpc_calls_active\\{reference=\"greeter\"\\} 0")
                .containsPattern("rpc_picks_total\\{peer=\"127.0.0.1:[0-9]+\",reference=\"greeter\"\\} [5-9]")
                .containsPattern("rpc_registry_updates_total\\{backend=\"local\",service=\"greeter\"\\}")
                .containsPattern("rpc_registry_instances\\{backend=\"local\",service=\"greeter\"\\} 1")
                .containsPattern("rpc_registry_staleness_seconds\\{backend=\"local\",service=\"greeter\"\\} 0")
                .containsPattern("grpc_client_seconds_count\\{error=\"none\",grpc_status_code=\"OK\".*\\} 5")
                .containsPattern("grpc_client_seconds_bucket\\{.*le=\"0.05\"")
                .containsPattern("grpc_client_active_seconds_gcount\\{")
                .containsPattern("grpc_client_sent_total\\{.*\\} 5")
                .containsPattern("grpc_client_received_total\\{.*\\} 5"));
    }

    /** What seldom happens is made to happen, at the places that tell the meters of it. */
    @Test
    void everyMeterOfTheEnumIsOnPrometheusAndNoOther() {
        MethodDescriptor<?, ?> method = GreeterGrpc.getSayHelloMethod();
        context.getBeanProvider(CallListener.class).forEach(listener -> {
            listener.undelivered("seldom", method, null);
            listener.hedged("seldom", method);
            listener.disagreed("seldom", method);
            listener.retryRefused("seldom", method, Status.Code.UNAVAILABLE);
            listener.fellBack("seldom", method, Status.Code.UNAVAILABLE);
        });
        ServiceInstance instance =
                ServiceInstance.builder("seldom", "127.0.0.1", 1).build();
        context.getBeanProvider(EndpointListener.class).forEach(listener -> listener.probed("seldom", instance, true));
        context.getBean(CircuitBreakerRegistry.class).circuitBreaker("nobody").transitionToForcedOpenState();

        await().untilAsserted(() -> {
            String scrape = get("/actuator/prometheus", 200);
            PrometheusNamingConvention prometheus = new PrometheusNamingConvention();
            Set<String> documented = Arrays.stream(RpcMeter.values())
                    .map(meter -> prometheus.name(meter.getName(), meter.getType(), meter.getBaseUnit()))
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> real = scrape.lines()
                    .filter(line -> line.startsWith("# TYPE rpc_"))
                    .map(line -> line.split(" ")[2].replaceFirst("_(total|max)$", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(real).isEqualTo(documented);
        });
    }

    @Test
    void theDocumentedAnswerHasExactlyTheFieldsOfARealOne() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "observability.md"));
        Set<String> documented = fields(json.readTree(block(page, "json")), "");
        Set<String> real = fields(json.readTree(get("/actuator/rpc", 200)), "");

        assertThat(documented).containsAll(real);
        documented.removeAll(real);
        // There only if calls were so far apart that a response carried a report.
        documented.removeIf(field -> field.startsWith("/references/*/instances/reportedLoad"));
        assertThat(documented)
                .as("documented, but not in the answer of a healthy application")
                .containsExactlyInAnyOrder(
                        "/references/*/target",
                        "/references/*/discovery/age",
                        "/references/*/discovery/problem",
                        "/references/*/breaker/failureRatePercent",
                        "/references/*/instances/unusedBecause",
                        "/references/*/instances/ejection",
                        "/references/*/instances/ejection/reason",
                        "/references/*/instances/ejection/detail",
                        "/references/*/instances/ejection/since",
                        "/references/*/instances/ejection/until",
                        "/references/*/instances/ejection/times",
                        "/references/*/instances/tags/color",
                        "/offers/tags/color");
    }

    @Test
    void theDocumentedLogLinesAreReal() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "observability.md"));
        for (String line : block(page, "text").strip().split("\n")) {
            String message = line.substring(line.indexOf(" : ") + 3);
            String pattern = Pattern.compile("<[^>]*>")
                    .splitAsStream(message)
                    .map(Pattern::quote)
                    .collect(Collectors.joining(".+"));
            assertThat(log).as(line).containsPattern(pattern);
        }
    }

    private static String block(String page, String language) {
        int start = page.indexOf("```" + language) + 3 + language.length();
        return page.substring(start, page.indexOf("```", start));
    }

    private static Set<String> fields(JsonNode node, String path) {
        Set<String> fields = new TreeSet<>();
        if (node.isArray()) {
            node.forEach(element -> fields.addAll(fields(element, path)));
        }
        node.properties().forEach(property -> {
            String child = path + "/" + (path.equals("/references") ? "*" : property.getKey());
            fields.add(child);
            fields.addAll(fields(property.getValue(), child));
        });
        return fields;
    }

    private static String get(String path, int status) throws IOException, InterruptedException {
        String port = context.getEnvironment().getProperty("local.server.port");
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return response.body();
    }

    @RpcService
    static class GreeterService extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> response) {
            response.onNext(HelloReply.newBuilder()
                    .setMessage("Hello " + request.getName())
                    .build());
            response.onCompleted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(GreeterService.class)
    static class Application {

        @RpcReference("greeter")
        private GreeterGrpc.GreeterBlockingStub greeter;

        @RpcReference("nobody")
        private GreeterGrpc.GreeterBlockingStub nobody;
    }
}
