/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.demo.consumer;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Counts how calls ended, safe ones apart from unsafe ones. Thread-safe. */
final class Tally {

    private static final int ERRORS_KEPT = 20;

    private final Column safe = new Column();
    private final Column unsafe = new Column();
    private final List<String> errors = new ArrayList<>();

    private static final class Column {
        private long begun;
        private long failed;
        private final Map<String, Long> answeredBy = new TreeMap<>();

        private long open() {
            return begun
                    - failed
                    - answeredBy.values().stream().mapToLong(n -> n).sum();
        }
    }

    /** Counts a safe call; what is returned counts its end. */
    <T> StreamObserver<T> safe(String method, Function<T, String> instance) {
        return begin(safe, method, instance);
    }

    /** Counts an unsafe call; what is returned counts its end. */
    <T> StreamObserver<T> unsafe(String method, Function<T, String> instance) {
        return begin(unsafe, method, instance);
    }

    private synchronized <T> StreamObserver<T> begin(Column column, String method, Function<T, String> instance) {
        column.begun++;
        return new StreamObserver<>() {
            @Override
            public void onNext(T reply) {
                answered(column, instance.apply(reply));
            }

            @Override
            public void onError(Throwable failure) {
                failed(column, method, Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {}
        };
    }

    private synchronized void answered(Column column, String instance) {
        column.answeredBy.merge(instance, 1L, Long::sum);
        notifyAll();
    }

    private synchronized void failed(Column column, String method, Status status) {
        column.failed++;
        if (errors.size() < ERRORS_KEPT) {
            String text = status.getCode() + ": " + status.getDescription();
            errors.add(LocalTime.now().truncatedTo(ChronoUnit.MILLIS) + " " + method + " "
                    + text.lines().findFirst().orElse(""));
        }
        notifyAll();
    }

    /** Waits until every call has ended; each has a deadline. */
    synchronized void awaitEnd() throws InterruptedException {
        while (safe.open() + unsafe.open() > 0) {
            wait();
        }
    }

    /** Lines of words separated by tabs: {@code calls safe unsafe}, {@code failed ...}, {@code instance NAME ...}, {@code error TEXT}. */
    @Override
    public synchronized String toString() {
        StringBuilder lines = new StringBuilder();
        line(lines, "calls", safe.begun, unsafe.begun);
        line(lines, "failed", safe.failed, unsafe.failed);
        TreeSet<String> instances = new TreeSet<>(safe.answeredBy.keySet());
        instances.addAll(unsafe.answeredBy.keySet());
        for (String instance : instances) {
            line(
                    lines,
                    "instance\t" + instance,
                    safe.answeredBy.getOrDefault(instance, 0L),
                    unsafe.answeredBy.getOrDefault(instance, 0L));
        }
        errors.forEach(error -> lines.append("error\t").append(error).append('\n'));
        return lines.toString();
    }

    private static void line(StringBuilder lines, String name, long safe, long unsafe) {
        lines.append(name).append('\t').append(safe).append('\t').append(unsafe).append('\n');
    }
}
