/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class GraceEndTests {

    private final OpenCalls calls = new OpenCalls();
    private final List<ServerCallStreamObserver<HelloReply>> handlers = new ArrayList<>();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final List<String> heard = new ArrayList<>();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .intercept(calls)
                .addService(new GreeterGrpc.GreeterImplBase() {
                    @Override
                    public void listGreetings(HelloRequest request, StreamObserver<HelloReply> replies) {
                        ServerCallStreamObserver<HelloReply> handler = (ServerCallStreamObserver<HelloReply>) replies;
                        handler.setOnCancelHandler(cancelled::incrementAndGet);
                        handlers.add(handler);
                    }
                })
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
    void endsWhatIsLeftWithATextAndSaysWhatItWas(CapturedOutput output) {
        listen();
        listen();
        listen();
        handlers.get(0).onNext(HelloReply.getDefaultInstance());
        handlers.get(1).onCompleted();
        new GraceEnd("greeter", calls, Duration.ZERO).await(server, -1);
        String text = "UNAVAILABLE: greeter is shutting down and its grace period of 0.0 s is over; try again";
        assertThat(heard).containsExactly("message", "completed", text, text);
        assertThat(cancelled).hasValue(2);
        assertThat(calls.count()).isZero();
        assertThat(output.getOut()).containsOnlyOnce("grace-period): {rpctest.Greeter/ListGreetings=2}");
    }

    @Test
    void whatTheHandlerSaysAfterwardsIsDropped() {
        listen();
        new GraceEnd("greeter", calls, Duration.ZERO).await(server, -1);
        assertThat(handlers.get(0).isCancelled()).isTrue();
        handlers.get(0).onNext(HelloReply.getDefaultInstance());
        handlers.get(0).onCompleted();
        assertThat(heard).hasSize(1).first().asString().startsWith("UNAVAILABLE");
    }

    @Test
    void saysNothingIfAllEndedInTime(CapturedOutput output) {
        listen();
        handlers.get(0).onCompleted();
        server.shutdown();
        new GraceEnd("greeter", calls, Duration.ofSeconds(20)).await(server, -1);
        assertThat(heard).containsExactly("completed");
        assertThat(output).doesNotContain("grace period");
    }

    @Test
    void forgetsCallsThatTheirCallersGaveUp() {
        io.grpc.Context.CancellableContext context = io.grpc.Context.current().withCancellation();
        context.run(this::listen);
        assertThat(calls.count()).isEqualTo(1);
        context.cancel(null);
        assertThat(calls.count()).isZero();
        assertThat(calls.end(1, Status.UNAVAILABLE)).isEmpty();
    }

    @Test
    void leavesTimeForTheAnswers() {
        assertThat(GraceEnd.untilEndMillis(Duration.ofSeconds(25))).isEqualTo(23_000);
        assertThat(GraceEnd.untilEndMillis(Duration.ofSeconds(1))).isEqualTo(800);
        assertThat(GraceEnd.untilEndMillis(Duration.ofMillis(100))).isEqualTo(80);
        assertThat(GraceEnd.untilEndMillis(Duration.ofMillis(10))).isZero();
    }

    private void listen() {
        GreeterGrpc.newStub(channel).listGreetings(HelloRequest.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(HelloReply reply) {
                heard.add("message");
            }

            @Override
            public void onError(Throwable failure) {
                heard.add(Status.fromThrowable(failure).getCode() + ": "
                        + Status.fromThrowable(failure).getDescription());
            }

            @Override
            public void onCompleted() {
                heard.add("completed");
            }
        });
    }
}
