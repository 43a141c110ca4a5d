/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.RpcReference;
import io.clusterrpc.RpcService;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.test.util.ReflectionTestUtils;

/**
 * What Boot's {@code spring.grpc.client.channel.<name>.*} says holds for the channel of a reference, whose instances discovery finds:
 * TLS of both sides with real certificates, keepalive, sizes, user agent, deadline.
 */
class BootChannelPropertiesIT {

    private static final String PASSWORD = "changeit";
    private static final Context.Key<String> ARRIVED = Context.key("arrived");

    @TempDir
    private static Path directory;

    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

    /** A key for {@code greeter}, the application's name, one for the consumer, and one that nobody trusts. */
    @BeforeAll
    static void makeKeys() throws Exception {
        for (String name : List.of("greeter", "consumer", "stranger")) {
            String store = file(name + ".p12");
            String certificate = file(name + ".pem");
            String san = "san=dns:" + (name.equals("stranger") ? "greeter" : name);
            keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", san, "-keystore", store);
            keytool("-exportcert", "-rfc", "-file", certificate, "-keystore", store);
            keytool("-importcert", "-file", certificate, "-keystore", file("trust-" + name + ".p12"));
        }
    }

    @AfterEach
    void stop() {
        contexts.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void tlsWithABundleAndTheNameOfTheApplication() {
        provider("spring.grpc.server.ssl.bundle=own");
        assertThat(greeter("spring.grpc.client.channel.greeter.ssl.bundle=greeter")
                        .sayHello(HelloRequest.getDefaultInstance())
                        .getMessage())
                .startsWith("TLS");
    }

    @Test
    void tlsOfBothSides() {
        provider("spring.grpc.server.ssl.bundle=own", "spring.grpc.server.ssl.client-auth=require");
        assertThat(greeter("spring.grpc.client.channel.greeter.ssl.bundle=greeter")
                        .sayHello(HelloRequest.getDefaultInstance())
                        .getMessage())
                .isEqualTo("TLS CN=consumer");
    }

    @Test
    void whoIsNotTrustedIsNotCalledAndTheErrorSaysWhy() {
        provider("spring.grpc.server.ssl.bundle=own");
        assertThatThrownBy(() -> greeter("spring.grpc.client.channel.greeter.ssl.bundle=stranger")
                        .sayHello(HelloRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContainingAll("UNAVAILABLE", "127.0.0.1:", "unable to find valid certification path");
    }

    @Test
    void aCertificateForAnotherNameIsNotAccepted() {
        provider("spring.application.name=shop", "spring.grpc.server.ssl.bundle=own");
        assertThatThrownBy(() -> greeter(
                                "rpc.references.greeter.service=shop",
                                "spring.grpc.client.channel.greeter.ssl.bundle=greeter")
                        .sayHello(HelloRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContainingAll("UNAVAILABLE", "No subject alternative DNS name matching shop found");
    }

    @Test
    void plaintextToAServerWithTlsFailsAndTlsToOneWithoutToo() {
        provider("spring.grpc.server.ssl.bundle=own");
        assertThatThrownBy(() -> greeter().sayHello(HelloRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAVAILABLE");
        stop();
        provider();
        assertThatThrownBy(() -> greeter("spring.grpc.client.channel.greeter.ssl.bundle=greeter")
                        .sayHello(HelloRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAVAILABLE");
    }

    @Test
    void sizesAndUserAgent() {
        provider();
        GreeterGrpc.GreeterBlockingStub greeter = greeter(
                "spring.grpc.client.channel.greeter.inbound.message.max-size=1KB",
                "spring.grpc.client.channel.greeter.user-agent=till/7");
        assertThat(greeter.sayHello(HelloRequest.getDefaultInstance()).getMessage())
                .startsWith("plaintext till/7");
        assertThatThrownBy(() -> greeter.sayHello(
                        HelloRequest.newBuilder().setName("x".repeat(2000)).build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContainingAll("RESOURCE_EXHAUSTED", "1024");
    }

    @Test
    void theDefaultDeadlineOfBootWinsOverOurs() {
        provider();
        GreeterGrpc.GreeterBlockingStub greeter = greeter(
                "spring.grpc.client.channel.greeter.default.deadline=300ms", "rpc.references.greeter.deadline=1h");
        assertThatThrownBy(() -> greeter.sayHello(
                        HelloRequest.newBuilder().setDelayMillis(60_000).build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("DEADLINE_EXCEEDED");
    }

    @Test
    void keepalive() {
        greeter(
                "spring.grpc.client.channel.greeter.keepalive.time=77s",
                "spring.grpc.client.channel.greeter.keepalive.timeout=7s",
                "spring.grpc.client.channel.greeter.keepalive.without-calls=true");
        assertThat(Consumer.BUILDER.get())
                .satisfies(it -> assertThat(ReflectionTestUtils.getField(it, "keepAliveTimeNanos"))
                        .isEqualTo(77_000_000_000L))
                .satisfies(it -> assertThat(ReflectionTestUtils.getField(it, "keepAliveTimeoutNanos"))
                        .isEqualTo(7_000_000_000L))
                .satisfies(it -> assertThat(ReflectionTestUtils.getField(it, "keepAliveWithoutCalls"))
                        .isEqualTo(true));
    }

    private void provider(String... properties) {
        List<String> all = bundle("own", "greeter", "consumer");
        all.addAll(List.of(
                "spring.application.name=greeter",
                "spring.grpc.server.address=127.0.0.1",
                "spring.grpc.server.port=0",
                "rpc.provider.drain.notice=0s"));
        all.addAll(List.of(properties));
        run(Provider.class, all);
    }

    private GreeterGrpc.GreeterBlockingStub greeter(String... properties) {
        List<String> all = bundle("greeter", "consumer", "greeter");
        all.addAll(bundle("stranger", "consumer", "stranger"));
        all.addAll(List.of(properties));
        return run(Consumer.class, all).getBean(Consumer.class).greeter;
    }

    private ConfigurableApplicationContext run(Class<?> application, List<String> properties) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .properties(properties.toArray(String[]::new))
                .properties("spring.main.banner-mode=off", "rpc.discovery.local.directory=" + directory.resolve("meet"))
                .run();
        contexts.add(context);
        return context;
    }

    private static List<String> bundle(String name, String key, String trusted) {
        String prefix = "spring.ssl.bundle.jks." + name + ".";
        return new ArrayList<>(List.of(
                prefix + "keystore.location=file:" + file(key + ".p12"),
                prefix + "keystore.password=" + PASSWORD,
                prefix + "truststore.location=file:" + file("trust-" + trusted + ".p12"),
                prefix + "truststore.password=" + PASSWORD));
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-noprompt"));
        Path output = directory.resolve("keytool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    }

    /** Says how it was called, and as much as it was told. */
    @RpcService
    static class Greeter extends GreeterGrpc.GreeterImplBase {

        @Override
        public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
            if (request.getDelayMillis() == 0) {
                replies.onNext(HelloReply.newBuilder()
                        .setMessage(ARRIVED.get() + request.getName())
                        .build());
                replies.onCompleted();
            }
        }
    }

    private static final class HowItArrived implements ServerInterceptor {

        private static final Metadata.Key<String> USER_AGENT =
                Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

        @Override
        public <Q, P> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
            SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            String arrived = session == null ? "plaintext " + headers.get(USER_AGENT) : "TLS " + caller(session);
            return Contexts.interceptCall(Context.current().withValue(ARRIVED, arrived), call, headers, next);
        }

        private static String caller(SSLSession session) {
            try {
                return session.getPeerPrincipal().getName();
            } catch (SSLPeerUnverifiedException ex) {
                return "unknown";
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Greeter.class)
    static class Provider {

        @Bean
        @GlobalServerInterceptor
        HowItArrived howItArrived() {
            return new HowItArrived();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Consumer {

        @RpcReference("greeter")
        private GreeterGrpc.GreeterBlockingStub greeter;

        private static final AtomicReference<ManagedChannelBuilder<?>> BUILDER = new AtomicReference<>();

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        static <T extends ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> remembers() {
            return (channel, builder) -> BUILDER.set(builder);
        }
    }
}
