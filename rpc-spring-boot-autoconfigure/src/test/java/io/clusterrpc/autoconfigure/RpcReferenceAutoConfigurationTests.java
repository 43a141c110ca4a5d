/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.RpcReference;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DirectorySettings;
import io.clusterrpc.reference.GreeterServer;
import io.clusterrpc.reference.MemoryDiscovery;
import io.clusterrpc.reference.ReferenceState;
import io.clusterrpc.reference.RpcReferences;
import io.clusterrpc.reference.UnresolvableReferenceException;
import io.clusterrpc.resilience.FailoverBackoff;
import io.clusterrpc.resilience.ReferenceDefaults;
import io.clusterrpc.testproto.FarewellGrpc;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

@ExtendWith(OutputCaptureExtension.class)
class RpcReferenceAutoConfigurationTests {

    private static final HelloRequest REQUEST =
            HelloRequest.newBuilder().setName("you").build();

    private final MemoryDiscovery registry = new MemoryDiscovery(true);
    private final GreeterServer one = new GreeterServer("one");
    private final GreeterServer two = new GreeterServer("two");
    private final ApplicationContextRunner runner = runner(registry);

    static ApplicationContextRunner runner(MemoryDiscovery registry) {
        return new ApplicationContextRunner()
                .withBean(
                        Directory.class,
                        () -> new Directory(List.of(registry), Map.of(), DirectorySettings.DEFAULTS, List.of()))
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        GrpcClientAutoConfiguration.class,
                        CompositeChannelFactoryAutoConfiguration.class,
                        CircuitBreakerAutoConfiguration.class,
                        RetryAutoConfiguration.class,
                        RpcReferenceAutoConfiguration.class));
    }

    @AfterEach
    void stopServers() {
        one.close();
        two.close();
        registry.close();
    }

    @Test
    void injectsEveryKindOfStubEverywhere() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Everywhere.class).run(context -> {
            Everywhere.Consumer consumer = context.getBean(Everywhere.Consumer.class);
            assertThat(consumer.field.sayHello(REQUEST).getInstance()).isEqualTo("one");
            assertThat(consumer.constructor.sayHello(REQUEST).getInstance()).isEqualTo("one");
            assertThat(consumer.setter
                            .sayHello(REQUEST)
                            .get(5, TimeUnit.SECONDS)
                            .getInstance())
                    .isEqualTo("one");
            assertThat(context.getBean(Everywhere.OfBeanMethod.class).call()).isEqualTo("one");
            assertThat(consumer.provider.getObject().sayHello(REQUEST).getInstance())
                    .isEqualTo("one");
            assertThat(GreeterGrpc.newBlockingStub(consumer.channel)
                            .sayHello(REQUEST)
                            .getInstance())
                    .isEqualTo("one");
            assertThat(consumer.nameless.sayHello(REQUEST).getInstance()).isEqualTo("one");
            List<ReferenceState> states = context.getBean(RpcReferences.class).states();
            assertThat(states)
                    .as("one channel a reference, whatever the number of stubs")
                    .extracting(ReferenceState::name)
                    .containsExactly("greeter", GreeterGrpc.SERVICE_NAME);
            assertThat(states).extracting(ReferenceState::service).containsOnly("greeter");
        });
    }

    @Test
    void breakerAndRetryAreMadeForTheFirstCallAndNotForTheStart() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Single.class).run(context -> {
            var breakers = context.getBean(CircuitBreakerRegistry.class);
            var retries = context.getBean(RetryRegistry.class);
            assertThat(breakers.getAllCircuitBreakers()).isEmpty();
            assertThat(retries.getAllRetries()).isEmpty();
            context.getBean(Single.class).greeter.sayHello(REQUEST);
            assertThat(breakers.getAllCircuitBreakers())
                    .containsExactly(
                            context.getBean(RpcReferences.class).states().get(0).breaker());
            assertThat(retries.getAllRetries()).hasSize(1);
        });
    }

    @Test
    void breakerIsMadeForWhoeverLooksAtIt() {
        runner.withUserConfiguration(Single.class).run(context -> {
            var breaker = context.getBean(RpcReferences.class).states().get(0).breaker();
            assertThat(context.getBean(CircuitBreakerRegistry.class).find("greeter"))
                    .containsSame(breaker);
            assertThat(breaker.getCircuitBreakerConfig().getMinimumNumberOfCalls())
                    .isEqualTo(ReferenceDefaults.circuitBreaker().getMinimumNumberOfCalls());
        });
    }

    @Test
    void breakerTakenByNameBeforeTheFirstCallStaysAndIsWarnedOf(CapturedOutput output) {
        runner.withUserConfiguration(Single.class).run(context -> {
            var taken = context.getBean(CircuitBreakerRegistry.class).circuitBreaker("greeter");
            assertThat(context.getBean(RpcReferences.class).states().get(0).breaker())
                    .isSameAs(taken);
            assertThat(output)
                    .contains("Reference 'greeter': somebody took its circuit breaker from the registry by name");
        });
    }

    @Test
    void spreadsCallsOverAllInstancesAndFollowsTheRegistry() {
        registry.join(one.instance("greeter"));
        registry.join(two.instance("greeter"));
        runner.withUserConfiguration(Single.class).run(context -> {
            GreeterGrpc.GreeterBlockingStub greeter = context.getBean(Single.class).greeter;
            Awaitility.await().until(() -> {
                greeter.sayHello(REQUEST);
                return one.calls() > 0 && two.calls() > 0;
            });
            registry.leave("one");
            Awaitility.await()
                    .until(() -> instances(context.getBean(RpcReferences.class)).equals(Set.of("two")));
            int before = one.calls();
            for (int i = 0; i < 20; i++) {
                assertThat(greeter.sayHello(REQUEST).getInstance()).isEqualTo("two");
            }
            assertThat(one.calls()).isEqualTo(before);
        });
    }

    private static Set<String> instances(RpcReferences references) {
        return references.states().get(0).endpoints().view().stream()
                .map(endpoint -> endpoint.instance().id())
                .collect(java.util.stream.Collectors.toSet());
    }

    @Test
    void refersToAnotherApplicationThanItsName() {
        registry.join(one.instance("shop"));
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("rpc.references.greeter.service=shop")
                .run(context -> assertThat(context.getBean(Single.class)
                                .greeter
                                .sayHello(REQUEST)
                                .getInstance())
                        .isEqualTo("one"));
    }

    @Test
    void callWithoutInstanceSaysWhoWasAskedAndWhatToSet() {
        runner.withUserConfiguration(Single.class)
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Single.class).greeter.sayHello(REQUEST))
                        .isInstanceOf(StatusRuntimeException.class)
                        .hasMessageContainingAll(
                                "UNAVAILABLE",
                                "no instance of service 'greeter'",
                                "memory",
                                "last answered at",
                                "rpc.references.greeter.service",
                                "rpc.discovery.backends"));
    }

    @Test
    void eagerReferenceFailsTheStartWhenNobodyIsThere() {
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("rpc.references.greeter.eager=true", "rpc.references.greeter.eager-timeout=200ms")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(UnresolvableReferenceException.class)
                        .hasMessageContainingAll("greeter", "memory", "200 ms"));
    }

    @Test
    void eagerReferenceIsConnectedWhenTheContextIsReady() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("rpc.references.greeter.eager=true")
                .run(context -> assertThat(context.getBean(RpcReferences.class)
                                .states()
                                .get(0)
                                .connectivity())
                        .isEqualTo(ConnectivityState.READY));
    }

    @Test
    void referencesAreLazyByDefault() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Single.class)
                .run(context -> assertThat(context.getBean(RpcReferences.class)
                                .states()
                                .get(0)
                                .connectivity())
                        .isEqualTo(ConnectivityState.IDLE));
    }

    @Test
    void channelIsBuiltForTheFirstCall() {
        List<String> built = new CopyOnWriteArrayList<>();
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Single.class)
                .withBean(
                        GrpcChannelBuilderCustomizer.class,
                        () -> (channel, builder) -> built.add(String.valueOf(channel)))
                .run(context -> {
                    assertThat(built).isEmpty();
                    assertThat(registry.watching()).isOne();
                    context.getBean(Single.class).greeter.sayHello(REQUEST);
                    context.getBean(Single.class).greeter.sayHello(REQUEST);
                    assertThat(built).containsExactly("greeter");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"greeter", "default"})
    void channelWithSettingsIsBuiltAtTheStartSoThatTheirMistakesFailIt(String channel) {
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("spring.grpc.client.channel." + channel + ".ssl.bundle=nowhere")
                .run(context ->
                        assertThat(context).hasFailed().getFailure().rootCause().hasMessageContaining("nowhere"));
    }

    @Test
    void namelessReferenceIsPinnedToTheFirstApplication() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Nameless.class).run(context -> {
            GreeterGrpc.GreeterBlockingStub greeter = context.getBean(Nameless.class).greeter;
            assertThat(greeter.sayHello(REQUEST).getInstance()).isEqualTo("one");
            registry.join(two.instance("other"));
            registry.leave("one");
            Awaitility.await()
                    .until(() -> instances(context.getBean(RpcReferences.class)).isEmpty());
            assertThatThrownBy(() -> greeter.sayHello(REQUEST))
                    .hasMessageContaining("no instance of service 'greeter'");
        });
    }

    @Test
    void namelessReferenceWaitsForAnOffer() {
        runner.withUserConfiguration(Nameless.class).run(context -> {
            GreeterGrpc.GreeterBlockingStub greeter = context.getBean(Nameless.class).greeter;
            assertThatThrownBy(() -> greeter.sayHello(REQUEST))
                    .hasMessageContainingAll(
                            "UNAVAILABLE", "no application offers gRPC service rpctest.Greeter", "rpc.services");
            registry.join(one.instance("greeter"));
            Awaitility.await()
                    .ignoreExceptions()
                    .until(() -> greeter.sayHello(REQUEST).getInstance(), "one"::equals);
        });
    }

    @Test
    void namelessReferenceOfferedBySeveralSaysSo() {
        registry.join(one.instance("greeter"));
        registry.join(two.instance("other"));
        runner.withUserConfiguration(Nameless.class)
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Nameless.class).greeter.sayHello(REQUEST))
                        .hasMessageContainingAll(
                                "UNAVAILABLE", "[greeter, other]", "rpc.services.\"[rpctest.Greeter]\""));
    }

    @Test
    void namelessReferenceTakesTheApplicationFromItsProperty() {
        registry.join(one.instance("greeter"));
        registry.join(two.instance("other"));
        runner.withUserConfiguration(Nameless.class)
                .withPropertyValues("rpc.services.[rpctest.Greeter]=other")
                .run(context -> assertThat(context.getBean(Nameless.class)
                                .greeter
                                .sayHello(REQUEST)
                                .getInstance())
                        .isEqualTo("two"));
    }

    @Test
    void namelessReferenceWithoutCatalogFailsTheStart() {
        runner(new MemoryDiscovery(false))
                .withUserConfiguration(Nameless.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(UnresolvableReferenceException.class)
                        .hasMessageContainingAll("rpctest.Greeter", "[memory]", "no catalog")
                        .extracting(failure -> ((UnresolvableReferenceException) failure).remedy())
                        .asString()
                        .contains("rpc.services.\"[rpctest.Greeter]\""));
    }

    @Test
    void referenceOfSomethingElseThanAStubFailsTheStart() {
        runner.withUserConfiguration(NoStub.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(UnresolvableReferenceException.class)
                        .hasMessageContainingAll("NoStub.greeter", "java.lang.String"));
    }

    @Test
    void unknownAlgorithmFailsTheStart() {
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("rpc.references.greeter.balancing.algorithm=robin")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContainingAll(
                                "rpc.references.greeter.balancing.algorithm", "'robin'", "round-robin", "random"));
    }

    @Test
    void negativeDurationFailsTheStart() {
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("rpc.references.greeter.deadline=-1s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("rpc.references.greeter.deadline"));
    }

    @Test
    void explicitTargetTakesThePlaceOfDiscovery() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("spring.grpc.client.channel.greeter.target=static://127.0.0.1:" + two.port())
                .run(context -> {
                    assertThat(context.getBean(Single.class)
                                    .greeter
                                    .sayHello(REQUEST)
                                    .getInstance())
                            .isEqualTo("two");
                    assertThat(context.getBean(RpcReferences.class)
                                    .states()
                                    .get(0)
                                    .explicitTarget())
                            .isEqualTo("static://127.0.0.1:" + two.port());
                });
    }

    @Test
    void grpcKeepsNoCopiesOfRequestsWhereTheFailoverRepeatsThem() {
        registry.join(one.instance("greeter"));
        assertThat(tracersOfAStream()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rpc.references.greeter.transparent-retry=grpc",
                "rpc.defaults.transparent-retry=grpc",
                "CONFIG.loadbalancing[0].pickfirst.shuffle-address-list=true",
                "CONFIG.method[0].name[0].service=rpctest.Greeter,CONFIG.method[0].retry.max-attempts=2,"
                        + "CONFIG.method[0].retry.initial-backoff=1s,CONFIG.method[0].retry.max-backoff=1s,"
                        + "CONFIG.method[0].retry.backoff-multiplier=1,"
                        + "CONFIG.method[0].retry.retryable-status-codes=UNAVAILABLE",
                "spring.grpc.client.channel.greeter.target=static://127.0.0.1:PORT"
            })
    void grpcKeepsThemElsewhere(String properties) {
        registry.join(one.instance("greeter"));
        assertThat(tracersOfAStream(properties
                        .replace("PORT", Integer.toString(one.port()))
                        .replace("CONFIG", "spring.grpc.client.channel.greeter.service-config")
                        .split(",")))
                .as("with that of the retry buffer")
                .isEqualTo(2);
    }

    private int tracersOfAStream(String... properties) {
        AtomicInteger tracers = new AtomicInteger();
        runner.withUserConfiguration(Single.class)
                .withPropertyValues(properties)
                .withBean(StreamProbe.class, () -> new StreamProbe(tracers))
                .run(context -> context.getBean(Single.class).greeter.sayHello(REQUEST));
        return tracers.get();
    }

    /** Counts those who watch a stream; gRPC's retry buffer is one of them. */
    @GlobalClientInterceptor
    record StreamProbe(AtomicInteger tracers) implements ClientInterceptor {

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withStreamTracerFactory(new ClientStreamTracer.Factory() {
                @Override
                public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
                    tracers.set(info.getCallOptions().getStreamTracerFactories().size());
                    return new ClientStreamTracer() {};
                }
            }));
        }
    }

    @Test
    void idleChannelDoesNotForgetTheCluster() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("rpc.references.greeter.idle-timeout=1s")
                .run(context -> {
                    Single single = context.getBean(Single.class);
                    single.greeter.sayHello(REQUEST);
                    ReferenceState state =
                            context.getBean(RpcReferences.class).states().get(0);
                    Awaitility.await().until(() -> state.connectivity() == ConnectivityState.IDLE);
                    assertThat(registry.watching()).isEqualTo(1);
                    assertThat(state.endpoints().view()).hasSize(1);
                    assertThat(state.endpoints().view().get(0).picks()).isEqualTo(1);
                    assertThat(single.greeter.sayHello(REQUEST).getInstance()).isEqualTo("one");
                    assertThat(state.endpoints().view().get(0).picks()).isEqualTo(2);
                });
    }

    @Test
    void resilience4jInstanceOfAReferenceIsCompletedFromOurBase() {
        runner.withUserConfiguration(Single.class)
                .withPropertyValues(
                        "resilience4j.circuitbreaker.instances.greeter.failure-rate-threshold=33",
                        "resilience4j.circuitbreaker.instances.unrelated.failure-rate-threshold=33",
                        "resilience4j.retry.instances.greeter.max-attempts=5")
                .run(context -> {
                    CircuitBreakerConfig breaker = context.getBean(CircuitBreakerRegistry.class)
                            .circuitBreaker("greeter")
                            .getCircuitBreakerConfig();
                    assertThat(breaker.getFailureRateThreshold()).isEqualTo(33);
                    assertThat(breaker.getSlidingWindowType()).isEqualTo(SlidingWindowType.TIME_BASED);
                    assertThat(breaker.getWaitIntervalFunctionInOpenState().apply(1))
                            .isBetween(800L, 1_201L);
                    assertThat(breaker.getWaitIntervalFunctionInOpenState().apply(9))
                            .isBetween(800L, 1_201L);
                    CircuitBreakerConfig unrelated = context.getBean(CircuitBreakerRegistry.class)
                            .circuitBreaker("unrelated")
                            .getCircuitBreakerConfig();
                    assertThat(unrelated.getSlidingWindowType()).isEqualTo(SlidingWindowType.COUNT_BASED);
                    var retry = context.getBean(RetryRegistry.class)
                            .retry("greeter")
                            .getRetryConfig();
                    assertThat(retry.getMaxAttempts()).isEqualTo(5);
                    assertThat((Object) retry.getIntervalBiFunction()).isInstanceOf(FailoverBackoff.class);
                });
    }

    @Test
    void howLongABreakerStaysOpenIsTheUsersToSay() {
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("resilience4j.circuitbreaker.instances.greeter.wait-duration-in-open-state=30s")
                .run(context -> {
                    assertThat(openMillis(context.getBean(CircuitBreakerRegistry.class), 1))
                            .isEqualTo(30_000);
                    assertThat(openMillis(context.getBean(CircuitBreakerRegistry.class), 9))
                            .isEqualTo(30_000);
                });
        runner.withUserConfiguration(Single.class)
                .withPropertyValues(
                        "resilience4j.circuitbreaker.instances.greeter.wait-duration-in-open-state=2s",
                        "resilience4j.circuitbreaker.instances.greeter.enable-exponential-backoff=true",
                        "resilience4j.circuitbreaker.instances.greeter.exponential-backoff-multiplier=2")
                .run(context -> assertThat(openMillis(context.getBean(CircuitBreakerRegistry.class), 3))
                        .isEqualTo(8_000));
    }

    private static long openMillis(CircuitBreakerRegistry registry, int time) {
        return registry.circuitBreaker("greeter")
                .getCircuitBreakerConfig()
                .getWaitIntervalFunctionInOpenState()
                .apply(time);
    }

    @Test
    void bootsIdleTimeoutWinsOverOurDefault() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Single.class)
                .withPropertyValues("spring.grpc.client.channel.greeter.idle.timeout=1s")
                .run(context -> {
                    context.getBean(Single.class).greeter.sayHello(REQUEST);
                    ReferenceState state =
                            context.getBean(RpcReferences.class).states().get(0);
                    Awaitility.await().until(() -> state.connectivity() == ConnectivityState.IDLE);
                });
    }

    @Test
    void referenceFollowsTheRegistryBeforeItsFirstCallAndUntilTheContextCloses() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Single.class).run(context -> {
            assertThat(context.getBean(RpcReferences.class)
                            .states()
                            .get(0)
                            .snapshot()
                            .members())
                    .hasSize(1);
            assertThat(registry.watching()).isEqualTo(1);
        });
        assertThat(registry.watching()).isZero();
    }

    @Test
    void namelessReferenceIsCompletedAndConnectedLikeANamedOne() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(Nameless.class)
                .withPropertyValues(
                        "rpc.services.[rpctest.Greeter]=greeter",
                        "rpc.defaults.eager=true",
                        "resilience4j.circuitbreaker.instances.greeter.failure-rate-threshold=33")
                .run(context -> {
                    ReferenceState state =
                            context.getBean(RpcReferences.class).states().get(0);
                    assertThat(state.connectivity()).isEqualTo(ConnectivityState.READY);
                    assertThat(state.breaker().getCircuitBreakerConfig().getSlidingWindowType())
                            .isEqualTo(SlidingWindowType.TIME_BASED);
                });
    }

    @Test
    void eagerNamelessReferenceIsFoundByTheCatalog() {
        registry.join(one.instance("greeter"));
        runner.withUserConfiguration(LazyNameless.class)
                .withPropertyValues("rpc.references.[rpctest.Greeter].eager=true")
                .run(context -> {
                    ReferenceState state =
                            context.getBean(RpcReferences.class).states().get(0);
                    assertThat(state.connectivity()).isEqualTo(ConnectivityState.READY);
                    assertThat(state.service()).isEqualTo("greeter");
                });
    }

    @Test
    void callsInBackoffEndWhenTheContextCloses() {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        runner.withPropertyValues(
                        "resilience4j.retry.instances.greeter.wait-duration=300ms",
                        "rpc.references.greeter.deadline=30s")
                .run(context -> {
                    GreeterGrpc.GreeterBlockingStub greeter =
                            context.getBean(RpcReferences.class).stub("greeter", GreeterGrpc.GreeterBlockingStub.class);
                    Thread caller = new Thread(() -> {
                        try {
                            greeter.sayHello(REQUEST);
                        } catch (RuntimeException ended) {
                            failure.complete(ended);
                        }
                    });
                    caller.setDaemon(true);
                    caller.start();
                    Awaitility.await()
                            .until(() -> caller.getState() == Thread.State.WAITING
                                    || caller.getState() == Thread.State.TIMED_WAITING);
                });
        assertThat(failure).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void hostNamesAreLookedUp() {
        registry.join(ServiceInstance.builder("greeter", "named", "localhost", one.port())
                .build());
        runner.withUserConfiguration(Single.class)
                .run(context -> assertThat(context.getBean(Single.class)
                                .greeter
                                .sayHello(REQUEST)
                                .getInstance())
                        .isEqualTo("one"));
    }

    @Test
    void unknownHostIsReportedByTheCall() {
        registry.join(ServiceInstance.builder("greeter", "named", "no-such-host.invalid", one.port())
                .build());
        runner.withUserConfiguration(Single.class)
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Single.class).greeter.sayHello(REQUEST))
                        .hasMessageContainingAll("UNAVAILABLE", "no-such-host.invalid"));
    }

    @Test
    void fixedAddressWhereNobodyListensIsNamedByTheCallAndByAnEagerStart() {
        int port = one.port();
        one.close();
        ApplicationContextRunner fixed = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        RpcDiscoveryAutoConfiguration.class,
                        SslAutoConfiguration.class,
                        GrpcClientAutoConfiguration.class,
                        CompositeChannelFactoryAutoConfiguration.class,
                        CircuitBreakerAutoConfiguration.class,
                        RetryAutoConfiguration.class,
                        RpcReferenceAutoConfiguration.class))
                .withUserConfiguration(Single.class)
                .withPropertyValues("rpc.discovery.backends=fixed", "rpc.discovery.fixed.greeter=127.0.0.1:" + port);
        fixed.run(context -> assertThatThrownBy(
                        () -> context.getBean(Single.class).greeter.sayHello(REQUEST))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContainingAll("UNAVAILABLE", "127.0.0.1:" + port, "Connection refused"));
        fixed.withPropertyValues("rpc.references.greeter.eager=true", "rpc.references.greeter.eager-timeout=300ms")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(UnresolvableReferenceException.class)
                        .hasMessageContainingAll("127.0.0.1:" + port, "Connection refused", "300 ms")
                        .message()
                        .doesNotContain("no instance of service"));
    }

    @Test
    void isAbsentWhereGrpcClientsAreSwitchedOff() {
        runner.withPropertyValues("spring.grpc.client.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(RpcReferences.class));
    }

    @Test
    void asynchronousStubsFollowToo() throws Exception {
        registry.join(one.instance("greeter"));
        runner.run(context -> {
            CompletableFuture<HelloReply> answer = new CompletableFuture<>();
            context.getBean(RpcReferences.class)
                    .stub("greeter", GreeterGrpc.GreeterStub.class)
                    .sayHello(REQUEST, new StreamObserver<>() {
                        @Override
                        public void onNext(HelloReply reply) {
                            answer.complete(reply);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            answer.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {}
                    });
            assertThat(answer.get(5, TimeUnit.SECONDS).getInstance()).isEqualTo("one");
            assertThat(context.getBean(RpcReferences.class)
                            .stub("greeter", GreeterGrpc.GreeterBlockingV2Stub.class)
                            .sayHello(REQUEST)
                            .getInstance())
                    .isEqualTo("one");
        });
    }

    @Test
    void instanceThatDoesNotOfferTheServiceIsNotCalled() {
        registry.join(one.instance("greeter"));
        runner.run(context -> assertThatThrownBy(() -> context.getBean(RpcReferences.class)
                        .stub("greeter", FarewellGrpc.FarewellBlockingStub.class)
                        .withDeadlineAfter(Duration.ofSeconds(2))
                        .sayBye(REQUEST))
                .hasMessageContainingAll("UNAVAILABLE", "rpctest.Farewell"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Single {

        @RpcReference("greeter")
        GreeterGrpc.GreeterBlockingStub greeter;
    }

    @Configuration(proxyBeanMethods = false)
    static class Nameless {

        @RpcReference
        GreeterGrpc.GreeterBlockingStub greeter;
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyNameless {

        @RpcReference
        ObjectProvider<GreeterGrpc.GreeterBlockingStub> greeter;
    }

    @Configuration(proxyBeanMethods = false)
    static class NoStub {

        @RpcReference("greeter")
        String greeter;
    }

    @Configuration(proxyBeanMethods = false)
    static class Everywhere {

        @Bean
        Consumer consumer(@RpcReference("greeter") GreeterGrpc.GreeterBlockingV2Stub greeter) {
            return new Consumer(greeter);
        }

        @Bean
        OfBeanMethod ofBeanMethod(@RpcReference("greeter") GreeterGrpc.GreeterBlockingStub greeter) {
            return () -> greeter.sayHello(REQUEST).getInstance();
        }

        interface OfBeanMethod {

            String call();
        }

        static class Consumer {

            @RpcReference("greeter")
            GreeterGrpc.GreeterBlockingStub field;

            @RpcReference("greeter")
            ObjectProvider<GreeterGrpc.GreeterBlockingStub> provider;

            @RpcReference("greeter")
            Channel channel;

            @RpcReference
            GreeterGrpc.GreeterBlockingStub nameless;

            final GreeterGrpc.GreeterBlockingV2Stub constructor;

            GreeterGrpc.GreeterFutureStub setter;

            Consumer(@RpcReference("greeter") GreeterGrpc.GreeterBlockingV2Stub greeter) {
                this.constructor = greeter;
            }

            @RpcReference("greeter")
            void setSetter(GreeterGrpc.GreeterFutureStub greeter) {
                this.setter = greeter;
            }
        }
    }
}
