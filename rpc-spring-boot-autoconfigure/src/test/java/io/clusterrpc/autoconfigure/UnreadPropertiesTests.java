/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.reference.MemoryDiscovery;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Misspelt names of properties. */
@ExtendWith(OutputCaptureExtension.class)
class UnreadPropertiesTests {

    private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rpc.reference.greeter.deadline | expected after rpc: client-id, defaults, references, services, transport-threads, zone, provider",
                "rpc.references.greeter.dedline | expected after rpc.references.greeter: attempt-timeout, balancing, deadline",
                "rpc.references.greeter.methods.SayHello.save | expected after rpc.references.greeter.methods.sayhello: attempt-timeout",
                "rpc.references.shop.Orders.eager | expected after rpc.references.shop: attempt-timeout",
                "rpc.defaults.balancing.algorythm | expected after rpc.defaults.balancing: algorithm",
                "rpc.provider.wieght | expected after rpc.provider: drain, enabled",
                "rpc.discovery.fixd.greeter[0] | expected after rpc.discovery: backends",
                "rpc.discovery.consul.agents | expected after rpc.discovery: backends",
            })
    void areNamedWithWhatWasExpected(String property, String expected, CapturedOutput output) {
        check(property);
        assertThat(output)
                .contains("WARN")
                .contains("is no property of Cluster RPC or of its modules on the class path (" + expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rpc.zone",
                "rpc.client-id",
                "rpc.clientId",
                "rpc.services.[shop.Orders]",
                "rpc.services.shop.Orders",
                "rpc.references.greeter.attempt-timeout",
                "rpc.references.greeter.attemptTimeout",
                "rpc.references.[shop.Orders].eager",
                "rpc.references.greeter.methods.[shop.Orders/Place].quorum.agree",
                "rpc.references.greeter.route.tags.color",
                "rpc.references.greeter.balancing.ejection.codes[0]",
                "rpc.defaults.hedge-delay",
                "rpc.discovery.backends[0]",
                "rpc.discovery.fixed.greeter[1]",
                "rpc.discovery.local.namespace",
                "rpc.provider.tags.anything.goes",
                "rpc.provider.drain.notice",
                "rpc.nginx.upstream-file",
                "rpc.health.references",
                "rpc.observation.client",
                "rpcs.other"
            })
    void knownOnesAreNot(String property, CapturedOutput output) {
        check(property);
        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void thoseOfModulesAreKnownWhereTheyAreThere(CapturedOutput output) {
        beans.registerBeanDefinition(
                "rpc.discovery.my-own-" + OfModule.class.getName(), new RootBeanDefinition(OfModule.class));
        check("rpc.discovery.my-own.agents");
        assertThat(output).doesNotContain("WARN");
        check("rpc.discovery.my-own.agent");
        assertThat(output).contains("(expected after rpc.discovery.my-own: agents)");
    }

    @Test
    void variablesOfTheSystemAreLeftAlone(CapturedOutput output) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        "systemEnvironment",
                        new SystemEnvironmentPropertySource("systemEnvironment", Map.of("RPC_SOMETHING_ELSE", "1")));
        ConfigurationPropertySources.attach(environment);
        new UnreadProperties(environment, beans).warn();
        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void applicationsAreWarned(CapturedOutput output) {
        RpcReferenceAutoConfigurationTests.runner(new MemoryDiscovery(true))
                .withPropertyValues("rpc.defaults.dedline=1s")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output.getOut()).containsOnlyOnce("is no property of Cluster RPC");
    }

    private void check(String property) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(property, "1")));
        ConfigurationPropertySources.attach(environment);
        new UnreadProperties(environment, beans).warn();
    }

    @ConfigurationProperties("rpc.discovery.my-own")
    record OfModule(String agents) {}
}
