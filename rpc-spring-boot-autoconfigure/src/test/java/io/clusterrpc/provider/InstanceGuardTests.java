/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.ExpectedInstance;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InstanceGuardTests {

    private final InstanceGuard guard = new InstanceGuard();
    private final AtomicInteger handled = new AtomicInteger();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .intercept(guard)
                .addService(new GreeterGrpc.GreeterImplBase() {
                    @Override
                    public void charge(HelloRequest request, StreamObserver<HelloReply> replies) {
                        handled.incrementAndGet();
                        replies.onNext(HelloReply.getDefaultInstance());
                        replies.onCompleted();
                    }
                })
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void passesRequestsForThisInstanceAndThoseThatNameNone() {
        guard.add("a-1");
        guard.add("a-2");
        charge(null);
        charge("a-1");
        charge("a-2");
        assertThat(handled).hasValue(3);
    }

    @Test
    void refusesRequestsForAnotherInstanceAsUnprocessedAndNamesBoth() {
        guard.add("a-1");
        assertThatThrownBy(() -> charge("b-9")).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(refused).hasMessageContaining("a-1").hasMessageContaining("b-9");
            assertThat(Unprocessed.isMarked(Objects.requireNonNull(refused.getTrailers())))
                    .isTrue();
        });
        assertThat(handled).hasValue(0);
    }

    @Test
    void refusesBeforeTheInstanceIsKnownAndAfterItStopped() {
        assertThatThrownBy(() -> charge("a-1")).hasMessageContaining("a-1").hasMessageContaining("not registered yet");
        guard.add("a-1");
        charge("a-1");
        guard.remove("a-1");
        assertThatThrownBy(() -> charge("a-1")).hasMessageContaining("UNAVAILABLE");
        assertThat(handled).hasValue(1);
    }

    @Test
    void idOfAKindThatThisServerWasNotToldSaysNothingAboutIt() {
        assertThatThrownBy(() -> charge("pod:a:1")).hasMessageContaining("not registered yet");
        guard.add("a-1");
        charge("pod:a:1");
        charge("pod:b:2");
        assertThat(handled).hasValue(2);
        guard.add("pod:a:1");
        charge("pod:a:1");
        charge("a-1");
        assertThatThrownBy(() -> charge("pod:b:2")).hasMessageContaining("pod:b:2");
        assertThatThrownBy(() -> charge("b-9")).hasMessageContaining("b-9");
        assertThat(handled).hasValue(4);
    }

    @Test
    void healthIsForEveryone() {
        guard.add("a-1");
        HealthGrpc.newBlockingStub(naming("b-9")).check(HealthCheckRequest.getDefaultInstance());
    }

    @Test
    void onlyWhatGrpcBringsIsInfrastructure() {
        assertThat(List.of(
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection",
                        "grpc.channelz.v1.Channelz",
                        "grpc.binarylog.v1.BinaryLog"))
                .allMatch(InstanceGuard::isInfrastructure);
        assertThat(List.of("grpc.shop.Orders", "grpc.Orders", "grpc.healthcare.Patients", "shop.Orders"))
                .noneMatch(InstanceGuard::isInfrastructure);
    }

    private void charge(String instance) {
        GreeterGrpc.newBlockingStub(instance == null ? channel : naming(instance))
                .charge(HelloRequest.getDefaultInstance());
    }

    private Channel naming(String instance) {
        Metadata headers = new Metadata();
        ExpectedInstance.write(headers, instance);
        ClientInterceptor naming = MetadataUtils.newAttachHeadersInterceptor(headers);
        return io.grpc.ClientInterceptors.intercept(channel, naming);
    }
}
