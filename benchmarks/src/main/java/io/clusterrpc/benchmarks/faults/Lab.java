/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.CallListener;
import io.clusterrpc.RpcReference;
import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Samples;
import io.clusterrpc.benchmarks.Timeline;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.reference.RpcReferences;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * Providers as processes, and this JVM as their consumer, for one fault. Everything that happens is written to
 * {@code calls*.csv} and {@code events.csv}. Closing ends all of it.
 */
final class Lab implements AutoCloseable {

    /** The phase of the samples that count; what is called before it lets the JVMs settle. */
    static final String FAULT = "fault";

    private static final int SETTLING_CALLS = 400;

    private final Path folder;
    private List<String> registry =
            List.of("--rpc.discovery.backends=local", "--rpc.discovery.local.namespace=faults-" + UUID.randomUUID());
    private Map<String, String> environment = Map.of();
    private final Timeline timeline = new Timeline();
    private final Samples calls;
    private final Samples events;
    private final List<ProviderProcess> providers = new ArrayList<>();
    private final List<AutoCloseable> further = new ArrayList<>();
    private @Nullable ConfigurableApplicationContext consumer;

    Lab(Path folder) {
        this.folder = folder;
        this.calls = new Samples(folder.resolve("calls.csv"), Load.COLUMNS);
        this.events = new Samples(folder.resolve("events.csv"), "micros", "event", "detail");
    }

    /** Nothing but the reference: the package is full of beans of a provider. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Consumer {

        record Stub(GreeterStub greeter) {}

        @Bean
        Stub stub(@RpcReference("greeter") GreeterStub greeter) {
            return new Stub(greeter);
        }
    }

    /** What applications are told of their registry from now on, instead of a namespace of local discovery. */
    void registry(String... arguments) {
        registry = List.of(arguments);
    }

    /** Variables of the environment of processes from now on. */
    void environment(Map<String, String> variables) {
        environment = variables;
    }

    Path folder() {
        return folder;
    }

    /** Starts providers and waits until they are ready. */
    List<ProviderProcess> providers(int number, String... arguments) throws IOException {
        return start(Collections.nCopies(number, arguments));
    }

    /** Starts one provider for each argument and waits until they are ready. */
    List<ProviderProcess> providers(List<String> arguments) throws IOException {
        return start(arguments.stream().map(argument -> new String[] {argument}).toList());
    }

    private List<ProviderProcess> start(List<String[]> arguments) throws IOException {
        List<ProviderProcess> started = new ArrayList<>();
        for (String[] each : arguments) {
            started.add(launch(each));
        }
        for (ProviderProcess provider : started) {
            provider.readyMicros();
            event("ready", provider.pid());
        }
        return started;
    }

    /** Starts a provider that consumers reach through a proxy, and waits until it is ready. */
    Proxy providerBehindProxy() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Proxy proxy = proxy(port);
        providers(1, "--spring.grpc.server.port=" + port, "--rpc.provider.port=" + proxy.port());
        return proxy;
    }

    /** A proxy in front of a port, whose connections are written down. */
    Proxy proxy(int port) throws IOException {
        Proxy proxy = closing(new Proxy(port));
        proxy.listener(what -> event(what, port));
        return proxy;
    }

    private ProviderProcess launch(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                FaultProvider.class.getName(),
                "--spring.application.name=greeter",
                "--spring.grpc.server.address=127.0.0.1",
                "--spring.main.web-application-type=none"));
        command.addAll(registry);
        command.addAll(List.of(arguments));
        if (command.stream().noneMatch(argument -> argument.startsWith("--spring.grpc.server.port="))) {
            command.add("--spring.grpc.server.port=0");
        }
        ProviderProcess provider =
                ProviderProcess.launch(folder.resolve("provider-" + providers.size() + ".log"), command, environment);
        providers.add(provider);
        return provider;
    }

    /** Starts the consumer and calls until nothing fails any more: a JVM that has just started may time out. */
    void consume(String... arguments) throws InterruptedException {
        consume(context -> {}, arguments);
    }

    /** The same with a registry of its own. */
    void consume(DiscoveryBackend backend, String... arguments) throws InterruptedException {
        consume(context -> context.getBeanFactory().registerSingleton("backend", backend), arguments);
    }

    /** The same with somebody who hears of its calls. */
    void consume(CallListener listener, String... arguments) throws InterruptedException {
        consume(context -> context.getBeanFactory().registerSingleton("listener", listener), arguments);
    }

    private void consume(ApplicationContextInitializer<ConfigurableApplicationContext> initializer, String... arguments)
            throws InterruptedException {
        consumer = new SpringApplicationBuilder(Consumer.class)
                .web(WebApplicationType.NONE)
                .initializers(initializer)
                .run(consumerArguments(arguments).toArray(String[]::new));
        settle(timeline, calls, greeter());
    }

    /** Starts a consumer in a process of its own; it calls when it is told, see {@link FaultConsumer}. */
    ProviderProcess consumerProcess(String... arguments) throws IOException {
        String name = "consumer-" + providers.size();
        List<String> command = new ArrayList<>(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                FaultConsumer.class.getName(),
                folder.resolve("calls-" + name + ".csv").toString()));
        command.addAll(consumerArguments(arguments));
        ProviderProcess process = ProviderProcess.launch(folder.resolve(name + ".log"), command, environment);
        providers.add(process);
        return process;
    }

    private List<String> consumerArguments(String... arguments) {
        List<String> all = new ArrayList<>(registry);
        all.add("--spring.application.name=consumer");
        all.addAll(List.of(arguments));
        return all;
    }

    /** Makes some calls through a further reference of the consumer, so that it is connected. */
    void connect(String reference) throws InterruptedException {
        Load.start(timeline, calls, "before", greeter(reference), Load.Kinds.SAFE, 100, 10)
                .await();
    }

    static void settle(Timeline timeline, Samples calls, GreeterStub greeter) throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            Load load = Load.start(timeline, calls, "before", greeter, Load.Kinds.SAFE, 200, SETTLING_CALLS);
            load.await();
            if (load.failed() == 0 && round > 0) {
                return;
            }
        }
        throw new IllegalStateException("calls fail although no fault was injected yet: see calls.csv");
    }

    ConfigurableApplicationContext consumer() {
        if (consumer == null) {
            throw new IllegalStateException("no consumer yet");
        }
        return consumer;
    }

    GreeterStub greeter() {
        return consumer().getBean(Consumer.Stub.class).greeter();
    }

    private GreeterStub greeter(String reference) {
        return consumer().getBean(RpcReferences.class).stub(reference, GreeterStub.class);
    }

    /** The same through a further reference; what its samples are called keeps them apart from those of the fault. */
    Load load(String phase, String reference, int perSecond) {
        return Load.start(timeline, calls, phase, greeter(reference), Load.Kinds.SAFE, perSecond, Long.MAX_VALUE);
    }

    /** Calls at a fixed rate until the number of calls is reached or it is closed. */
    Load load(Load.Kinds kinds, int perSecond, long calls) {
        return Load.start(timeline, this.calls, FAULT, greeter(), kinds, perSecond, calls);
    }

    /** A call that a fault makes by itself. */
    void call(long began, String method, String code, String instance, String text) {
        calls.add(FAULT, began, timeline.micros(), method, code, instance, text);
    }

    void event(String name, Object detail) {
        events.add(timeline.micros(), name, detail);
    }

    long micros() {
        return timeline.micros();
    }

    <T extends AutoCloseable> T closing(T resource) {
        further.add(resource);
        return resource;
    }

    static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() throws Exception {
        if (consumer != null) {
            consumer.close();
        }
        providers.forEach(ProviderProcess::close);
        for (AutoCloseable resource : further) {
            resource.close();
        }
        calls.close();
        events.close();
    }
}
