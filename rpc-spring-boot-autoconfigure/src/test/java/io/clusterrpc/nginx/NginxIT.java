/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.clusterrpc.ExpectedInstance;
import io.clusterrpc.discovery.Directory;
import io.clusterrpc.discovery.DirectorySettings;
import io.clusterrpc.discovery.local.LocalDiscovery;
import io.clusterrpc.nginx.NginxState.Outcome;
import io.clusterrpc.testproto.FarewellGrpc;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/nginx.md says, with a real nginx, its configuration from deploy/nginx, and callers that know nothing of this library. */
class NginxIT {

    private static final HelloRequest REQUEST = HelloRequest.getDefaultInstance();

    /** What a provider needs when nginx stands before it: see rpc.provider.drain.notice. */
    private static final Duration NOTICE = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Path meetingPoint;
    private NginxServer nginx;
    private NginxUpstreams upstreams;
    private ManagedChannel channel;

    @BeforeEach
    void open() throws Exception {
        meetingPoint = folder.resolve("meet");
        nginx = opened(new NginxServer(Files.createDirectory(folder.resolve("nginx"))));
        LocalDiscovery discovery = opened(new LocalDiscovery(meetingPoint, "nginx"));
        Directory directory = opened(new Directory(
                List.of(discovery),
                Map.of(),
                new DirectorySettings(Duration.ofMillis(50), Duration.ofMinutes(1), Duration.ofMinutes(1), null),
                List.of()));
        upstreams = opened(new NginxUpstreams(
                new NginxSettings(
                        nginx.upstreamFile(),
                        List.of("greeter"),
                        nginx.command("-t", "-q"),
                        nginx.command("-s", "reload"),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(500),
                        new NginxSettings.ServerOptions(1, Duration.ofSeconds(5), 32)),
                directory));
        upstreams.start();
        // Before nginx runs: the file is there, the reload fails and is tried again.
        eventually()
                .until(() ->
                        Files.exists(nginx.upstreamFile()) && upstreams.state().outcome() == Outcome.NOT_RELOADED);
        nginx.start();
        eventually().until(() -> upstreams.state().outcome() == Outcome.RELOADED);
        channel = channel("{}");
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
    }

    private ManagedChannel channel(String retries) {
        Map<String, ?> config = retries.equals("{}")
                ? Map.of()
                : Map.of(
                        "methodConfig",
                        List.of(Map.of(
                                "name",
                                List.of(Map.of("service", "rpctest.Greeter", "method", "SayHello")),
                                "retryPolicy",
                                Map.of(
                                        "maxAttempts",
                                        4.0,
                                        "initialBackoff",
                                        "0.05s",
                                        "maxBackoff",
                                        "1s",
                                        "backoffMultiplier",
                                        2.0,
                                        "retryableStatusCodes",
                                        List.of("UNAVAILABLE")))));
        ManagedChannel created = NettyChannelBuilder.forAddress("127.0.0.1", nginx.port())
                .usePlaintext()
                .defaultServiceConfig(config)
                .build();
        opened.push(created::shutdownNow);
        return created;
    }

    private Provider provider(String id, int weight) {
        return opened(new Provider(meetingPoint, id, weight));
    }

    private GreeterBlockingStub greeter() {
        return GreeterGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    /**
     * The command that reloads only wakes nginx, so what it knows is seen in its answers; each time over a new connection, since one
     * that is opened in the moment of a reload stays with a worker of before.
     */
    private void nginxKnows(int servers) {
        eventually()
                .until(() -> upstreams.state().behindSince() == null
                        && upstreams.state().upstreams().get(0).servers() == servers
                        && askedInstances(4 * servers).size() == servers);
    }

    private Set<String> askedInstances(int calls) {
        ManagedChannel fresh = NettyChannelBuilder.forAddress("127.0.0.1", nginx.port())
                .usePlaintext()
                .build();
        Set<String> instances = new TreeSet<>();
        try {
            for (int i = 0; i < calls; i++) {
                instances.add(GreeterGrpc.newBlockingStub(fresh)
                        .withDeadlineAfter(10, TimeUnit.SECONDS)
                        .sayHello(REQUEST)
                        .getInstance());
            }
        } catch (StatusRuntimeException notYet) {
            return Set.of();
        } finally {
            fresh.shutdownNow();
        }
        return instances;
    }

    private static Status statusOf(Runnable call) {
        try {
            call.run();
            return Status.OK;
        } catch (StatusRuntimeException ex) {
            return ex.getStatus();
        }
    }

    @Test
    void callsAreSpreadByWeightAndNamelessInstancesAreNotAskedForTheirNames() {
        Provider first = provider("a", 100);
        provider("b", 100);
        provider("c", 200);
        nginxKnows(3);
        Map<String, Integer> spread = new TreeMap<>();
        Metadata forged = new Metadata();
        ExpectedInstance.write(forged, "somebody else");
        GreeterBlockingStub stub = greeter().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(forged));
        for (int i = 0; i < 400; i++) {
            spread.merge(stub.sayHello(REQUEST).getInstance(), 1, Integer::sum);
        }
        assertThat(spread.get("a")).isCloseTo(100, within(2));
        assertThat(spread.get("b")).isCloseTo(100, within(2));
        assertThat(spread.get("c")).isCloseTo(200, within(2));
        assertThat(first.expectedInstances).containsExactly("null");
    }

    @Test
    void membersComeAndGoUnderLoadWithoutAFailedCall() throws Exception {
        Provider first = provider("a", 100);
        provider("b", 100);
        nginxKnows(2);
        try (CallLoad load = new CallLoad(channel, 200)) {
            eventually().until(() -> load.answered("a") > 20);
            Provider joins = provider("c", 100);
            eventually().until(() -> load.answered("c") > 20);
            first.leave(NOTICE);
            provider("d", 100);
            joins.leave(NOTICE);
            eventually().until(() -> load.answered("d") > 20);
            load.stop();
            System.out.println("nginx, members come and go: " + load);
            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    void openStreamOutlivesReloads() throws Exception {
        provider("a", 100);
        nginxKnows(1);
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        StreamObserver<HelloRequest> chat = GreeterGrpc.newStub(channel).chat(new StreamObserver<>() {
            @Override
            public void onNext(HelloReply reply) {
                answers.add(reply.getInstance());
            }

            @Override
            public void onError(Throwable failure) {
                answers.add(failure.toString());
            }

            @Override
            public void onCompleted() {
                answers.add("completed");
            }
        });
        chat.onNext(REQUEST);
        assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
        for (int i = 0; i < 2; i++) {
            provider("more-" + i, 100);
            nginxKnows(2 + i);
            chat.onNext(REQUEST);
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
        }
        chat.onCompleted();
        assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("completed");
        assertThat(greeter().sayHello(REQUEST).getInstance()).isNotEmpty();
    }

    @Test
    void killedInstanceIsUnavailableAndRetriesOfSafeCallsSeeNothing() throws Exception {
        Process dies = Provider.process(meetingPoint, "dies");
        opened.push(dies::destroyForcibly);
        nginxKnows(1);
        BlockingQueue<Status> ends = new LinkedBlockingQueue<>();
        GreeterGrpc.newStub(channel)
                .sayHello(HelloRequest.newBuilder().setDelayMillis(60_000).build(), new StreamObserver<>() {
                    @Override
                    public void onNext(HelloReply reply) {}

                    @Override
                    public void onError(Throwable failure) {
                        ends.add(Status.fromThrowable(failure));
                    }

                    @Override
                    public void onCompleted() {
                        ends.add(Status.OK);
                    }
                });
        provider("a", 100);
        provider("b", 100);
        nginxKnows(3);
        try (CallLoad load = new CallLoad(channel("retries"), 200)) {
            eventually().until(() -> load.answered("dies") > 50);
            dies.destroyForcibly().waitFor();
            nginxKnows(2);
            long answered = load.answered("a");
            eventually().until(() -> load.answered("a") > answered + 20);
            load.stop();
            System.out.println("nginx, kill -9 with retries: " + load);
            assertThat(load.failures()).isEmpty();
        }
        Status broken = ends.poll(10, TimeUnit.SECONDS);
        assertThat(broken.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(broken.getDescription()).contains("nginx: ");
    }

    @Test
    void nginxAnswersForItselfInStatusesOfGrpc() throws Exception {
        Status nobody = statusOf(() -> greeter().sayHello(REQUEST));
        assertThat(nobody.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(nobody.getDescription()).isEqualTo("nginx: no instance could be reached, or it broke off");
        Status unknown = statusOf(() -> FarewellGrpc.newBlockingStub(channel).sayBye(REQUEST));
        assertThat(unknown.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(unknown.getDescription()).isEqualTo("nginx: no location for this service");
        Provider last = provider("a", 100);
        nginxKnows(1);
        assertThat(greeter().sayHello(REQUEST).getInstance()).isEqualTo("a");
        last.leave(NOTICE);
        assertThat(statusOf(() -> greeter().sayHello(REQUEST)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void whatNginxRefusesIsTakenBackAndSaidInItsWords() throws Exception {
        provider("a", 100);
        nginxKnows(1);
        nginx.configure("nonsense on;\n");
        String good = Files.readString(nginx.upstreamFile());
        provider("b", 100);
        eventually().until(() -> upstreams.state().outcome() == Outcome.REFUSED);
        assertThat(upstreams.state().problem()).contains("unknown directive \"nonsense\"");
        assertThat(nginx.upstreamFile()).hasContent(good);
        assertThat(greeter().sayHello(REQUEST).getInstance()).isEqualTo("a");
        nginx.configure("");
        nginxKnows(2);
    }

    @Test
    void callerWithAnOldConnectionGoesOnAfterAReload() {
        provider("a", 100);
        nginxKnows(1);
        assertThat(greeter().sayHello(REQUEST).getInstance()).isEqualTo("a");
        provider("b", 100);
        nginxKnows(2);
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> greeter()
                        .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                        .sayHello(
                                HelloRequest.newBuilder().setDelayMillis(5_000).build()))
                .satisfies(ex -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    }
}
