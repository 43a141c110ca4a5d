/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.util.List;
import java.util.Set;

/** All faults, in the order in which they are injected. */
final class Faults {

    static final List<Fault> ALL = List.of(
            new Kill(),
            new Freeze(),
            new RollingRestart(),
            new SlowNode(),
            new SlowProxy(),
            new ErrorFast(),
            new HandlerExhaustion(),
            new RetryStorm(),
            new Outage(),
            new Overload(),
            new HalfOpen(),
            new ConnectionReset(),
            new LongPause(),
            new ClockStep(),
            new SlowStream(),
            new Churn(),
            new RegistryDown(),
            new RegistryDownLocal(),
            new RegistryLies(),
            new RegistryLost(),
            new DiskFull(),
            new MalformedFrames(),
            new ResetFlood(),
            new HugeMessages());

    /** Those that take long and little CPU, and whose bars do not mind what the others do: injected at the same time. */
    static final Set<String> TOGETHER = Set.of("registry-down", "registry-down-local", "registry-lies");

    private Faults() {}

    static Fault named(String name) {
        return ALL.stream()
                .filter(fault -> fault.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("fault: '" + name + "' (expected one of: "
                        + String.join(", ", ALL.stream().map(Fault::name).toList()) + ")"));
    }
}
