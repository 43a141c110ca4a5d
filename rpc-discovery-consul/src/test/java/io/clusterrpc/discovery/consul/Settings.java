/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Settings for tests: short waits. */
final class Settings {

    static final ConsulCheck TTL = check(ConsulCheck.Type.TTL);
    static final ConsulCheck GRPC = check(ConsulCheck.Type.GRPC);

    private Settings() {}

    static ConsulCheck check(ConsulCheck.Type type) {
        return new ConsulCheck(
                type,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                false,
                false,
                Duration.ofMinutes(1));
    }

    static ConsulSettings of(AclToken token, ConsulCheck check, URI... agents) {
        return new ConsulSettings(
                List.of(agents),
                token,
                null,
                null,
                null,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                check);
    }
}
