/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Discovery through Kubernetes: watches on the EndpointSlices of the Services that are asked for, or look-ups of headless Services in DNS.
 *
 * <p>An endpoint that is being terminated has left; one that is missing or not ready has merely vanished. Registration is Kubernetes' own.
 *
 * <p>Thread-safe. One daemon thread, {@code rpc-kubernetes}, does all work however many services are watched, and calls the listeners,
 * which must not block; up to four more wait for answers of the cluster, and the client has its own. All start at first use.
 */
public final class KubernetesDiscovery implements DiscoveryBackend {

    /** The name of this backend. */
    public static final String NAME = "kubernetes";

    /** The control plane marks a pod as terminating, tells its slices, and each consumer hears of it: usually far below a second. */
    private static final Duration NOTICE_TIME = Duration.ofSeconds(5);

    /** Of two look-ups and what name servers and the JVM remember. */
    private static final Duration DNS_NOTICE_TIME = Duration.ofSeconds(20);

    private final KubernetesSettings settings;
    private final OwnPod pod;
    private final DnsWatch.Lookup lookup;
    private final InstantSource clock;
    private final Threads threads;
    private final ClusterAccess access;
    private final Set<Subscription> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Prepares to talk to the cluster. Nothing is started or asked yet.
     *
     * @param settings how the cluster is asked
     */
    public KubernetesDiscovery(KubernetesSettings settings) {
        this(
                settings,
                () -> FabricCluster.open(settings),
                new OwnPod(settings.pod()),
                InetAddress::getAllByName,
                InstantSource.system(),
                new Threads(System::nanoTime, Math::random));
    }

    KubernetesDiscovery(
            KubernetesSettings settings,
            Supplier<Cluster> cluster,
            OwnPod pod,
            DnsWatch.Lookup lookup,
            InstantSource clock,
            Threads threads) {
        this.settings = settings;
        this.access = new ClusterAccess(cluster);
        this.pod = pod;
        this.lookup = lookup;
        this.clock = clock;
        this.threads = threads;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Subscription watch(String service, Listener listener) {
        ServiceName name = ServiceName.parse(service);
        Subscription watch = switch (settings.mode()) {
            case API -> slices(name, listener);
            case DNS -> dns(name, listener);
        };
        watches.add(watch);
        return () -> {
            watches.remove(watch);
            watch.close();
        };
    }

    private Subscription slices(ServiceName name, Listener listener) {
        // The watch knows whether it is closed, and is made after who tells: hence the detour.
        SliceWatch[] watch = new SliceWatch[1];
        watch[0] = new SliceWatch(
                name,
                threads,
                access,
                settings.watchTime(),
                new EndpointReader(name.full(), settings.portName(), settings.family()),
                new Told(name.full(), listener, clock, () -> closed || watch[0].closed()));
        threads.execute(watch[0]::start);
        return watch[0]::close;
    }

    private Subscription dns(ServiceName name, Listener listener) {
        DnsWatch[] watch = new DnsWatch[1];
        watch[0] = new DnsWatch(
                name,
                Objects.requireNonNullElseGet(name.namespace(), this::dnsNamespace),
                settings,
                threads,
                lookup,
                new Told(name.full(), listener, clock, () -> closed || watch[0].closed()));
        threads.execute(watch[0]::start);
        return watch[0]::close;
    }

    private String dnsNamespace() {
        String configured = settings.namespace();
        String own = configured != null ? configured : pod.namespace();
        return own != null ? own : "default";
    }

    @Override
    public Registration register(ServiceInstance instance) {
        return new PodRegistration(instance);
    }

    @Override
    public @Nullable String assignedId() {
        return pod.id();
    }

    @Override
    public Duration noticeTime() {
        return settings.mode() == KubernetesSettings.Mode.DNS ? DNS_NOTICE_TIME : NOTICE_TIME;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        watches.forEach(Subscription::close);
        threads.execute(access::close);
        threads.execute(threads::close);
    }

    @Override
    public String toString() {
        return NAME + "[" + settings.mode().name().toLowerCase(java.util.Locale.ROOT) + "]";
    }
}
