/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.RpcService;
import io.clusterrpc.reference.RpcReferences;
import io.clusterrpc.testproto.GreeterGrpc;
import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Starts a whole application from a class path that really lacks the jars: annotations of a jar that is not there are not seen. */
class MissingLibrariesTests {

    @TempDir
    private Path directory;

    @Test
    void worksWithWhatTheStarterBrings() throws Exception {
        assertThat(beansWithout(
                        "spring-boot-actuator",
                        "spring-boot-starter-actuator",
                        "spring-boot-health",
                        "spring-boot-micrometer",
                        "spring-boot-starter-micrometer",
                        "micrometer-tracing",
                        "micrometer-registry"))
                .contains("rpcReferences", "rpcNginxUpstreams")
                .doesNotContain(
                        "rpcHealthContributor",
                        "rpcInfoContributor",
                        "rpcEndpoint",
                        "rpcNginxEndpoint",
                        "rpcCallMeters");
    }

    @Test
    void worksWithoutMicrometer() throws Exception {
        assertThat(beansWithout("micrometer", "spring-boot-micrometer", "spring-boot-starter-micrometer"))
                .contains("rpcReferences", "rpcHealthContributor", "rpcNginxUpstreams")
                .doesNotContain("rpcCallMeters", "rpcReferenceMeters", "rpcNginxMeters");
    }

    /** Transports in process, and the shaded twin of {@code grpc-netty}, do without it. */
    @Test
    void callsWithoutNetty() throws Exception {
        assertThat(beansWithout("netty-", "grpc-netty")).contains("rpcTransportThreads");
    }

    @SuppressWarnings("unchecked")
    private Set<String> beansWithout(String... jars) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (List.of(jars).stream().noneMatch(new File(entry).getName()::startsWith)) {
                urls.add(url(entry));
            }
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Never closed: event loops end some time after the application, and load classes until they do.
        ClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        try {
            thread.setContextClassLoader(loader);
            return ((Callable<Set<String>>) loader.loadClass(Start.class.getName())
                            .getConstructor(String.class)
                            .newInstance(directory.toString()))
                    .call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL url(String entry) throws MalformedURLException {
        return new File(entry).toURI().toURL();
    }

    /** Runs inside the class loader, so only types of the JDK go in and out. */
    public static final class Start implements Callable<Set<String>> {

        private final String directory;

        public Start(String directory) {
            this.directory = directory;
        }

        @Override
        public Set<String> call() {
            try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                    .web(WebApplicationType.NONE)
                    .properties(
                            "spring.application.name=alone",
                            "spring.main.banner-mode=off",
                            "spring.grpc.server.inprocess.name=alone",
                            "spring.grpc.client.channel.alone.target=in-process:alone",
                            "rpc.discovery.local.directory=" + directory + "/meet",
                            "rpc.nginx.upstream-file=" + directory + "/upstreams.conf",
                            "rpc.nginx.services=orders",
                            "rpc.nginx.check-command=true",
                            "rpc.nginx.reload-command=true",
                            // Resilience4j's starter cannot do without Micrometer otherwise, and brings it.
                            "spring.autoconfigure.exclude=io.github.resilience4j.springboot.micrometer.autoconfigure"
                                    + ".TimerAutoConfiguration")
                    .run()) {
                Channel channel = context.getBean(RpcReferences.class).channel("alone");
                HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
                return Set.of(context.getBeanDefinitionNames());
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Greeter.class)
    static class Application {}

    @RpcService
    static class Greeter extends GreeterGrpc.GreeterImplBase {}
}
