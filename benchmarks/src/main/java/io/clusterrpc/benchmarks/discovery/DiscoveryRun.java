/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import io.clusterrpc.benchmarks.Timeline;
import io.clusterrpc.demo.api.GreeterGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Changes, outages and the size of a real Consul, and an nginx that follows it. This JVM is the consumer, so that calls, picks and
 * changes are stamped by one clock. Writes {@code events.csv}, {@code calls.csv}, {@code picks.csv}, {@code stalls.csv},
 * {@code requests.csv} and {@code consumer.csv}; judges nothing.
 */
final class DiscoveryRun {

    private DiscoveryRun() {}

    /** Arguments: the folder for the samples, Consul, nginx, the folder of nginx with its configuration, its port. */
    public static void main(String[] args) throws Exception {
        Path results = Path.of(args[0]);
        Timeline timeline = new Timeline();
        try (Stage stage = new Stage(results, timeline);
                Agent agent = new Agent(Path.of(args[1]), results.resolve("consul"), results.resolve("consul.log"))) {
            changes(stage, agent, args);
            try (Cable cable = new Cable(agent.port(), timeline, results.resolve("requests.csv"))) {
                outages(stage, agent, cable);
                new Bulk(stage, agent).run(cable.port());
            }
        }
    }

    private static void changes(Stage stage, Agent agent, String[] args) throws Exception {
        try (Registry consul = new ConsulRegistry(agent.port());
                Members members = new Members(consul);
                Consumer consumer = new Consumer(stage, consul, "picks.csv")) {
            Changes changes = new Changes(stage, consul, consumer.directory());
            changes.joinAndLeave(consul.name(), consumer.greeter(), 250);
            changes.kill(consul.name() + "-kill", consumer.greeter());
            behindNginx(stage, consul, changes, args);
        }
    }

    private static void outages(Stage stage, Agent agent, Cable cable) throws Exception {
        try (Registry consul = new ConsulRegistry(cable.port());
                Members members = new Members(consul);
                Consumer consumer = new Consumer(stage, consul, "picks-in-outages.csv")) {
            new Outages(stage, agent, cable, consumer.greeter(), members.memberships).run();
        }
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
                Consumer.settle(channel);
                // Quiet for longer than a leave may take, else the next join would hide one that took too long.
                changes.joinAndLeave("nginx", GreeterGrpc.newStub(channel), 1_100);
            } finally {
                channel.shutdownNow();
                new ProcessBuilder((nginx + " -s stop").split(" "))
                        .inheritIO()
                        .start()
                        .waitFor();
            }
        }
    }
}
