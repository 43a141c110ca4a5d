/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.autoconfigure.RpcReferenceProperties.Ejection;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.EjectionProperties;
import io.clusterrpc.loadbalance.ejection.EjectionPolicy;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Merges what a reference says of ejection over the defaults, and names the property that cannot be. */
final class EjectionSettings {

    private static final String SHARE = "Expected a number from 0 to 1.";

    private final String path;

    private EjectionSettings(String path) {
        this.path = path;
    }

    static EjectionPolicy merge(String path, EjectionProperties own, Ejection common) {
        return new EjectionSettings(path).merge(own, common);
    }

    private EjectionPolicy merge(EjectionProperties own, Ejection common) {
        Duration baseTime = positive("base-time", own.baseTime(), common.baseTime());
        return new EjectionPolicy(
                or(own.enabled(), common.enabled()),
                value(
                        "consecutive-failures",
                        own.consecutiveFailures(),
                        common.consecutiveFailures(),
                        it -> it >= 0,
                        "Expected 0 for never, or the number of failures in a row."),
                share("error-rate", own.errorRate(), common.errorRate()),
                value(
                        "latency-factor",
                        own.latencyFactor(),
                        common.latencyFactor(),
                        it -> it == 0 || it > 1 && it <= Integer.MAX_VALUE,
                        "Expected 0 for never, or a number greater than 1."),
                positiveOrZero("latency-difference", own.latencyDifference(), common.latencyDifference()),
                positiveOrZero("silence", own.silence(), common.silence()),
                value("min-calls", own.minCalls(), common.minCalls(), it -> it > 0, "Expected 1 or more."),
                positive("interval", own.interval(), common.interval()),
                baseTime,
                value(
                        "max-time",
                        own.maxTime(),
                        common.maxTime(),
                        it -> it.compareTo(baseTime) >= 0,
                        "Expected a duration not shorter than base-time, which is " + baseTime.toMillis() + "ms."),
                share("max-share", own.maxShare(), common.maxShare()),
                share("panic-share", own.panicShare(), common.panicShare()),
                value(
                        "codes",
                        own.codes(),
                        common.codes(),
                        EjectionSettings::mayFail,
                        "Expected gRPC status codes other than OK and CANCELLED, which never are a failure of an instance."));
    }

    private static boolean mayFail(Set<Code> codes) {
        return !codes.contains(Code.OK) && !codes.contains(Code.CANCELLED);
    }

    private double share(String name, @Nullable Double own, double common) {
        return value(name, own, common, it -> it >= 0 && it <= 1, SHARE);
    }

    private Duration positive(String name, @Nullable Duration own, Duration common) {
        return value(
                name,
                own,
                common,
                it -> !it.isNegative() && !it.isZero(),
                "Expected a duration greater than 0, for example 5s.");
    }

    private Duration positiveOrZero(String name, @Nullable Duration own, Duration common) {
        return value(
                name, own, common, it -> !it.isNegative(), "Expected 0 or a duration greater than 0, for example 1s.");
    }

    private <T> T value(String name, @Nullable T own, T common, Predicate<T> valid, String expected) {
        T value = or(own, common);
        if (!valid.test(value)) {
            throw new InvalidConfigurationPropertyValueException(path + name, value, expected);
        }
        return value;
    }

    private static <T> T or(@Nullable T own, T common) {
        return own != null ? own : common;
    }
}
