/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.consul;

import io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.consul.AclToken;
import io.clusterrpc.discovery.consul.ConsulCheck;
import io.clusterrpc.discovery.consul.ConsulDiscovery;
import io.clusterrpc.discovery.consul.ConsulSettings;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Makes Consul the registry of an application that has this module on its class path. */
@AutoConfiguration(after = SslAutoConfiguration.class, before = RpcDiscoveryAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "rpc.discovery.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ConsulProperties.class)
public final class ConsulDiscoveryAutoConfiguration {

    private static final String TOKEN = "rpc.discovery.consul.token";

    @Bean
    @ConditionalOnMissingBean
    ConsulDiscovery rpcConsulDiscovery(
            ConsulProperties properties, ObjectProvider<SslBundles> bundles, Environment environment) {
        SpringCloudConsul springCloud = new SpringCloudConsul(environment);
        springCloud.warnOfSecondRegistration(getClass().getClassLoader());
        String bundle = properties.ssl().bundle();
        ConsulDiscovery discovery = new ConsulDiscovery(new ConsulSettings(
                (properties.agents().isEmpty() ? springCloud.agents() : properties.agents())
                        .stream().map(ConsulSettings::agent).toList(),
                token(properties, springCloud, environment),
                blankToNull(properties.datacenter()),
                blankToNull(properties.namespace()),
                bundle == null ? null : tls(bundles.getObject(), bundle),
                properties.connectTimeout(),
                properties.requestTimeout(),
                properties.watchTime(),
                check(properties.check(), environment)));
        if (bundle != null) {
            bundles.getObject().addBundleUpdateHandler(bundle, renewed -> discovery.useTls(renewed.createSslContext()));
        }
        return discovery;
    }

    private static SSLContext tls(SslBundles bundles, String name) {
        SslBundle bundle = bundles.getBundle(name);
        try {
            return bundle.createSslContext();
        } catch (RuntimeException ex) {
            throw new DiscoveryConfigurationException(
                    "rpc.discovery.consul.ssl.bundle",
                    "the SSL bundle '" + name + "' cannot be used: " + ex.getMessage(),
                    "Check the files and passwords under spring.ssl.bundle.*." + name + ".",
                    ex);
        }
    }

    private static AclToken token(ConsulProperties properties, SpringCloudConsul springCloud, Environment environment) {
        String own = properties.token();
        if (own != null) {
            return AclToken.of(TOKEN, own);
        }
        String property = springCloud.tokenProperty();
        return property == null ? AclToken.NONE : AclToken.of(property, environment.getProperty(property, ""));
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static ConsulCheck check(ConsulProperties.Check check, Environment environment) {
        Boolean tls = check.tls();
        boolean serverHasTls = environment.containsProperty("spring.grpc.server.ssl.bundle")
                && environment.getProperty("spring.grpc.server.ssl.enabled", Boolean.class, true);
        return new ConsulCheck(
                check.type(),
                check.interval(),
                check.timeout(),
                check.ttl(),
                tls != null ? tls : serverHasTls,
                check.tlsSkipVerify(),
                check.deregisterAfter());
    }

    /** Actuator shows no values unless told to; the token not even then. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SanitizingFunction.class)
    static class ActuatorConfiguration {

        private static final Set<String> SECRET = Set.of("token", "acltoken");
        private static final List<String> PREFIXES = List.of("rpc.discovery.consul", "spring.cloud.consul");

        @Bean
        SanitizingFunction rpcConsulTokenSanitizer() {
            return data -> hides(data.getLowerCaseKey()) ? data.withSanitizedValue() : data;
        }

        /** Properties by their names in any relaxed form, and environment variables. */
        private static boolean hides(String key) {
            String plain = key.replace('_', '.').replace("-", "");
            String last = plain.substring(plain.lastIndexOf('.') + 1);
            return PREFIXES.stream().anyMatch(plain::startsWith)
                            && (SECRET.contains(last) || plain.endsWith("acl.token"))
                    || plain.equals("consul.http.token");
        }
    }
}
