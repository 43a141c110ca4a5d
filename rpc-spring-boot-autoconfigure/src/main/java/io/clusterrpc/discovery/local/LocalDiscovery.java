/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.store.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Discovery among the JVMs of one user on one machine. They meet in a directory: every JVM writes one file for itself and one for
 * each instance that it offers, and holds a connection to every other JVM there. A change is announced over the connections; a
 * connection that closes tells of a death, so that SIGKILL is noticed within milliseconds. Whoever finds the files of a dead
 * process removes them. After any of these signals, and once a second without one, the whole directory is read again: the files
 * are the truth, the signals only say when to look.
 *
 * <p>An instance whose file was removed by its owner, or whose process died, has left. One whose file disappeared otherwise has
 * merely vanished, and returns within about a second when its owner writes the file again. When the directory cannot be read or
 * written, instances of this JVM are still found from within it, and both directions are retried every second.
 *
 * <p>The connections are Unix domain sockets in that directory, or TCP connections on the loopback address where the platform has
 * none or the path is too long for one. A frozen process (SIGSTOP) keeps its sockets and stays listed.
 *
 * <p>Run on Linux, with both kinds of connections. Not run on macOS and Windows: there the same code runs on what the JDK offers
 * (Unix domain sockets from Windows 10 on); on Windows the permissions of the directory are not checked.
 *
 * <p>Thread-safe. One daemon thread, {@code rpc-local-*}, started at first use, does all work and calls all listeners, which must
 * not block. {@link #close} withdraws what was registered and waits for that, at most two seconds.
 */
public final class LocalDiscovery implements DiscoveryBackend {

    /** The name of this backend. */
    public static final String NAME = "local";

    static final String DIRECTORY_PROPERTY = "rpc.discovery.local.directory";
    static final String NAMESPACE_PROPERTY = "rpc.discovery.local.namespace";

    private static final Logger logger = LoggerFactory.getLogger(LocalDiscovery.class);
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
    private static final Duration NOTICE_TIME = Duration.ofMillis(200);

    private final Hub hub;

    /**
     * Checks the directory and creates it where it is missing. Nothing is started yet.
     *
     * @param directory where the JVMs meet; must belong to this user, and to nobody else
     * @param namespace JVMs with different ones do not see each other; letters, digits, dot, hyphen, underscore
     * @throws DiscoveryConfigurationException if the directory is unusable or unsafe, or the namespace malformed
     */
    public LocalDiscovery(Path directory, String namespace) {
        this(directory, namespace, Surroundings.found(), true);
    }

    LocalDiscovery(Path directory, String namespace, Surroundings surroundings, boolean unixSockets) {
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new DiscoveryConfigurationException(
                    NAMESPACE_PROPERTY,
                    "'" + namespace + "' is no namespace",
                    "Use at most 64 letters, digits, dots, hyphens and underscores, not starting with a dot or hyphen.",
                    null);
        }
        MeetingPoint place = MeetingPoint.of(directory, namespace);
        try {
            PrivateDirectory.prepare(place.base());
        } catch (IOException ex) {
            throw new DiscoveryConfigurationException(
                    DIRECTORY_PROPERTY,
                    String.valueOf(ex.getMessage()),
                    "Point it to a directory that this user can write and nobody else can read, or choose another backend"
                            + " with rpc.discovery.backends.",
                    ex);
        }
        if (surroundings.isContainer()) {
            logger.warn(
                    "This process runs in a container, and local discovery finds nobody outside of it: choose another backend"
                            + " (add its module, or set rpc.discovery.backends)");
        }
        this.hub = new Hub(place, unixSockets);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Subscription watch(String service, Listener listener) {
        return hub.watch(service, listener);
    }

    @Override
    public Registration register(ServiceInstance instance) {
        return hub.register(instance);
    }

    @Override
    public Catalog catalog() {
        return hub::watchCatalog;
    }

    @Override
    public boolean loopbackOnly() {
        return true;
    }

    @Override
    public Duration noticeTime() {
        return NOTICE_TIME;
    }

    @Override
    public void close() {
        hub.close();
    }

    /** Ends like a process that is killed: connections close, and nothing is withdrawn. For tests. */
    void abandon() {
        hub.abandon();
    }

    @Override
    public String toString() {
        return NAME + "[" + hub + "]";
    }
}
