/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.dubbo;

import io.clusterrpc.demo.api.DubboGreeterTriple;
import io.clusterrpc.demo.api.Greeter;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/**
 * A server as Dubbo has it, with Triple and its other defaults. Runs until it is killed. It is called over loopback, but listens on all
 * addresses: Dubbo refuses to be bound to that one.
 */
final class DubboServer {

    private DubboServer() {}

    public static void main(String[] args) throws IOException {
        int port = freePort();
        ProtocolConfig protocol = new ProtocolConfig("tri", port);
        protocol.setHost("127.0.0.1");
        ServiceConfig<Greeter> service = new ServiceConfig<>();
        service.setInterface(Greeter.class);
        service.setRef(new Echo());
        DubboBootstrap.getInstance()
                .application(application("servers"))
                .registry(new RegistryConfig(RegistryConfig.NO_AVAILABLE))
                .protocol(protocol)
                .service(service)
                .start();
        System.out.println("serving on port: " + port);
        DubboBootstrap.getInstance().await();
    }

    /** Without the console that Dubbo opens on a port of its own. */
    static ApplicationConfig application(String name) {
        ApplicationConfig application = new ApplicationConfig(name);
        application.setQosEnable(false);
        return application;
    }

    /** Dubbo takes no port 0. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Answers with what it was sent. */
    static class Echo extends DubboGreeterTriple.GreeterImplBase {

        @Override
        public HelloReply sayHello(HelloRequest request) {
            return HelloReply.newBuilder().setMessage(request.getName()).build();
        }
    }
}
