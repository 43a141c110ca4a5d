/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** fabric8's server, which keeps what is written and tells who watches. */
final class MockCluster implements AutoCloseable {

    /** It writes a line for every request. Held, because loggers are forgotten. */
    private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

    static {
        REQUESTS.setLevel(Level.WARNING);
    }

    private final KubernetesMockServer server;
    private final KubernetesClient admin;

    MockCluster() {
        this(false);
    }

    /** With a certificate that nobody trusts. */
    static MockCluster talkingTls() {
        return new MockCluster(true);
    }

    private MockCluster(boolean tls) {
        server = new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new PatientDispatcher(), tls);
        server.init(InetAddress.getLoopbackAddress(), 0);
        admin = server.createClient();
    }

    KubernetesClient admin() {
        return admin;
    }

    static Config config(String url) {
        return new ConfigBuilder(Config.empty()).withMasterUrl(url).build();
    }

    @Override
    public void close() {
        admin.close();
        server.destroy();
    }
}
