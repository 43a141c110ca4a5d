/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.price;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The client's side of a round: callers that call as fast as they can, or at a fixed rate, and what that cost this JVM. Orders come
 * on standard input, so that several clients can take turns without starting anew:
 *
 * <ul>
 *   <li>{@code peak CALLERS MILLIS BYTES}: answers {@code calls failed nanos cpuNanos allocatedBytes sleeps jvmNanos}, see {@link Cost}.
 *   <li>{@code rate CALLERS MILLIS BYTES PER_SECOND}: answers {@code calls failed p50Nanos p99Nanos}. A latency counts from when
 *       the call should have begun, so a stall is not forgotten.
 * </ul>
 */
public final class Rounds {

    private final Consumer<String> call;
    private final PrintStream out;
    private final ExecutorService callers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        return thread;
    });

    private Rounds(Consumer<String> call, PrintStream out) {
        this.call = call;
        this.out = out;
    }

    /**
     * Makes a first call, says that it is ready, and runs rounds until the input ends.
     *
     * @param call makes one call with a text and blocks for the answer; throws if it failed
     * @throws Exception if the first call fails or an order cannot be carried out
     */
    public static void serve(Consumer<String> call) throws Exception {
        new Rounds(call, System.out).serve();
    }

    private void serve() throws Exception {
        call.accept("first");
        out.println("@ready");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            out.println("@round " + round(order.split(" ")));
        }
    }

    private String round(String[] order) throws Exception {
        int count = Integer.parseInt(order[1]);
        long nanos = Long.parseLong(order[2]) * 1_000_000;
        String text = "x".repeat(Integer.parseInt(order[3]));
        return switch (order[0]) {
            case "peak" -> peak(count, nanos, text);
            case "rate" -> rate(count, nanos, text, Integer.parseInt(order[4]));
            default -> throw new IllegalArgumentException("round: " + order[0] + " (expected: peak or rate)");
        };
    }

    private String peak(int count, long nanos, String text) throws Exception {
        AtomicLong calls = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        Cost before = Cost.soFar();
        long began = System.nanoTime();
        together(count, caller -> {
            long made = 0;
            long lost = 0;
            while (System.nanoTime() - began < nanos) {
                made++;
                lost += succeeds(text) ? 0 : 1;
            }
            calls.addAndGet(made);
            failed.addAndGet(lost);
        });
        long took = System.nanoTime() - began;
        Cost cost = Cost.soFar().since(before);
        return calls + " " + failed + " " + took + " " + cost.cpuNanos() + " " + cost.bytes() + " " + cost.sleeps()
                + " " + cost.ofTheJvmNanos();
    }

    private String rate(int count, long nanos, String text, int perSecond) throws Exception {
        long interval = 1_000_000_000L / perSecond;
        int calls = (int) (nanos / interval);
        long[] latencies = new long[calls];
        AtomicInteger failed = new AtomicInteger();
        AtomicInteger next = new AtomicInteger();
        long began = System.nanoTime();
        together(count, caller -> {
            for (int i = next.getAndIncrement(); i < calls; i = next.getAndIncrement()) {
                long due = began + i * interval;
                for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                    LockSupport.parkNanos(early);
                }
                if (!succeeds(text)) {
                    failed.incrementAndGet();
                }
                latencies[i] = System.nanoTime() - due;
            }
        });
        Arrays.sort(latencies);
        return calls + " " + failed + " " + latencies[calls / 2] + " " + latencies[calls - 1 - calls / 100];
    }

    private boolean succeeds(String text) {
        try {
            call.accept(text);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** The threads stay for the next round, so that what they allocated can still be asked for. */
    private void together(int count, Consumer<Integer> caller) throws InterruptedException, ExecutionException {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            running.add(callers.submit(() -> caller.accept(number)));
        }
        for (Future<?> future : running) {
            future.get();
        }
    }
}
