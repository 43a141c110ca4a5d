/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static io.clusterrpc.autoconfigure.ProviderApplications.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.autoconfigure.ProviderApplications.GreeterApplication;
import io.clusterrpc.provider.RecordingBackend;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/**
 * Providers that stop under the load of plain gRPC clients: without discovery, failover or anything else of this library on the
 * client, so that what holds here is the server's merit alone. All calls are to a method that must not be repeated.
 */
class LosslessStopIT {

    private static final List<String> NAMES = List.of("a", "b");

    private final RecordingBackend backend = new RecordingBackend(true, Duration.ofSeconds(1));
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final AtomicBoolean stopCalling = new AtomicBoolean();
    private final AtomicInteger succeeded = new AtomicInteger();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final ConfigurableApplicationContext[] providers = {provider("a", 0), provider("b", 0)};
    private final int[] ports =
            Arrays.stream(providers).mapToInt(LosslessStopIT::port).toArray();
    private final NameResolverProvider resolver = new BothProviders();

    @BeforeEach
    void registerResolver() {
        NameResolverRegistry.getDefaultRegistry().register(resolver);
    }

    @AfterEach
    void stop() throws InterruptedException {
        stopCallers();
        NameResolverRegistry.getDefaultRegistry().deregister(resolver);
        for (ConfigurableApplicationContext provider : providers) {
            provider.close();
        }
    }

    @Test
    void rollingRestartLosesNoCallOnStandingConnections() throws InterruptedException {
        ManagedChannel channel = bothProviders("round_robin");
        for (int caller = 0; caller < 12; caller++) {
            int handlerMillis = caller % 3 * 10;
            callers.execute(() -> {
                while (!stopCalling.get()) {
                    call(channel, handlerMillis);
                }
            });
        }
        rollingRestart();
        stopCallers();
        channel.shutdownNow();
        assertThat(failures).isEmpty();
        assertThat(succeeded).hasValueGreaterThan(1000);
    }

    @Test
    void rollingRestartLosesNoCallOnNewConnections() throws InterruptedException {
        for (String policy : List.of("round_robin", "pick_first", "round_robin", "pick_first")) {
            callers.execute(() -> {
                while (!stopCalling.get()) {
                    ManagedChannel channel = bothProviders(policy);
                    call(channel, 0);
                    channel.shutdownNow();
                }
            });
        }
        rollingRestart();
        stopCallers();
        assertThat(failures).isEmpty();
        assertThat(succeeded).hasValueGreaterThan(100);
    }

    /** Whoever did not notice in time (a client of another make, a slow registry) is served and not refused. */
    @Test
    void servesWhoeverComesWhileDrainingAndFinishesWhatIsInFlight() {
        ManagedChannel channel = provider(0);
        callers.execute(providers[0]::close);
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .until(() -> backend.registered().size() == 1);
        HelloReply longerThanTheNotice = GreeterGrpc.newBlockingStub(channel)
                .charge(HelloRequest.newBuilder().setDelayMillis(1500).build());
        assertThat(longerThanTheNotice.getInstance()).isEqualTo("a");
        Awaitility.await().until(() -> !providers[0].isActive());
        channel.shutdownNow();
    }

    @Test
    void connectionToAStoppedServerFailsBeforeARequestIsSent() {
        providers[0].close();
        ManagedChannel channel = provider(0);
        AtomicInteger sent = new AtomicInteger();
        CallOptions watched = CallOptions.DEFAULT.withStreamTracerFactory(new ClientStreamTracer.Factory() {
            @Override
            public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
                return new ClientStreamTracer() {
                    @Override
                    public void outboundHeaders() {
                        sent.incrementAndGet();
                    }
                };
            }
        });
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel, GreeterGrpc.getChargeMethod(), watched, HelloRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAVAILABLE");
        assertThat(sent).hasValue(0);
        channel.shutdownNow();
    }

    private void rollingRestart() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < providers.length; i++) {
                int before = succeeded.get();
                Awaitility.await().until(() -> succeeded.get() > before + 20);
                providers[i].close();
                int stopped = succeeded.get();
                Awaitility.await().until(() -> succeeded.get() > stopped + 20);
                providers[i] = provider(NAMES.get(i), ports[i]);
                // A client that still backs off from it would be left with nobody when the other one stops.
                answered.clear();
                String restarted = NAMES.get(i);
                Awaitility.await().until(() -> answered.contains(restarted));
            }
        }
    }

    private void call(ManagedChannel channel, int handlerMillis) {
        try {
            HelloReply reply = GreeterGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .charge(HelloRequest.newBuilder()
                            .setDelayMillis(handlerMillis)
                            .build());
            answered.add(reply.getInstance());
            succeeded.incrementAndGet();
        } catch (StatusRuntimeException e) {
            failures.add(e + ", because of " + e.getCause());
        }
    }

    private void stopCallers() throws InterruptedException {
        stopCalling.set(true);
        callers.shutdown();
        assertThat(callers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    private ConfigurableApplicationContext provider(String instance, int port) {
        return run(backend, GreeterApplication.class)
                .run("--test.instance=" + instance, "--spring.grpc.server.port=" + port);
    }

    private static int port(ConfigurableApplicationContext context) {
        return context.getBean(GrpcServerLifecycle.class).getPort();
    }

    private ManagedChannel provider(int i) {
        return ManagedChannelBuilder.forAddress("127.0.0.1", ports[i])
                .usePlaintext()
                .build();
    }

    private static ManagedChannel bothProviders(String policy) {
        return ManagedChannelBuilder.forTarget("both-providers:///any")
                .defaultLoadBalancingPolicy(policy)
                .usePlaintext()
                .build();
    }

    private final class BothProviders extends NameResolverProvider {

        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 5;
        }

        @Override
        public String getDefaultScheme() {
            return "both-providers";
        }

        @Override
        public NameResolver newNameResolver(URI target, NameResolver.Args args) {
            return new NameResolver() {
                @Override
                public String getServiceAuthority() {
                    return "any";
                }

                @Override
                public void start(Listener2 listener) {
                    listener.onResult(ResolutionResult.newBuilder()
                            .setAddressesOrError(StatusOr.fromValue(Arrays.stream(ports)
                                    .mapToObj(port ->
                                            new EquivalentAddressGroup(new InetSocketAddress("127.0.0.1", port)))
                                    .toList()))
                            .build());
                }

                @Override
                public void shutdown() {}
            };
        }
    }
}
