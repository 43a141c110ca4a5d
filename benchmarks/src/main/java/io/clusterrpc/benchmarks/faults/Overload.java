/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.benchmarks.Sample;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.List;

/** Three times as many calls as the providers can work on. */
final class Overload implements Fault {

    /** Calls a second that 3 providers with 4 slots of 20 ms each can answer. */
    private static final int CAPACITY = 600;

    private static final int SECONDS = 15;

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public String expected() {
        return "3 x the calls that fixed slots can answer: goodput >= 90 % of the peak, p99 of accepted calls <= 3 x"
                + " unloaded, the breaker stays closed";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        List<ProviderProcess> providers = lab.providers(3);
        lab.consume();
        for (ProviderProcess provider : providers) {
            provider.said("slots 4 20", "handled (\\d+)");
        }
        CircuitBreaker breaker =
                lab.consumer().getBean(CircuitBreakerRegistry.class).circuitBreaker("greeter");
        breaker.getEventPublisher()
                .onStateTransition(
                        event -> lab.event("breaker", event.getStateTransition().getToState()));
        phase(lab, "unloaded", CAPACITY / 4);
        phase(lab, "peak", CAPACITY * 95 / 100);
        phase(lab, "overload", CAPACITY * 3);
        lab.event("end", "");
    }

    private static void phase(Lab lab, String name, int perSecond) throws Exception {
        lab.event(name, perSecond);
        try (Load load = lab.load(Load.Kinds.SAFE, perSecond, Long.MAX_VALUE)) {
            Lab.pause(SECONDS * 1_000L);
        }
    }

    @Override
    public Finding judge(Recording recording) {
        long peakFrom = recording.at("peak");
        long overloadFrom = recording.at("overload");
        List<Sample> unloaded = good(recording.calls(recording.at("unloaded"), peakFrom));
        List<Sample> peak = good(recording.calls(peakFrom, overloadFrom));
        // The limit has to be found first.
        long steady = overloadFrom + 5_000_000;
        List<Sample> overload = good(recording.calls(steady, recording.at("end")));
        double goodput = rate(overload, steady, overloadFrom + SECONDS * 1_000_000L);
        double best = rate(peak, peakFrom, peakFrom + SECONDS * 1_000_000L);
        double p99 = Recording.quantile(overload, 0.99);
        double p99Unloaded = Recording.quantile(unloaded, 0.99);
        long transitions = recording.events("breaker").size();
        return new Finding(
                goodput >= 0.9 * best && p99 <= 3 * p99Unloaded && transitions == 0,
                Recording.text(
                        "goodput %.0f/s of %.0f/s (%.0f %%), p99 %.0f ms, unloaded %.0f ms, %d transitions of the breaker",
                        goodput, best, Recording.percent(goodput, best), p99, p99Unloaded, transitions));
    }

    private static double rate(List<Sample> calls, long from, long to) {
        return calls.size() / ((to - from) / 1e6);
    }

    private static List<Sample> good(List<Sample> calls) {
        return calls.stream().filter(call -> call.is("code", "OK")).toList();
    }
}
