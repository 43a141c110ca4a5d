/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.Unprocessed;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** On a server whose handlers hang until they are released. */
@ExtendWith(OutputCaptureExtension.class)
class HandlerThreadsTests {

    private final AtomicLong now = new AtomicLong(1_000);
    private final Semaphore running = new Semaphore(0);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private final LoadShedder shedder =
            new LoadShedder(ConcurrencyLimit.adaptive(new LimitSettings(100, 2, 100, Duration.ZERO)));
    private final HandlerThreads handlers = new HandlerThreads(
            new HandlerSettings(2, Duration.ofMillis(250), Set.of("rpctest.Greeter/SayHello")),
            shedder,
            named("handler"),
            named("aside"),
            now::get);
    private volatile @Nullable Context context;
    private Server server;
    private ManagedChannel channel;

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    @BeforeEach
    void start() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .callExecutor(handlers)
                .intercept(shedder)
                .addStreamTracerFactory(shedder.arrivals())
                .addService(new GreeterGrpc.GreeterImplBase() {
                    @Override
                    public void charge(HelloRequest request, StreamObserver<HelloReply> replies) {
                        threads.add(Thread.currentThread().getName());
                        context = Context.current();
                        running.release();
                        hang();
                        replies.onNext(HelloReply.getDefaultInstance());
                        replies.onCompleted();
                    }

                    @Override
                    public void sayHello(HelloRequest request, StreamObserver<HelloReply> replies) {
                        pass(request.getDelayMillis());
                        replies.onNext(HelloReply.newBuilder()
                                .setInstance(Thread.currentThread().getName())
                                .build());
                        replies.onCompleted();
                    }
                })
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    private void hang() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        release.countDown();
        channel.shutdownNow();
        server.shutdownNow();
        handlers.close();
    }

    @Test
    void callsWaitForAThreadAndGetOne() throws Exception {
        Future<HelloReply> first = charge();
        Future<HelloReply> second = charge();
        Future<HelloReply> third = charge();
        running.acquire(2);
        assertThat(handlers.busy()).isEqualTo(2);
        assertThat(handlers.waiting()).isEqualTo(1);
        assertThat(running.tryAcquire()).isFalse();
        release.countDown();
        assertThat(first.get()).isNotNull();
        assertThat(second.get()).isNotNull();
        assertThat(third.get()).isNotNull();
        assertThat(handlers.waiting()).isZero();
        assertThat(threads).containsExactly("handler");
    }

    @Test
    void whenNoThreadBecomesFreeFurtherCallsAreRefusedAtOnce(CapturedOutput output) throws Exception {
        hangAll();
        Future<HelloReply> waiting = charge();
        pass(250);
        Future<HelloReply> stillLetIn = charge();
        pass(1);
        assertThatThrownBy(() -> charge().get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
                    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(Unprocessed.isMarked(Objects.requireNonNull(refused.getTrailers())))
                            .isTrue();
                });
        assertThat(output)
                .containsOnlyOnce("Shedding load: 5 calls in flight, and none of the threads of handlers becomes free");
        assertThat(shedder.inFlight()).isEqualTo(4);
        release.countDown();
        assertThat(waiting.get()).isNotNull();
        assertThat(stillLetIn.get()).isNotNull();
        assertThat(charge().get()).isNotNull();
        assertThat(shedder.shed()).isEqualTo(1);
    }

    @Test
    void healthIsAnsweredWhenNoThreadBecomesFree() throws Exception {
        hangAll();
        charge();
        pass(1_000);
        assertThat(HealthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(10, TimeUnit.SECONDS)
                        .check(HealthCheckRequest.getDefaultInstance()))
                .isNotNull();
    }

    /** The handler of a call that was given up while it waited for a thread is not troubled. */
    @Test
    void whoIsGoneBeforeAThreadIsFreeIsNotHandled() throws Exception {
        hangAll();
        Future<HelloReply> waiting = charge();
        waiting.cancel(true);
        assertThat(shedder.inFlight()).isEqualTo(2);
        release.countDown();
        Awaitility.await().until(() -> handlers.waiting() == 0 && handlers.busy() == 0);
        assertThat(running.tryAcquire()).isFalse();
    }

    @Test
    void aHandlerWhoseCallerIsGoneIsToldWhileItsThreadIsBusy() throws Exception {
        Future<HelloReply> call = charge();
        running.acquire();
        Context handled = Objects.requireNonNull(context);
        assertThat(handled.isCancelled()).isFalse();
        call.cancel(true);
        Awaitility.await().until(handled::isCancelled);
        assertThat(release.getCount()).isEqualTo(1);
    }

    @Test
    void aThreadThatIsFreeIsUsedAgain() throws Exception {
        release.countDown();
        for (int i = 0; i < 20; i++) {
            charge().get();
            Awaitility.await().until(() -> handlers.busy() == 0);
        }
        assertThat(handlers.waiting()).isZero();
        assertThat(shedder.inFlight()).isZero();
    }

    /** The transport's thread is the caller's here. */
    @Test
    void whatNeverBlocksRunsWhereItArrives() {
        hangAll();
        charge();
        pass(1_000);
        assertThat(sayHello(0)).isEqualTo(Thread.currentThread().getName());
        assertThat(shedder.shed()).isZero();
    }

    @Test
    void whatBlocksAllTheSameIsNamedOnce(CapturedOutput output) {
        sayHello(50);
        assertThat(output).doesNotContain("non-blocking");
        sayHello(51);
        sayHello(60);
        assertThat(output.getOut())
                .containsOnlyOnce(
                        "The handler of rpctest.Greeter/SayHello, or an interceptor, held the thread of the transport,"
                                + " and all other calls of its connections, for 51 ms")
                .containsOnlyOnce("rpc.provider.executor.non-blocking");
    }

    private String sayHello(int millis) {
        return GreeterGrpc.newBlockingStub(channel)
                .sayHello(HelloRequest.newBuilder().setDelayMillis(millis).build())
                .getInstance();
    }

    private void hangAll() {
        charge();
        charge();
        running.acquireUninterruptibly(2);
    }

    private void pass(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private Future<HelloReply> charge() {
        return GreeterGrpc.newFutureStub(channel).charge(HelloRequest.getDefaultInstance());
    }
}
