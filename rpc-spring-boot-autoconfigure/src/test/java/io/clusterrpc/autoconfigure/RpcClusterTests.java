/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.Agreement;
import io.clusterrpc.InstanceResult;
import io.clusterrpc.RpcMerger;
import io.clusterrpc.RpcReference;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.TargetInstance;
import io.clusterrpc.reference.GreeterServer;
import io.clusterrpc.reference.MemoryDiscovery;
import io.clusterrpc.reference.RpcCluster;
import io.clusterrpc.reference.RpcReferences;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Calls to several instances, from the stub to real servers. */
@Timeout(60)
class RpcClusterTests {

    private static final HelloRequest REQUEST =
            HelloRequest.newBuilder().setName("you").build();

    private final MemoryDiscovery registry = new MemoryDiscovery(true);
    private final GreeterServer one = new GreeterServer("one");
    private final GreeterServer two = new GreeterServer("two");
    private final ApplicationContextRunner runner =
            RpcReferenceAutoConfigurationTests.runner(registry).withUserConfiguration(Consumer.class);

    @AfterEach
    void close() {
        one.close();
        two.close();
        registry.close();
    }

    private void joinWithOneThatCannotBeReached() {
        registry.join(one.instance("greeter"));
        registry.join(two.instance("greeter"));
        registry.join(ServiceInstance.builder("greeter", "gone", "127.0.0.1", 1)
                .grpcServices(Set.of(GreeterGrpc.SERVICE_NAME))
                .build());
    }

    @Test
    void aBroadcastHasAResultForEveryInstanceWhateverTheStub() {
        joinWithOneThatCannotBeReached();
        runner.run(context -> {
            RpcReferences references = context.getBean(RpcReferences.class);
            for (var stub : List.of(
                    context.getBean(Consumer.class).greeter,
                    references.stub("greeter", GreeterGrpc.GreeterFutureStub.class),
                    references.stub("greeter", GreeterGrpc.GreeterStub.class),
                    references.stub("greeter", GreeterGrpc.GreeterBlockingV2Stub.class))) {
                List<InstanceResult<HelloReply>> results =
                        RpcCluster.broadcast(stub, GreeterGrpc.getSayHelloMethod(), REQUEST);
                assertThat(results)
                        .extracting(result -> result.instance().id() + " "
                                + result.status().getCode() + " "
                                + (result.response() == null
                                        ? ""
                                        : result.response().getInstance()))
                        .containsExactly("gone UNAVAILABLE ", "one OK one", "two OK two");
            }
            assertThat(one.calls()).isEqualTo(4);
        });
    }

    @Test
    void theDeadlineOfTheStubHoldsForAll() {
        registry.join(one.instance("greeter"));
        runner.run(context -> {
            var results = RpcCluster.broadcast(
                    context.getBean(Consumer.class).greeter.withDeadlineAfter(200, TimeUnit.MILLISECONDS),
                    GreeterGrpc.getSayHelloMethod(),
                    REQUEST.toBuilder().setDelayMillis(60_000).build());
            assertThat(results)
                    .extracting(result -> result.status().getCode())
                    .containsExactly(Status.Code.DEADLINE_EXCEEDED);
        });
    }

    @Test
    void aBroadcastNeedNotBlock() {
        registry.join(one.instance("greeter"));
        runner.run(context -> {
            CompletableFuture<List<InstanceResult<HelloReply>>> answers = RpcCluster.broadcastAsync(
                    context.getBean(Consumer.class).greeter, GreeterGrpc.getSayHelloMethod(), REQUEST);
            assertThat(answers.get(5, TimeUnit.SECONDS)).hasSize(1);
        });
    }

    @Test
    void aHashKeyOfTheRequestDoesNotStandInTheWay() {
        registry.join(one.instance("greeter"));
        runner.withPropertyValues(
                        "rpc.references.greeter.balancing.algorithm=consistent-hash",
                        "rpc.references.greeter.balancing.hash-key=request.name")
                .run(context -> {
                    var stub = context.getBean(Consumer.class).greeter;
                    var results = RpcCluster.broadcast(stub, GreeterGrpc.getSayHelloMethod(), REQUEST);
                    assertThat(results).hasSize(1);
                });
    }

    @Test
    void whereNobodyIsKnownItSaysSo() {
        runner.run(context -> assertThatThrownBy(() -> RpcCluster.broadcast(
                        context.getBean(Consumer.class).greeter, GreeterGrpc.getSayHelloMethod(), REQUEST))
                .hasMessageContainingAll("UNAVAILABLE", "no instance is known"));
    }

    @Test
    void aQuorumTellsWhoDisagrees() {
        joinWithOneThatCannotBeReached();
        runner.run(context -> {
            // Every instance answers with its own name, so one of them agrees with itself.
            Agreement<HelloReply> agreement = RpcCluster.quorum(
                    context.getBean(Consumer.class).greeter, GreeterGrpc.getSayHelloMethod(), REQUEST, 3, 1);
            assertThat(agreement.answer().getInstance()).isIn("one", "two");
            assertThatThrownBy(() -> RpcCluster.quorum(
                            context.getBean(Consumer.class).greeter, GreeterGrpc.getSayHelloMethod(), REQUEST, 3, 2))
                    .hasMessageContainingAll("ABORTED", "No 2 instances agree: 1 + 1 gave 2 different answers");
            assertThatThrownBy(() -> RpcCluster.quorum(
                            context.getBean(Consumer.class).greeter, GreeterGrpc.getSayHelloMethod(), REQUEST, 5, 4))
                    .hasMessageContainingAll("FAILED_PRECONDITION", "4 instances cannot agree", "because 3 are known");
        });
    }

    @Test
    void onlyUnaryMethodsOfReferencesCanBeBroadcast() {
        runner.run(context -> {
            assertThatThrownBy(() -> RpcCluster.broadcast(
                            context.getBean(Consumer.class).greeter, GreeterGrpc.getListGreetingsMethod(), REQUEST))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rpctest.Greeter/ListGreetings, which streams");
            ManagedChannel other = InProcessChannelBuilder.forName("nobody").build();
            assertThatThrownBy(() -> RpcCluster.broadcast(
                            GreeterGrpc.newBlockingStub(other), GreeterGrpc.getSayHelloMethod(), REQUEST))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected: that of a reference");
            other.shutdownNow();
        });
    }

    @Test
    void aStubThatIsConfiguredSoGetsOneAnswerOfAll() {
        joinWithOneThatCannotBeReached();
        runner.withUserConfiguration(Merging.class)
                .withPropertyValues("rpc.references.greeter.methods.SayHello.mode=broadcast")
                .run(context -> assertThat(context.getBean(Consumer.class)
                                .greeter
                                .sayHello(REQUEST)
                                .getMessage())
                        .isEqualTo("gone: UNAVAILABLE, one: OK, two: OK"));
    }

    @Test
    void aStubWithAQuorumNeedsNoMerger() {
        registry.join(one.instance("greeter"));
        runner.withPropertyValues(
                        "rpc.references.greeter.methods.SayHello.mode=quorum",
                        "rpc.references.greeter.methods.SayHello.quorum.instances=1")
                .run(context -> assertThat(context.getBean(Consumer.class)
                                .greeter
                                .sayHello(REQUEST)
                                .getInstance())
                        .isEqualTo("one"));
    }

    @Test
    void broadcastWithoutAMergerIsAMistake() {
        fails(
                runner,
                "Method rpctest.Greeter/SayHello of reference 'greeter' is broadcast, and needs a bean that makes one answer"
                        + " of those of all instances (expected: one RpcMerger<HelloReply>, there are none)",
                "rpc.references.greeter.methods.SayHello.mode=broadcast");
        fails(
                runner.withBean("raw", RpcMerger.class, () -> results -> HelloReply.getDefaultInstance()),
                "(expected: one RpcMerger<HelloReply>, there are {raw=RpcMerger<?>})",
                "rpc.references.greeter.methods.SayHello.mode=broadcast");
        fails(
                runner.withUserConfiguration(Merging.class),
                "rpc.references.greeter.methods.SayHello.merger: 'merge' is no RpcMerger bean",
                "rpc.references.greeter.methods.SayHello.mode=broadcast",
                "rpc.references.greeter.methods.SayHello.merger=merge");
    }

    @Test
    void streamsAndImpossibleNumbersAreMistakes() {
        fails(
                runner,
                "Method rpctest.Greeter/ListGreetings of reference 'greeter' cannot be broadcast: it streams, and the streams"
                        + " of several instances cannot be made one",
                "rpc.references.greeter.methods.ListGreetings.mode=broadcast");
        fails(
                runner,
                "Property rpc.references.greeter.methods.SayHello.quorum.agree with value '4' is invalid",
                "rpc.references.greeter.methods.SayHello.mode=quorum",
                "rpc.references.greeter.methods.SayHello.quorum.agree=4");
        fails(
                runner,
                "Property rpc.references.greeter.methods.SayHello.quorum.instances with value '0' is invalid",
                "rpc.references.greeter.methods.SayHello.quorum.instances=0");
    }

    @Test
    void aCallMayNameItsInstance() {
        joinWithOneThatCannotBeReached();
        runner.run(context -> {
            GreeterGrpc.GreeterBlockingStub greeter = context.getBean(Consumer.class).greeter;
            for (int i = 0; i < 5; i++) {
                assertThat(greeter.withOption(TargetInstance.KEY, "two")
                                .sayHello(REQUEST)
                                .getInstance())
                        .isEqualTo("two");
            }
            assertThat(one.calls()).isZero();
            assertThatThrownBy(() -> greeter.withOption(TargetInstance.KEY, "three")
                            .withDeadlineAfter(Duration.ofSeconds(3))
                            .sayHello(REQUEST))
                    .hasMessageContainingAll("UNAVAILABLE", "instance three is not connected");
        });
    }

    private static void fails(ApplicationContextRunner runner, String message, String... properties) {
        runner.withPropertyValues(properties)
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining(message));
    }

    @Configuration(proxyBeanMethods = false)
    static class Consumer {

        @RpcReference("greeter")
        GreeterGrpc.GreeterBlockingStub greeter;
    }

    @Configuration(proxyBeanMethods = false)
    static class Merging {

        @Bean
        RpcMerger<HelloReply> merging() {
            return results -> HelloReply.newBuilder()
                    .setMessage(results.stream()
                            .map(result -> result.instance().id() + ": "
                                    + result.status().getCode())
                            .collect(Collectors.joining(", ")))
                    .build();
        }
    }
}
