/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import static io.clusterrpc.discovery.consul.Told.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.autoconfigure.RpcDiscoveryAutoConfiguration;
import io.clusterrpc.autoconfigure.consul.ConsulDiscoveryAutoConfiguration;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * A real Consul that talks TLS and asks for a certificate, and applications with Boot's SSL bundles. Keys are made by the JDK's keytool:
 * {@code ca} signs {@code agent} and {@code application}; {@code stranger} signed itself.
 */
class ConsulTlsIT {

    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path keys;

    private static boolean made;

    private ConsulAgent agent;
    private int port;

    @BeforeEach
    void start() throws Exception {
        ConsulAgent.requireConsul();
        if (!made) {
            makeKeys();
            made = true;
        }
        port = ConsulAgent.freePorts(1)[0];
        agent = new ConsulAgent(
                        "-hcl=ports { https = " + port + " }",
                        "-hcl=verify_incoming_https = true",
                        "-hcl=ca_file = \"" + keys.resolve("ca.pem") + "\"",
                        "-hcl=cert_file = \"" + keys.resolve("agent.pem") + "\"",
                        "-hcl=key_file = \"" + keys.resolve("agent.key") + "\"")
                .start();
    }

    @AfterEach
    void stop() {
        if (agent != null) {
            agent.close();
        }
    }

    private ApplicationContextRunner application(String agentAddress, String trust, String identity) {
        List<String> properties = new ArrayList<>(List.of(
                "rpc.discovery.consul.agents=" + agentAddress,
                "rpc.discovery.consul.check.type=ttl",
                "rpc.discovery.consul.ssl.bundle=consul",
                "spring.ssl.bundle.pem.consul.truststore.certificate=file:" + keys.resolve(trust)));
        if (!identity.isEmpty()) {
            properties.add("spring.ssl.bundle.pem.consul.keystore.certificate=file:" + keys.resolve(identity + ".pem"));
            properties.add("spring.ssl.bundle.pem.consul.keystore.private-key=file:" + keys.resolve(identity + ".key"));
        }
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        ConsulDiscoveryAutoConfiguration.class,
                        RpcDiscoveryAutoConfiguration.class))
                .withPropertyValues(properties.toArray(String[]::new));
    }

    private static String problem(ApplicationContextRunner application) {
        List<String> problems = new ArrayList<>();
        application.run(context -> {
            Told told = new Told();
            context.getBean(ConsulDiscovery.class).watch("orders", told);
            eventually().until(() -> !told.problems.isEmpty());
            assertThat(told.lists).isEmpty();
            problems.add(told.problems.get(0));
        });
        return problems.get(0);
    }

    @Test
    void bundleAuthenticatesBothSides() {
        application("https://localhost:" + port, "ca.pem", "application").run(context -> {
            ConsulDiscovery backend = context.getBean(ConsulDiscovery.class);
            Told told = new Told();
            backend.watch("orders", told);
            DiscoveryBackend.Registration registration =
                    backend.register(ServiceInstance.builder("orders", "orders-1", "127.0.0.1", 7001)
                            .build());
            eventually().until(registration::registered);
            eventually().until(() -> told.ids().equals(List.of("orders-1")));
            assertThat(told.problems).isEmpty();
            registration.close();
            eventually().until(() -> told.ids().isEmpty());
        });
    }

    @Test
    void agentThatIsNotTrustedIsNamedWithTheBundle() {
        assertThat(problem(application("https://localhost:" + port, "stranger.pem", "application")))
                .contains("https://localhost:" + port, "TLS handshake failed", "rpc.discovery.consul.ssl.bundle");
    }

    @Test
    void certificateForAnotherHostIsRefused() {
        assertThat(problem(application("https://127.0.0.1:" + port, "ca.pem", "application")))
                .contains("TLS handshake failed", "127.0.0.1", "rpc.discovery.consul.ssl.bundle");
    }

    @Test
    void agentThatWantsACertificateSaysSo() {
        assertThat(problem(application("https://localhost:" + port, "ca.pem", "")))
                .contains("certificate", "rpc.discovery.consul.ssl.bundle");
        assertThat(problem(application("https://localhost:" + port, "ca.pem", "stranger")))
                .contains("certificate", "rpc.discovery.consul.ssl.bundle");
    }

    @Test
    void wrongSchemeIsNamedWithTheRightOne() {
        assertThat(problem(application("http://localhost:" + port, "ca.pem", "application")))
                .contains("use https:// in rpc.discovery.consul.agents");
        assertThat(problem(application("https://localhost:" + agent.port(), "ca.pem", "application")))
                .contains("does not talk TLS", "use http:// in rpc.discovery.consul.agents");
    }

    private static void makeKeys() throws Exception {
        keyPair("ca", "-ext", "bc:c=ca:true");
        Files.writeString(keys.resolve("ca.pem"), keytool("-exportcert", "-rfc", "-alias", "ca"));
        signed("agent", "-ext", "san=dns:localhost");
        signed("application");
        keyPair("stranger");
        Files.writeString(keys.resolve("stranger.pem"), keytool("-exportcert", "-rfc", "-alias", "stranger"));
        key("stranger");
    }

    private static void keyPair(String alias, String... extensions) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("-genkeypair", "-alias", alias, "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=" + alias));
        arguments.addAll(List.of(extensions));
        keytool(arguments.toArray(String[]::new));
    }

    private static void signed(String alias, String... extensions) throws Exception {
        keyPair(alias);
        keytool(
                "-certreq",
                "-alias",
                alias,
                "-file",
                keys.resolve(alias + ".csr").toString());
        List<String> arguments = new ArrayList<>(List.of(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-infile",
                keys.resolve(alias + ".csr").toString(),
                "-ext",
                "eku=serverAuth,clientAuth"));
        arguments.addAll(List.of(extensions));
        Files.writeString(keys.resolve(alias + ".pem"), keytool(arguments.toArray(String[]::new)));
        key(alias);
    }

    /** The private key as PEM: keytool does not show it, so it is read from the store. */
    private static void key(String alias) throws Exception {
        java.security.KeyStore store =
                java.security.KeyStore.getInstance(keys.resolve("store.p12").toFile(), PASSWORD.toCharArray());
        byte[] encoded = store.getKey(alias, PASSWORD.toCharArray()).getEncoded();
        Files.writeString(
                keys.resolve(alias + ".key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + java.util.Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private static String keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-keystore", keys.resolve("store.p12").toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Path errors = keys.resolve("errors");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return output;
    }
}
