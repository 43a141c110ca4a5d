/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.testproto.FarewellGrpc;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterLoadBalancerIT {

    private final RealCluster cluster = new RealCluster(RealCluster.Transport.NETTY);
    private RealCluster.Node a;
    private RealCluster.Node b;
    private ManagedChannel channel;
    private GreeterBlockingStub greeter;

    @BeforeEach
    void start() {
        a = cluster.start("a");
        b = cluster.start("b");
        cluster.listAll();
        channel = cluster.channel();
        greeter = GreeterGrpc.newBlockingStub(channel);
        channel.getState(true);
        await().until(() -> cluster.registry.view().stream()
                        .filter(view -> view.state() == EndpointState.READY)
                        .count()
                == 2);
    }

    @AfterEach
    void close() throws InterruptedException {
        cluster.close();
    }

    private String call() {
        return greeter.withDeadlineAfter(5, TimeUnit.SECONDS)
                .sayHello(HelloRequest.getDefaultInstance())
                .getInstance();
    }

    private Map<String, Integer> spread(int calls) {
        Map<String, Integer> spread = new TreeMap<>();
        for (int i = 0; i < calls; i++) {
            spread.merge(call(), 1, Integer::sum);
        }
        return spread;
    }

    @Test
    void sharesCallsAndKeepsAccountOfThem() {
        assertThat(spread(100)).isEqualTo(Map.of("a", 50, "b", 50));
        await().untilAsserted(() -> assertThat(cluster.view("a").successes()).isEqualTo(50));
        assertThat(cluster.view("a"))
                .extracting(EndpointView::picks, EndpointView::failures, EndpointView::inFlight)
                .containsExactly(50L, 0L, 0);
        assertThat(cluster.view("a").latencyNanos())
                .isBetween(1L, Duration.ofSeconds(1).toNanos());
        assertThat(a.greeter().expectedInstances).hasSize(50).containsOnly("a");
    }

    @Test
    void anAnswerWithAnErrorOfTheApplicationIsNoFailureOfTheInstance() {
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> greeter.sayHello(
                            HelloRequest.newBuilder().setName("missing").build()))
                    .isInstanceOf(StatusRuntimeException.class);
        }
        await().untilAsserted(() -> assertThat(
                        cluster.view("a").successes() + cluster.view("b").successes())
                .isEqualTo(10));
        assertThat(cluster.view("a").failures()).isZero();
    }

    @Test
    void aKilledInstanceIsNotPickedOnceItsConnectionEnded() {
        spread(10);
        cluster.kill("a");
        await().until(() -> cluster.view("a").state() != EndpointState.READY);
        long picks = cluster.view("a").picks();
        assertThat(spread(200)).isEqualTo(Map.of("b", 200));
        assertThat(cluster.view("a").picks()).isEqualTo(picks);
        await().until(() -> cluster.view("a").state() == EndpointState.TRANSIENT_FAILURE);
        assertThat(cluster.view("a").unusedBecause()).containsIgnoringCase("refused");
    }

    @Test
    void whenAllAreKilledCallsFailSayingWhyAndWhenOneIsBackTheyWork() {
        cluster.kill("a");
        cluster.kill("b");
        await().until(() -> channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE);
        assertThatThrownBy(this::call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus())
                                .satisfies(
                                        status -> assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE))
                                .extracting(Status::getDescription)
                                .asString()
                                .startsWith("orders: none of 2 known instances can be reached: ")
                                .contains("a at 127.0.0.1:", "b at 127.0.0.1:")
                                .containsIgnoringCase("refused"));
        RealCluster.Node c = cluster.start("c");
        cluster.list(c.instance());
        await().untilAsserted(() -> assertThat(call()).isEqualTo("c"));
    }

    @Test
    void aDrainingInstanceEndsItsCallsAndGetsNoMore() throws Exception {
        Map<String, CompletableFuture<HelloReply>> slow = new TreeMap<>();
        while (slow.size() < 2) {
            CompletableFuture<HelloReply> reply = new CompletableFuture<>();
            long before = cluster.view("a").picks();
            GreeterGrpc.newStub(channel)
                    .sayHello(HelloRequest.newBuilder().setDelayMillis(700).build(), into(reply));
            await().until(() -> cluster.inFlight() > slow.size());
            slow.put(cluster.view("a").picks() > before ? "a" : "b", reply);
        }
        cluster.drain("a");
        await().until(() -> cluster.view("a").state() != EndpointState.READY);
        assertThat(spread(50)).isEqualTo(Map.of("b", 50));
        assertThat(slow.get("a").get(5, TimeUnit.SECONDS).getInstance()).isEqualTo("a");
        assertThat(slow.get("b").get(5, TimeUnit.SECONDS).getInstance()).isEqualTo("b");
        await().until(() -> cluster.inFlight() == 0);
    }

    @Test
    void aRemovedInstanceEndsItsCallsAndGetsNoMore() throws Exception {
        CompletableFuture<HelloReply> reply = new CompletableFuture<>();
        cluster.list(a.instance());
        await().until(() -> cluster.registry.view().size() == 1);
        GreeterGrpc.newStub(channel)
                .sayHello(HelloRequest.newBuilder().setDelayMillis(500).build(), into(reply));
        cluster.list(b.instance());
        await().until(() -> cluster.registry.view().get(0).instance().id().equals("b"));
        assertThat(spread(50)).isEqualTo(Map.of("b", 50));
        assertThat(reply.get(5, TimeUnit.SECONDS).getInstance()).isEqualTo("a");
    }

    @Test
    void newMetadataDoesNotReconnect() {
        cluster.list(a.instance().toBuilder().weight(0).tags(Map.of("k", "v")).build(), b.instance());
        await().until(() -> cluster.view("a").instance().weight() == 0);
        assertThat(spread(20)).isEqualTo(Map.of("b", 20));
        cluster.listAll();
        await().until(() -> cluster.view("a").instance().weight() == 100);
        assertThat(spread(20)).isEqualTo(Map.of("a", 10, "b", 10));
        assertThat(a.greeter().connected.get()).isEqualTo(1);
        assertThat(b.greeter().connected.get()).isEqualTo(1);
    }

    @Test
    void idleModeForgetsNothing() {
        spread(20);
        await().until(() -> cluster.view("a").successes() == 10);
        channel.enterIdle();
        await().until(() -> cluster.view("a").state() == EndpointState.IDLE);
        assertThat(cluster.view("a").successes()).isEqualTo(10);
        assertThat(spread(20)).containsKeys("a");
        await().untilAsserted(() -> assertThat(
                        cluster.view("a").successes() + cluster.view("b").successes())
                .isEqualTo(40));
    }

    @Test
    void aStreamCountsUntilItsEndAndIsMeasuredToItsFirstMessage() throws Exception {
        CompletableFuture<HelloReply> first = new CompletableFuture<>();
        StreamObserver<HelloRequest> requests = GreeterGrpc.newStub(channel).chat(into(first));
        requests.onNext(HelloRequest.getDefaultInstance());
        String id = first.get(5, TimeUnit.SECONDS).getInstance();
        assertThat(cluster.view(id).inFlight()).isEqualTo(1);
        assertThat(cluster.view(id).latencyNanos()).isPositive();
        assertThat(cluster.view(id).successes()).isZero();
        requests.onCompleted();
        await().until(() -> cluster.view(id).inFlight() == 0 && cluster.view(id).successes() == 1);
    }

    @Test
    void aGrpcServiceThatNobodyOffersIsNamed() {
        cluster.list(
                a.instance().toBuilder().grpcServices(Set.of("rpctest.Greeter")).build());
        await().until(() -> cluster.registry.view().size() == 1);
        assertThatThrownBy(() -> FarewellGrpc.newBlockingStub(channel).sayBye(HelloRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus())
                                .hasToString(
                                        "Status{code=UNAVAILABLE, description=orders: none of 1 connected instances offers the gRPC"
                                                + " service rpctest.Farewell (expected one of: rpctest.Greeter), cause=null}"));
    }

    @Test
    void anEmptyListFailsWithTheResolversText() {
        cluster.list();
        await().untilAsserted(() -> assertThatThrownBy(this::call).hasMessage("UNAVAILABLE: orders: nobody"));
    }

    @Test
    void callsBufferedByAnUnreachableClusterKeepTheirDeadline() {
        cluster.list();
        await().until(() -> cluster.registry.view().isEmpty());
        long start = System.nanoTime();
        assertThatThrownBy(() -> greeter.withWaitForReady()
                        .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                        .sayHello(HelloRequest.getDefaultInstance()))
                .hasMessageStartingWith("DEADLINE_EXCEEDED");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    private static StreamObserver<HelloReply> into(CompletableFuture<HelloReply> reply) {
        return new StreamObserver<>() {
            @Override
            public void onNext(HelloReply value) {
                reply.complete(value);
            }

            @Override
            public void onError(Throwable e) {
                reply.completeExceptionally(e);
            }

            @Override
            public void onCompleted() {
                // the first message is enough
            }
        };
    }
}
