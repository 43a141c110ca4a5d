/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Timeline;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.discovery.Directory;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Changes, outages and the size of a real Consul, and an nginx that follows it. This JVM is the consumer, so that calls, picks and
 * changes are stamped by one clock. Writes {@code events.csv}, {@code calls.csv}, {@code picks.csv}, {@code requests.csv} and
 * {@code consumer.csv}; judges nothing.
 */
final class DiscoveryRun {

    private DiscoveryRun() {}

    /** Arguments: the folder for the samples, Consul, nginx, the folder of nginx with its configuration, its port. */
    public static void main(String[] args) throws Exception {
        Path results = Path.of(args[0]);
        Timeline timeline = new Timeline();
        try (Stage stage = new Stage(results, timeline);
                Agent agent = new Agent(Path.of(args[1]), results.resolve("consul"), results.resolve("consul.log"));
                Cable cable = new Cable(agent.port(), timeline, results.resolve("requests.csv"));
                Registry consul = new ConsulRegistry(cable.port())) {
            List<AutoCloseable> servers = new ArrayList<>();
            List<Registry.Membership> members = new ArrayList<>();
            for (String id : List.of("a", "b")) {
                PlainServer server = new PlainServer();
                servers.add(server);
                members.add(consul.join(id, server.port()));
            }
            try (ConfigurableApplicationContext consumer = consumer(stage, consul)) {
                GreeterStub greeter =
                        consumer.getBean(DiscoveryConsumer.Stub.class).greeter();
                Changes changes = new Changes(stage, consul, consumer.getBean(Directory.class));
                settle(greeter.getChannel());
                changes.joinAndLeave(consul.name(), greeter, 250);
                changes.kill(consul.name() + "-kill", greeter);
                behindNginx(stage, consul, changes, args);
                new Outages(stage, agent, cable, greeter, members).run();
            }
            new Bulk(stage, agent).run(cable.port());
            for (AutoCloseable server : servers) {
                server.close();
            }
        }
    }

    private static ConfigurableApplicationContext consumer(Stage stage, Registry registry) {
        return new SpringApplicationBuilder(DiscoveryConsumer.class)
                .web(WebApplicationType.NONE)
                .initializers(context -> context.getBeanFactory().registerSingleton("timeline", stage.timeline))
                .run(Stream.concat(
                                Stream.of(registry.arguments()),
                                Stream.of(
                                        "--spring.application.name=discovery",
                                        "--discovery.picks=" + stage.results.resolve("picks.csv"),
                                        "--rpc.references.greeter.balancing.algorithm=round-robin",
                                        "--rpc.references.greeter.balancing.warm-up=0s"))
                        .toArray(String[]::new));
    }

    private static void behindNginx(Stage stage, Registry registry, Changes changes, String[] args) throws Exception {
        Path folder = Path.of(args[3]);
        String nginx = args[2] + " -p " + folder + " -c " + folder.resolve("nginx.conf") + " -e "
                + folder.resolve("error.log");
        try (ConfigurableApplicationContext gateway = new SpringApplicationBuilder(QuietApplication.class)
                .web(WebApplicationType.NONE)
                .run(Stream.concat(
                                Stream.of(registry.arguments()),
                                Stream.of(
                                        "--rpc.nginx.upstream-file=" + folder.resolve("upstreams.conf"),
                                        "--rpc.nginx.services=greeter",
                                        "--rpc.nginx.check-command=" + nginx + " -t -q",
                                        "--rpc.nginx.reload-command=" + nginx + " -s reload"))
                        .toArray(String[]::new))) {
            Stage.until("the upstream file is written", () -> Files.exists(folder.resolve("upstreams.conf")));
            int code = new ProcessBuilder(nginx.split(" ")).inheritIO().start().waitFor();
            if (code != 0) {
                throw new IllegalStateException("nginx did not start: " + code);
            }
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(args[4]))
                    .usePlaintext()
                    .build();
            try {
                settle(channel);
                changes.joinAndLeave("nginx", GreeterGrpc.newStub(channel), 700);
            } finally {
                channel.shutdownNow();
                new ProcessBuilder((nginx + " -s stop").split(" "))
                        .inheritIO()
                        .start()
                        .waitFor();
            }
        }
    }

    private static void settle(io.grpc.Channel channel) {
        var stub = GreeterGrpc.newBlockingStub(channel);
        Stage.until("calls are answered", () -> {
            try {
                for (int i = 0; i < 200; i++) {
                    stub.sayHello(HelloRequest.getDefaultInstance());
                }
                return true;
            } catch (StatusRuntimeException notYet) {
                return false;
            }
        });
    }
}
