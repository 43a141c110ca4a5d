/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.CallListener;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Sample;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All providers are killed; ten seconds later others are started at the same ports. The registry tells one consumer. Others know the
 * addresses only: nothing but further tries of their connections say when they are back, and all lost them at the same moment.
 */
final class Outage implements Fault {

    private static final int PROVIDERS = 3;
    private static final int UNTOLD = 20;

    /** Where the pauses between tries would bring all untold consumers at once if they had no jitter. */
    private static final long MOMENT_MICROS = 100_000;

    @Override
    public String name() {
        return "outage";
    }

    @Override
    public String expected() {
        return "all 3 killed, others 10 s later: full success within 2 s of the first one's return, calls meanwhile fail at once"
                + " with at most 1.2 attempts each; 20 consumers that no registry tells try each connection at most once a"
                + " second and have it again once, within 2 s, at most a quarter of them within the same 100 ms";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        List<Integer> ports = ports();
        List<Proxy> proxies = new ArrayList<>();
        for (int port : ports) {
            proxies.add(lab.proxy(port));
        }
        List<ProviderProcess> all = start(lab, ports);
        lab.consume(attempts(lab), untold(proxies));
        for (int i = 0; i < UNTOLD; i++) {
            lab.connect(reference(i));
        }
        try (Load told = lab.load(Load.Kinds.SAFE, 200, Long.MAX_VALUE);
                Load untold = lab.load("untold", reference(0), 50)) {
            Lab.pause(3_000);
            proxies.forEach(proxy -> proxy.refuse(true));
            lab.event("killed", "");
            all.forEach(ProviderProcess::kill);
            Lab.pause(10_000);
            List<ProviderProcess> others = start(lab, ports);
            lab.event("listening", "");
            proxies.forEach(proxy -> proxy.refuse(false));
            for (ProviderProcess provider : others) {
                lab.event("back", provider.readyMicros());
            }
            Lab.pause(15_000);
            lab.event("end", "");
        }
    }

    private static List<Integer> ports() throws Exception {
        List<ServerSocket> free = new ArrayList<>();
        for (int i = 0; i < PROVIDERS; i++) {
            free.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        List<Integer> ports = free.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : free) {
            socket.close();
        }
        return ports;
    }

    private static List<ProviderProcess> start(Lab lab, List<Integer> ports) throws Exception {
        return lab.providers(
                ports.stream().map(port -> "--spring.grpc.server.port=" + port).toList());
    }

    private static String reference(int number) {
        return "untold-" + number;
    }

    /** References that know the addresses of the proxies, each with connections of its own. */
    private static String[] untold(List<Proxy> proxies) {
        String addresses =
                proxies.stream().map(proxy -> "127.0.0.1:" + proxy.port()).collect(Collectors.joining(","));
        return IntStream.rangeClosed(0, UNTOLD)
                .mapToObj(i -> i == UNTOLD
                        ? "--rpc.discovery.fixed.untold=" + addresses
                        : "--rpc.references." + reference(i) + ".service=untold")
                .toArray(String[]::new);
    }

    private static CallListener attempts(Lab lab) {
        return new CallListener() {
            @Override
            public void attemptEnded(
                    String reference,
                    MethodDescriptor<?, ?> method,
                    @Nullable ServiceInstance instance,
                    int attempt,
                    Status.Code code,
                    long nanos) {
                lab.event("attempt", reference);
            }

            @Override
            public void undelivered(
                    String reference, MethodDescriptor<?, ?> method, @Nullable ServiceInstance instance) {
                lab.event("attempt", reference);
            }
        };
    }

    @Override
    public Finding judge(Recording recording) {
        long killed = recording.at("killed");
        long back = recording.events("back").stream()
                .mapToLong(event -> event.number("detail"))
                .min()
                .orElseThrow();
        long end = recording.at("end");
        List<Sample> during = recording.calls(killed + 1_000_000, back - 100_000);
        double waited = Recording.quantile(during, 0.99);
        long late = Recording.failed(recording.calls(back + 2_000_000, end));
        long untoldLate = Recording.failed(recording.calls("untold", recording.at("listening") + 2_000_000, end));
        double told = attempts(recording, "greeter", Lab.FAULT, killed, back);
        double untold = attempts(recording, reference(0), "untold", killed, back);
        Connections connections = Connections.of(recording, end);
        return new Finding(
                late == 0
                        && untoldLate == 0
                        && waited <= 1_000
                        && Recording.failed(during) > 0
                        && told <= 1.2
                        && untold <= 1.2
                        && connections.held(),
                Recording.text(
                        "%d failed later than 2 s after the return (untold %d); p99 of the calls meanwhile %.0f ms, %.2f attempts"
                                + " each (untold %.2f); %s",
                        late, untoldLate, waited, told, untold, connections));
    }

    /** Attempts for each call of a reference between two points in time. */
    private static double attempts(Recording recording, String reference, String phase, long from, long to) {
        long attempts = recording.events("attempt").stream()
                .filter(event ->
                        event.is("detail", reference) && event.number("micros") >= from && event.number("micros") < to)
                .count();
        return (double) attempts / recording.calls(phase, from, to).size();
    }

    /**
     * What the untold consumers did to the ports.
     *
     * @param perSecond how often each connection was tried while nobody was there
     * @param made how many were made after the return
     * @param atOnce the largest share of them within a moment
     * @param seconds how long it took until all were made
     */
    private record Connections(double perSecond, int made, double atOnce, double seconds) {

        static Connections of(Recording recording, long end) {
            long killed = recording.at("killed");
            long listening = recording.at("listening");
            List<Long> refused = times(recording, "refused", killed, listening);
            List<Long> made = times(recording, "connected", listening, end);
            double connections = UNTOLD * PROVIDERS;
            return new Connections(
                    refused.size() / connections / ((listening - killed) / 1e6),
                    made.size(),
                    most(made) / (double) Math.max(1, made.size()),
                    made.isEmpty() ? Double.NaN : (made.get(made.size() - 1) - listening) / 1e6);
        }

        private static List<Long> times(Recording recording, String event, long from, long to) {
            return recording.events(event).stream()
                    .map(each -> each.number("micros"))
                    .filter(micros -> micros >= from && micros < to)
                    .sorted()
                    .toList();
        }

        private static long most(List<Long> times) {
            return times.stream()
                    .mapToLong(from -> times.stream()
                            .filter(micros -> micros >= from && micros < from + MOMENT_MICROS)
                            .count())
                    .max()
                    .orElse(0);
        }

        boolean held() {
            return perSecond > 0 && perSecond <= 1 && made == UNTOLD * PROVIDERS && seconds <= 2 && atOnce <= 0.25;
        }

        @Override
        public String toString() {
            return Recording.text(
                    "untold, each connection was tried %.2f times a second, and %d of %d were made again within %.1f s, at most"
                            + " %.0f %% of them in 100 ms",
                    perSecond, made, UNTOLD * PROVIDERS, seconds, 100 * atOnce);
        }
    }
}
