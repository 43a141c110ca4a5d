/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.backends;

import io.clusterrpc.demo.api.GreeterGrpc;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A process of many backends: gRPC servers with a port each, that answer after a while (timers, no thread waits) or fail at once.
 * Prints the ports in a line, then obeys lines "NUMBER MEAN_MICROS DEVIATION_MICROS" and "NUMBER fail", each of which it answers
 * with a line; ends with its input.
 */
final class BackendsServer extends GreeterGrpc.GreeterImplBase {

    private final ScheduledThreadPoolExecutor timers;
    private volatile Behaviour behaviour = new Behaviour(false, 0, 0);

    private record Behaviour(boolean failing, long meanMicros, long deviationMicros) {}

    private BackendsServer(ScheduledThreadPoolExecutor timers) {
        this.timers = timers;
    }

    /** Argument: how many backends. */
    public static void main(String[] args) throws IOException {
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
        List<BackendsServer> backends = new ArrayList<>();
        StringJoiner ports = new StringJoiner(",");
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            BackendsServer backend = new BackendsServer(timers);
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .directExecutor()
                    .addService(backend)
                    .addService(new HealthStatusManager().getHealthService())
                    .build()
                    .start();
            backends.add(backend);
            ports.add(String.valueOf(server.getPort()));
        }
        System.out.println(ports);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                backends.get(Integer.parseInt(words[0])).behaviour = words[1].equals("fail")
                        ? new Behaviour(true, 0, 0)
                        : new Behaviour(false, Long.parseLong(words[1]), Long.parseLong(words[2]));
                System.out.println(line);
            }
        }
        System.exit(0); // the servers' threads
    }

    @Override
    public void sayHello(HelloRequest request, StreamObserver<HelloReply> response) {
        Behaviour now = behaviour;
        if (now.failing) {
            response.onError(Status.UNAVAILABLE.withDescription("told to fail").asRuntimeException());
            return;
        }
        double micros = ThreadLocalRandom.current().nextGaussian(now.meanMicros, now.deviationMicros);
        timers.schedule(() -> answer(response), Math.max(0, (long) micros), TimeUnit.MICROSECONDS);
    }

    private static void answer(StreamObserver<HelloReply> response) {
        if (!((ServerCallStreamObserver<HelloReply>) response).isCancelled()) {
            response.onNext(HelloReply.getDefaultInstance());
            response.onCompleted();
        }
    }
}
