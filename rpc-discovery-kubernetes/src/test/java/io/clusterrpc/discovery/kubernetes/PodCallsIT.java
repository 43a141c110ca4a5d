/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static io.clusterrpc.discovery.kubernetes.Heard.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.clusterrpc.reference.RpcReferences;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.grpc.BindableService;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/** Real providers and a real consumer, between them slices of pods. */
class PodCallsIT {

    private static final int ROUNDS = 50;

    private final MockCluster cluster = new MockCluster();
    private final List<ConfigurableApplicationContext> applications = new ArrayList<>();
    private final Ports ports = new Ports();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Provider {

        @Bean
        BindableService greeter(org.springframework.core.env.Environment environment) {
            return new GreeterGrpc.GreeterImplBase() {
                @Override
                public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
                    replies.onNext(HelloReply.newBuilder()
                            .setMessage(environment.getProperty("own.name", ""))
                            .build());
                    replies.onCompleted();
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Consumer {}

    private static final class Ports implements ApplicationListener<GrpcServerStartedEvent> {

        private volatile int last;

        @Override
        public void onApplicationEvent(GrpcServerStartedEvent event) {
            last = event.getPort();
        }
    }

    @AfterEach
    void close() {
        applications.forEach(ConfigurableApplicationContext::close);
        cluster.close();
    }

    private int provider(String name, String... properties) {
        applications.add(new SpringApplicationBuilder(Provider.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.application.name=greeter",
                        "own.name=" + name,
                        "spring.grpc.server.address=127.0.0.1",
                        "spring.grpc.server.port=0",
                        "rpc.provider.drain.notice=0s")
                .properties(properties)
                .listeners(ports)
                .run());
        return ports.last;
    }

    private GreeterGrpc.GreeterBlockingStub consumer() {
        KubernetesDiscovery discovery = new KubernetesDiscovery(
                Settings.API,
                () -> FabricCluster.open(
                        MockCluster.config(cluster.admin().getMasterUrl().toString()), "shop"),
                new OwnPod(Settings.API.pod()),
                name -> {
                    throw new AssertionError("asks DNS");
                },
                InstantSource.system(),
                new Threads(System::nanoTime, Math::random));
        ConfigurableApplicationContext consumer = new SpringApplicationBuilder(Consumer.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.application.name=shop",
                        "rpc.discovery.disk-cache.enabled=false",
                        "rpc.references.greeter.balancing.algorithm=round-robin",
                        "rpc.references.greeter.balancing.warm-up=0s")
                .initializers(context -> ((org.springframework.context.support.GenericApplicationContext) context)
                        .registerBean("rpcKubernetesDiscovery", KubernetesDiscovery.class, () -> discovery))
                .run();
        applications.add(0, consumer);
        return consumer.getBean(RpcReferences.class).stub("greeter", GreeterGrpc.GreeterBlockingStub.class);
    }

    private void write(Endpoint... endpoints) {
        for (Endpoint endpoint : endpoints) {
            EndpointSlice slice = slice(endpoint);
            if (cluster.admin().resource(slice).get() == null) {
                cluster.admin().resource(slice).create();
            } else {
                cluster.admin().resource(slice).update();
            }
        }
    }

    /** Each in a slice of its own, because the providers of this test differ by port and not by address. */
    private static EndpointSlice slice(Endpoint endpoint) {
        String pod = endpoint.getTargetRef().getName();
        int port = Integer.parseInt(endpoint.getHostname());
        endpoint.setHostname(null);
        return Slices.slice("greeter", "s-" + pod, "IPv4", List.of(Slices.port("grpc", port)), endpoint)
                .edit()
                .editMetadata()
                .withNamespace("shop")
                .endMetadata()
                .build();
    }

    private static Endpoint ready(String pod, int port) {
        Endpoint endpoint = Slices.ready(pod, "127.0.0.1");
        endpoint.setHostname(String.valueOf(port));
        return endpoint;
    }

    private static Endpoint terminating(String pod, int port) {
        Endpoint endpoint = Slices.terminating(pod, "127.0.0.1");
        endpoint.setHostname(String.valueOf(port));
        return endpoint;
    }

    private static String[] pod(String name) {
        return new String[] {"rpc.discovery.kubernetes.pod.name=" + name, "rpc.discovery.kubernetes.pod.uid=uid-" + name
        };
    }

    private static String hello(GreeterGrpc.GreeterBlockingStub greeter) {
        return greeter.withDeadlineAfter(5, TimeUnit.SECONDS)
                .sayHello(HelloRequest.getDefaultInstance())
                .getMessage();
    }

    @Test
    void providerAnswersWhoMeansItsPodAndNobodyElse() {
        int port = provider("a", pod("a"));
        write(ready("a", port));
        GreeterGrpc.GreeterBlockingStub greeter = consumer();
        assertThat(hello(greeter)).isEqualTo("a");
        // The address belonged to another pod before, and the consumer has not heard of it.
        write(terminating("a", port), ready("b", port));
        List<String> refusals = new ArrayList<>();
        eventually().until(() -> {
            StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> hello(greeter));
            if (refused != null) {
                refusals.add(refused.getStatus().getCode() + " " + refused.getMessage());
            }
            return !refusals.isEmpty();
        });
        assertThat(refusals.get(0))
                .startsWith("UNAVAILABLE")
                .contains("pod:b:uid-b")
                .contains("pod:a:uid-a");
    }

    @Test
    void providerThatDoesNotKnowItsPodAnswers() {
        write(ready("a", provider("a")), ready("b", provider("b", "rpc.discovery.backends=local")));
        GreeterGrpc.GreeterBlockingStub greeter = consumer();
        List<String> answers = new ArrayList<>();
        eventually().until(() -> {
            answers.add(hello(greeter));
            return answers.contains("a") && answers.contains("b");
        });
    }

    @Test
    void changeReachesThePicksSoon() {
        int a = provider("a", pod("a"));
        // Speaks for every pod at its address: each round is another one, because one that comes and goes is held back.
        int b = provider("b");
        write(ready("a", a));
        GreeterGrpc.GreeterBlockingStub greeter = consumer();
        assertThat(hello(greeter)).isEqualTo("a");
        long[] joins = new long[ROUNDS];
        long[] leaves = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            write(ready("b-" + i, b));
            while (!hello(greeter).equals("b")) {
                Thread.onSpinWait();
            }
            joins[i] = System.nanoTime() - start;
            long end = System.nanoTime();
            write(terminating("b-" + i, b));
            leaves[i] = lastAnswerOf("b", greeter) - end;
            eventually().pollDelay(60, TimeUnit.MILLISECONDS).until(() -> true);
        }
        assertThat(p99("join to first pick", joins)).isLessThan(1000);
        assertThat(p99("leave to last pick", leaves)).isLessThan(1000);
    }

    /** When it answered last, before twenty calls in a row were answered by others. */
    private static long lastAnswerOf(String name, GreeterGrpc.GreeterBlockingStub greeter) {
        long last = System.nanoTime();
        for (int others = 0; others < 20; others++) {
            if (hello(greeter).equals(name)) {
                last = System.nanoTime();
                others = 0;
            }
        }
        return last;
    }

    private static double p99(String what, long[] nanos) {
        Arrays.sort(nanos);
        double p99 = nanos[ROUNDS - 1] / 1e6;
        System.out.printf("%s: median %.1f ms, p99 %.1f ms of %d%n", what, nanos[ROUNDS / 2] / 1e6, p99, ROUNDS);
        return p99;
    }
}
