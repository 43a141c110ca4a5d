/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.resilience.CallFixture.CountingBreaker;
import io.clusterrpc.resilience.ServerPair.Transport;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** All kinds of stubs against real servers of which the first one fails. */
@ParameterizedClass
@MethodSource("ways")
@Timeout(30)
class StubKindsTests {

    private static final HelloRequest REQUEST = HelloRequest.getDefaultInstance();
    private static final Consumer<StreamObserver<HelloReply>> UNAVAILABLE =
            observer -> observer.onError(Status.UNAVAILABLE.asRuntimeException());
    private static final Consumer<StreamObserver<HelloReply>> UNPROCESSED = observer ->
            observer.onError(Status.UNAVAILABLE.asRuntimeException(Unprocessed.mark(new Metadata(), "draining")));
    private static final Consumer<StreamObserver<HelloReply>> SILENT = observer -> {};

    @Parameter(0)
    Transport transport;

    @Parameter(1)
    ResponseThread readOn;

    static Stream<Arguments> ways() {
        return Stream.of(Transport.values())
                .flatMap(
                        transport -> Stream.of(ResponseThread.values()).map(readOn -> Arguments.of(transport, readOn)));
    }

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    /** One thread: a call that blocked it would hold up all others. */
    private final ExecutorService executor = Executors.newSingleThreadExecutor();

    private final CountingBreaker breaker = new CountingBreaker();
    private ServerPair servers;
    private Channel channel;

    @BeforeEach
    void start() throws IOException {
        servers = new ServerPair(transport);
        channel = channel(Duration.ofMillis(20), Duration.ofMillis(200));
    }

    private Channel channel(Duration backoff, Duration attemptTimeout) {
        Retry retry = Retry.of(
                "greeter",
                RetryConfig.custom().maxAttempts(3).waitDuration(backoff).build());
        CallPolicy policy = new CallPolicy(Duration.ofSeconds(5), attemptTimeout, Map.of())
                .withRetryBudget(new RetryBudgetPolicy(200, 0))
                .withReadOn(readOn);
        return ClientInterceptors.interceptForward(
                servers,
                CallStages.of(
                                "greeter",
                                policy,
                                new Safeguards(breaker.breaker(), retry, Fallbacks.NONE),
                                new CallRuntime(scheduler, executor),
                                List.of())
                        .interceptors());
    }

    @AfterEach
    void stop() {
        await().untilAsserted(() -> {
            assertThat(breaker.settled()).isEqualTo(breaker.acquired.get());
            assertThat(servers.open).hasValue(0);
        });
        servers.close();
        scheduler.shutdownNow();
        executor.shutdownNow();
    }

    @Test
    void blocking() {
        servers.first.behaviour = UNAVAILABLE;
        assertThat(GreeterGrpc.newBlockingStub(channel).sayHello(REQUEST).getInstance())
                .isEqualTo("second");
        assertThat(servers.first.calls).hasValue(1);
    }

    @Test
    void blockingV2() throws StatusException {
        servers.first.behaviour = UNAVAILABLE;
        assertThat(GreeterGrpc.newBlockingV2Stub(channel).sayHello(REQUEST).getInstance())
                .isEqualTo("second");
    }

    @Test
    void future() throws Exception {
        servers.first.behaviour = UNAVAILABLE;
        ListenableFuture<HelloReply> reply = GreeterGrpc.newFutureStub(channel).sayHello(REQUEST);
        assertThat(reply.get(10, TimeUnit.SECONDS).getInstance()).isEqualTo("second");
    }

    @Test
    void async() throws Exception {
        servers.first.behaviour = UNAVAILABLE;
        Replies replies = new Replies();
        GreeterGrpc.newStub(channel).sayHello(REQUEST, replies);
        assertThat(replies.get()).containsExactly("second");
    }

    @Test
    void blockingStream() {
        servers.first.behaviour = UNAVAILABLE;
        Iterator<HelloReply> replies = GreeterGrpc.newBlockingStub(channel).listGreetings(REQUEST);
        assertThat(replies.next().getInstance()).isEqualTo("second");
        assertThat(replies.hasNext()).isFalse();
    }

    @Test
    void blockingV2Stream() throws Exception {
        servers.first.behaviour = UNAVAILABLE;
        BlockingClientCall<?, HelloReply> replies =
                GreeterGrpc.newBlockingV2Stub(channel).listGreetings(REQUEST);
        assertThat(replies.read().getInstance()).isEqualTo("second");
        assertThat(replies.read()).isNull();
    }

    @Test
    void asyncStream() throws Exception {
        servers.first.behaviour = UNAVAILABLE;
        Replies replies = new Replies();
        GreeterGrpc.newStub(channel).listGreetings(REQUEST, replies);
        assertThat(replies.get()).containsExactly("second");
    }

    @Test
    void aStreamThatFailsAfterItsFirstResponseIsNotRepeated() {
        servers.first.behaviour = observer -> {
            observer.onNext(servers.first.reply());
            observer.onError(Status.UNAVAILABLE.asRuntimeException());
        };
        Iterator<HelloReply> replies = GreeterGrpc.newBlockingStub(channel).listGreetings(REQUEST);
        assertThat(replies.next().getInstance()).isEqualTo("first");
        assertThatThrownBy(replies::hasNext).hasMessageContaining("UNAVAILABLE");
        assertThat(servers.second.calls).hasValue(0);
    }

    @Test
    void aSilentStreamGoesToTheOtherServer() {
        servers.first.behaviour = SILENT;
        assertThat(GreeterGrpc.newBlockingStub(channel)
                        .listGreetings(REQUEST)
                        .next()
                        .getInstance())
                .isEqualTo("second");
    }

    @Test
    void aFrozenServerDoesNotEatTheDeadline() {
        servers.first.behaviour = SILENT;
        assertThat(GreeterGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(4, TimeUnit.SECONDS)
                        .sayHello(REQUEST)
                        .getInstance())
                .isEqualTo("second");
    }

    @Test
    void anUnsafeMethodIsHandledAtMostOnce() {
        servers.first.behaviour = UNAVAILABLE;
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> GreeterGrpc.newBlockingStub(channel).charge(REQUEST));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(servers.first.calls).hasValue(1);
        assertThat(servers.second.calls).hasValue(0);
    }

    @Test
    void anUnsafeMethodThatWasNotProcessedIsRepeated() {
        servers.first.behaviour = UNPROCESSED;
        assertThat(GreeterGrpc.newBlockingStub(channel).charge(REQUEST).getInstance())
                .isEqualTo("second");
    }

    @Test
    void anUnsafeMethodThatReachedNobodyIsRepeated() throws InterruptedException {
        servers.killFirst();
        assertThat(GreeterGrpc.newBlockingStub(channel).charge(REQUEST).getInstance())
                .isEqualTo("second");
    }

    @Test
    void callsInFlightSurviveTheDeathOfTheirServer() throws Exception {
        channel = channel(Duration.ofMillis(20), Duration.ofSeconds(5));
        CountDownLatch received = new CountDownLatch(20);
        servers.first.behaviour = observer -> received.countDown();
        List<ListenableFuture<HelloReply>> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(GreeterGrpc.newFutureStub(channel).sayHello(REQUEST));
        }
        assertThat(received.await(10, TimeUnit.SECONDS)).isTrue();
        servers.killFirst();
        for (ListenableFuture<HelloReply> reply : replies) {
            assertThat(reply.get(10, TimeUnit.SECONDS).getInstance()).isEqualTo("second");
        }
    }

    @Test
    void noThreadIsBlockedByABackoff() throws Exception {
        channel = channel(Duration.ofMillis(300), Duration.ofSeconds(5));
        servers.first.behaviour = UNAVAILABLE;
        List<ListenableFuture<HelloReply>> replies = new ArrayList<>();
        long started = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            replies.add(
                    GreeterGrpc.newFutureStub(channel).withExecutor(executor).sayHello(REQUEST));
        }
        for (ListenableFuture<HelloReply> reply : replies) {
            assertThat(reply.get(10, TimeUnit.SECONDS).getInstance()).isEqualTo("second");
        }
        // One after the other they would have needed half a minute.
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void anInterruptedCallerDoesNotWaitForTheBackoff() throws Exception {
        channel = channel(Duration.ofMinutes(1), Duration.ofSeconds(5));
        servers.first.behaviour = UNAVAILABLE;
        CompletableFuture<Status> end = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                GreeterGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(1, TimeUnit.HOURS)
                        .sayHello(REQUEST);
            } catch (StatusRuntimeException e) {
                end.complete(e.getStatus());
            }
        });
        caller.start();
        await().until(() -> servers.first.calls.get() == 1);
        caller.interrupt();
        assertThat(end.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.CANCELLED);
        assertThat(servers.second.calls).hasValue(0);
    }

    @Test
    void allServersFailing() {
        servers.first.behaviour = UNAVAILABLE;
        servers.second.behaviour = UNAVAILABLE;
        assertThatThrownBy(() -> GreeterGrpc.newBlockingStub(channel).sayHello(REQUEST))
                .hasMessageContaining("3 attempts (127.0.0.1:1: UNAVAILABLE");
    }

    @Test
    void rejectedCallsEndForAllKindsOfStubs() throws Exception {
        breaker.real.transitionToForcedOpenState();
        String rejected = "its circuit breaker is FORCED_OPEN";
        assertThatThrownBy(() -> GreeterGrpc.newBlockingStub(channel).sayHello(REQUEST))
                .hasMessageContaining(rejected);
        assertThatThrownBy(() -> GreeterGrpc.newBlockingV2Stub(channel).sayHello(REQUEST))
                .hasMessageContaining(rejected);
        assertThatThrownBy(() -> GreeterGrpc.newBlockingStub(channel)
                        .listGreetings(REQUEST)
                        .next())
                .hasMessageContaining(rejected);
        assertThatThrownBy(() -> GreeterGrpc.newBlockingV2Stub(channel)
                        .listGreetings(REQUEST)
                        .read())
                .hasMessageContaining(rejected);
        assertThatThrownBy(() -> GreeterGrpc.newBlockingV2Stub(channel).chat().write(REQUEST))
                .hasMessageContaining(rejected);
        Future<HelloReply> future = GreeterGrpc.newFutureStub(channel).sayHello(REQUEST);
        assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS)).hasMessageContaining(rejected);
        Replies replies = new Replies();
        GreeterGrpc.newStub(channel).chat(replies).onNext(REQUEST);
        assertThatThrownBy(replies::get).hasMessageContaining(rejected);
        assertThat(servers.first.calls).hasValue(0);
    }

    private static final class Replies implements StreamObserver<HelloReply> {

        private final List<String> instances = new ArrayList<>();
        private final CompletableFuture<List<String>> end = new CompletableFuture<>();

        List<String> get() throws ExecutionException, InterruptedException, TimeoutException {
            return end.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void onNext(HelloReply reply) {
            instances.add(reply.getInstance());
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(instances);
        }
    }
}
