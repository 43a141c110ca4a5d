/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.ClusterListener;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DirectorySettings;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.fixed.FixedDiscovery;
import io.clusterrpc.discovery.local.LocalDiscovery;
import io.clusterrpc.discovery.store.PrivateDirectory;
import io.grpc.BindableService;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Discovery: the backends that are part of this library, and the directory above all backends. Modules of further backends
 * contribute a bean of type {@link DiscoveryBackend} from an auto-configuration that comes before this one.
 */
@AutoConfiguration
public final class RpcDiscoveryAutoConfiguration {

    private static final Logger logger = LoggerFactory.getLogger(RpcDiscoveryAutoConfiguration.class);
    private static final String ENABLED = "rpc.discovery.enabled";
    private static final String LOCAL = "rpcLocalDiscovery";
    private static final Set<String> NEVER_DOWN = Set.of(LocalDiscovery.NAME, FixedDiscovery.NAME);

    private final RpcDiscoveryProperties properties;

    RpcDiscoveryAutoConfiguration(Environment environment) {
        this.properties = RpcDiscoveryProperties.of(environment);
    }

    @Bean
    @ConditionalOnBooleanProperty(name = ENABLED, matchIfMissing = true)
    FixedDiscovery rpcFixedDiscovery() {
        return new FixedDiscovery(properties.fixed());
    }

    /**
     * Made where it is asked for by name, or nothing is asked for and there is no other backend. The directory decides that, which
     * costs less start-up time than a condition that looks through all beans.
     */
    @Bean(name = LOCAL, autowireCandidate = false)
    @ConditionalOnBooleanProperty(name = ENABLED, matchIfMissing = true)
    @Lazy
    LocalDiscovery rpcLocalDiscovery(Environment environment) {
        for (String profile : environment.getActiveProfiles()) {
            if (profile.startsWith("prod")) {
                logger.warn(
                        "Local discovery finds the JVMs of this machine only, and the profile '{}' is active: choose another"
                                + " backend (add its module, or set rpc.discovery.backends)",
                        profile);
                break;
            }
        }
        Path directory = properties.local().directory();
        return new LocalDiscovery(
                directory != null ? directory : PrivateDirectory.ofUser(""),
                properties.local().namespace());
    }

    @Bean
    @ConditionalOnBooleanProperty(name = ENABLED, matchIfMissing = true)
    Directory rpcDirectory(
            ObjectProvider<DiscoveryBackend> available,
            FixedDiscovery rpcFixedDiscovery,
            ObjectProvider<ClusterListener> listeners,
            ConfigurableListableBeanFactory beans,
            Environment environment) {
        List<DiscoveryBackend> backends = DiscoveryBackends.choose(
                properties.backends(),
                available.orderedStream().toList(),
                () -> beans.getBean(LOCAL, LocalDiscovery.class));
        Map<String, DiscoveryBackend> pinned = new LinkedHashMap<>();
        for (String service : rpcFixedDiscovery.services()) {
            pinned.put(service, rpcFixedDiscovery);
        }
        DirectorySettings settings = new DirectorySettings(
                properties.damping(),
                properties.linger(),
                properties.unlistedRetention(),
                diskCache(properties.diskCache(), backends, environment));
        return new Directory(
                backends, pinned, settings, listeners.orderedStream().toList());
    }

    /** Also where there is no server, since a service that is none may be the reason, and where nothing is discovered. */
    @Bean
    @Lazy(false)
    @ConditionalOnClass(BindableService.class)
    @ConditionalOnBooleanProperty(name = "rpc.provider.enabled", matchIfMissing = true)
    RpcServiceChecks rpcServiceChecks(ConfigurableListableBeanFactory beans, Environment environment) {
        return new RpcServiceChecks(beans, environment);
    }

    private static @Nullable Path diskCache(
            RpcDiscoveryProperties.DiskCache properties, List<DiscoveryBackend> backends, Environment environment) {
        Boolean wanted = properties.enabled();
        if (!(wanted != null ? wanted : mayBeDown(backends))) {
            return null;
        }
        Path path = properties.path();
        String application = environment.getProperty("spring.application.name", "application");
        // Directly below the temporary directory: of a directory in between, somebody else could be the owner.
        return path != null
                ? path
                : PrivateDirectory.ofUser("-cache-" + application.replaceAll("[^A-Za-z0-9._-]", "_"));
    }

    private static boolean mayBeDown(List<DiscoveryBackend> backends) {
        for (DiscoveryBackend backend : backends) {
            if (!NEVER_DOWN.contains(backend.name())) {
                return true;
            }
        }
        return false;
    }
}
