/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.consul;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpServer;
import io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.consul.ConsulDiscovery;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.autoconfigure.env.EnvironmentEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class ConsulDiscoveryAutoConfigurationTests {

    private static final String TOKEN = "3f1c6f0a-secret-0000-1111-222233334444";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    SslAutoConfiguration.class,
                    ConsulDiscoveryAutoConfiguration.class,
                    RpcDiscoveryAutoConfiguration.class));

    @Test
    void presenceIsTheChoice() {
        runner.run(context ->
                assertThat(context.getBean(Directory.class).backends()).containsExactly("consul"));
    }

    @Test
    void standsBesideLocalWhenBothAreNamed() {
        runner.withPropertyValues("rpc.discovery.backends=consul,local", "rpc.discovery.local.namespace=t-consul")
                .run(context ->
                        assertThat(context.getBean(Directory.class).backends()).containsExactly("consul", "local"));
    }

    @Test
    void staysOutWhereDiscoveryIsOff() {
        runner.withPropertyValues("rpc.discovery.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ConsulDiscovery.class));
    }

    @Test
    void agentIsSpringCloudsUnlessOneIsNamed() {
        runner.run(context ->
                assertThat(context.getBean(ConsulDiscovery.class)).hasToString("consul[http://localhost:8500]"));
        runner.withPropertyValues("spring.cloud.consul.host=consul.internal", "spring.cloud.consul.port=18500")
                .run(context -> assertThat(context.getBean(ConsulDiscovery.class))
                        .hasToString("consul[http://consul.internal:18500]"));
        runner.withPropertyValues(
                        "spring.cloud.consul.host=consul.internal",
                        "rpc.discovery.consul.agents=a,b:1,https://c,https://[::1]:9/consul/")
                .run(context -> assertThat(context.getBean(ConsulDiscovery.class))
                        .hasToString("consul[http://a:8500, http://b:1, https://c:8501, https://[::1]:9/consul]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a", "a b", "http://a:99999", "http://", "a:0", "a?x=1", "[::1"})
    void malformedAgentFailsWithItsProperty(String agent) {
        runner.withPropertyValues("rpc.discovery.consul.agents[0]=" + agent)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(DiscoveryConfigurationException.class)
                        .hasMessageContaining("rpc.discovery.consul.agents")
                        .hasMessageContaining(agent));
    }

    @Test
    void credentialsInAnAddressAreRefusedAndNotShown() {
        runner.withPropertyValues("rpc.discovery.consul.agents=http://user:" + TOKEN + "@a:8500")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("rpc.discovery.consul.agents")
                        .hasMessageNotContaining(TOKEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check.interval=500ms",
                "check.ttl=10ms",
                "check.deregister-after=10s",
                "watch-time=10ms",
                "watch-time=11m",
                "connect-timeout=0s",
                "request-timeout=-1s"
            })
    void valuesThatConsulDoesNotKnowFailWithTheirProperty(String setting) {
        String property = "rpc.discovery.consul." + setting.substring(0, setting.indexOf('='));
        runner.withPropertyValues("rpc.discovery.consul." + setting)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(DiscoveryConfigurationException.class)
                        .hasMessageContaining(property));
    }

    @Test
    void unusableTokenFailsWithoutShowingIt(CapturedOutput output) {
        runner.withPropertyValues("rpc.discovery.consul.token=" + TOKEN + "\u00e4\n" + TOKEN)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("rpc.discovery.consul.token")
                        .hasMessageNotContaining(TOKEN));
        assertThat(output).doesNotContain(TOKEN);
    }

    @Test
    void unknownBundleFailsWithItsName() {
        runner.withPropertyValues("rpc.discovery.consul.ssl.bundle=none-such")
                .run(context ->
                        assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("none-such"));
    }

    @Test
    void tokenIsHiddenWhereverItIsShown() {
        runner.withPropertyValues("rpc.discovery.consul.token=" + TOKEN).run(context -> {
            assertThat(context.getBean(ConsulProperties.class).toString()).doesNotContain(TOKEN);
            assertThat(context.getBean(ConsulDiscovery.class).toString()).doesNotContain(TOKEN);
            SanitizingFunction sanitizing = context.getBean(SanitizingFunction.class);
            for (String key : new String[] {
                "rpc.discovery.consul.token",
                "RPC_DISCOVERY_CONSUL_TOKEN",
                "rpc.discovery.consul.Token",
                "spring.cloud.consul.token",
                "spring.cloud.consul.discovery.acl-token",
                "spring.cloud.consul.discovery.aclToken",
                "SPRING_CLOUD_CONSUL_DISCOVERY_ACL_TOKEN",
                "CONSUL_HTTP_TOKEN"
            }) {
                assertThat(sanitizing.apply(data(key)).getValue()).as(key).isEqualTo(SanitizableData.SANITIZED_VALUE);
            }
            assertThat(sanitizing.apply(data("rpc.discovery.consul.agents")).getValue())
                    .isEqualTo(TOKEN);
        });
    }

    @Test
    void actuatorShowsNoTokenEvenWhereItShowsAllValues() {
        runner.withConfiguration(AutoConfigurations.of(EnvironmentEndpointAutoConfiguration.class))
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=env",
                        "management.endpoint.env.show-values=always",
                        "rpc.discovery.consul.agents=consul.internal",
                        "spring.cloud.consul.token=" + TOKEN,
                        "rpc.discovery.consul.token=" + TOKEN)
                .run(context -> {
                    String shown = new Gson()
                            .toJson(context.getBean(EnvironmentEndpoint.class).environment("consul"));
                    assertThat(shown).contains("consul.internal").doesNotContain(TOKEN);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "spring.cloud.consul.token, , own-or-cloud",
        "spring.cloud.consul.discovery.acl-token, spring.cloud.consul.token=other, own-or-cloud",
        "rpc.discovery.consul.token, spring.cloud.consul.token=other, own-or-cloud"
    })
    void tokenIsSpringCloudsUnlessThereIsOne(String property, String besides, String token) throws Exception {
        BlockingQueue<String> sent = new LinkedBlockingQueue<>();
        HttpServer agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.createContext("/", exchange -> {
            sent.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Consul-Token")));
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        agent.start();
        try {
            runner.withPropertyValues(
                            "spring.cloud.consul.host=127.0.0.1",
                            "spring.cloud.consul.port=" + agent.getAddress().getPort(),
                            property + "=" + token,
                            besides == null ? "unused=unused" : besides)
                    .run(context -> {
                        context.getBean(Directory.class).subscribe("orders", snapshot -> {});
                        assertThat(sent.poll(10, TimeUnit.SECONDS)).isEqualTo(token);
                    });
        } finally {
            agent.stop(0);
        }
    }

    @Test
    void schemeAndIpv6HostOfSpringCloudAreTaken() {
        runner.withPropertyValues(
                        "spring.cloud.consul.scheme=https",
                        "spring.cloud.consul.host=::1",
                        "spring.cloud.consul.port=8501")
                .run(context ->
                        assertThat(context.getBean(ConsulDiscovery.class)).hasToString("consul[https://[::1]:8501]"));
    }

    private static SanitizableData data(String key) {
        return new SanitizableData(new MapPropertySource("test", java.util.Map.of()), key, TOKEN);
    }

    @Test
    void worksWithoutActuator() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context).hasSingleBean(ConsulDiscovery.class));
    }
}
