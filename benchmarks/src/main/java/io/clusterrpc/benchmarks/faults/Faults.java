/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.util.List;

/** All faults, in the order in which they are injected. */
final class Faults {

    static final List<Fault> ALL = List.of(
            new Kill(),
            new Freeze(),
            new RollingRestart(),
            new SlowNode(),
            new SlowProxy(),
            new ErrorFast(),
            new RetryStorm(),
            new Outage(),
            new Overload(),
            new HalfOpen(),
            new ConnectionReset(),
            new RegistryLost(),
            new DiskFull(),
            new MalformedFrames(),
            new ResetFlood(),
            new HugeMessages());

    private Faults() {}

    static Fault named(String name) {
        return ALL.stream()
                .filter(fault -> fault.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("fault: '" + name + "' (expected one of: "
                        + String.join(", ", ALL.stream().map(Fault::name).toList()) + ")"));
    }
}
