/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.autoconfigure.RpcReferenceProperties.MethodProperties;
import io.clusterrpc.autoconfigure.RpcReferenceProperties.ReferenceProperties;
import io.clusterrpc.reference.StubTypes;
import io.clusterrpc.reference.UnresolvableReferenceException;
import io.clusterrpc.resilience.CallMode;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;

/**
 * Compares what is configured for references under {@code resilience4j.*} with {@code rpc.*}: two settings that contradict each
 * other fail the start, what merely has no effect is warned about. Costs next to nothing where no instance is configured.
 */
final class Resilience4jChecks {

    private static final Logger log = LoggerFactory.getLogger(Resilience4jChecks.class);
    private static final List<String> KINDS =
            List.of("bulkhead", "circuitbreaker", "ratelimiter", "retry", "timelimiter", "thread-pool-bulkhead");

    private final RpcReferenceProperties properties;
    private final Set<String> references;
    private final Map<String, Map<String, Object>> instances = new HashMap<>();

    Resilience4jChecks(Environment environment, RpcReferenceProperties properties, Set<String> references) {
        this.properties = properties;
        this.references = references;
        if (WrittenProperties.isWritten(environment, "resilience4j")) {
            read(Binder.get(environment));
        }
    }

    private void read(Binder binder) {
        for (String kind : KINDS) {
            binder.bind("resilience4j." + kind + ".instances", Bindable.mapOf(String.class, Object.class))
                    .ifBound(bound -> instances.put(kind, bound));
        }
    }

    /** @param types the types of the injection points of the reference */
    void check(String reference, Collection<Class<?>> types) {
        if (instances.isEmpty()) {
            return;
        }
        List<MethodDescriptor<?, ?>> known = StubTypes.methods(types);
        Set<String> methods = new TreeSet<>();
        if (known != null) {
            known.forEach(method -> methods.add(String.valueOf(method.getBareMethodName())));
        }
        instances.forEach((kind, byName) -> byName.forEach((name, settings) -> {
            String method = methodOf(reference, name);
            if (name.equals(reference) || method != null) {
                Instance instance = new Instance(kind, name, reference, method, values(settings));
                if (method == null) {
                    checkBrackets(instance, methods);
                } else if (!methods.isEmpty() && !methods.contains(method)) {
                    log.warn(
                            "{} has no effect: reference '{}' has no method {} (expected: one of {})",
                            instance.path(),
                            reference,
                            method,
                            methods);
                }
                check(instance);
            }
        }));
    }

    private @Nullable String methodOf(String reference, String instance) {
        return instance.startsWith(reference + '.') && !references.contains(instance)
                ? instance.substring(reference.length() + 1)
                : null;
    }

    /** What is configured for one instance, by property name in lower case without dashes. */
    private record Instance(
            String kind,
            String name,
            String reference,
            @Nullable String method,
            Map<String, Object> values) {

        String path() {
            return "resilience4j." + kind + ".instances." + (method == null ? name : "\"[" + name + "]\"");
        }

        String rpcPath() {
            return "rpc.references." + reference + (method == null ? "" : ".methods." + method);
        }

        @Nullable
        String value(String property) {
            Object value = values.get(property);
            return value == null ? null : value.toString();
        }
    }

    private static Map<String, Object> values(Object settings) {
        Map<String, Object> values = new HashMap<>();
        if (settings instanceof Map<?, ?> map) {
            map.forEach(
                    (name, value) -> values.put(name.toString().replace("-", "").toLowerCase(Locale.ROOT), value));
        }
        return values;
    }

    /** Without brackets, a dot in a name begins a property, which Resilience4j does not know and ignores. */
    private static void checkBrackets(Instance instance, Set<String> methods) {
        for (String method : methods) {
            if (instance.values().get(method.toLowerCase(Locale.ROOT)) instanceof Map) {
                String bracketed =
                        "resilience4j." + instance.kind() + ".instances.\"[" + instance.name() + '.' + method + "]\"";
                throw new UnresolvableReferenceException(
                        instance.path() + '.' + method
                                + " has no effect (expected: a name with a dot in brackets and quotes)",
                        "Write " + bracketed);
            }
        }
    }

    private void check(Instance instance) {
        switch (instance.kind()) {
            case "retry" -> checkRetry(instance);
            case "timelimiter" -> checkTimeLimiter(instance);
            case "thread-pool-bulkhead" ->
                log.warn(
                        "{} has no effect: calls have no threads of their own (expected: resilience4j.bulkhead.instances)",
                        instance.path());
            default -> {}
        }
    }

    private void checkRetry(Instance instance) {
        String value = instance.value("maxattempts");
        if (value == null || !value.matches("\\d+")) {
            return;
        }
        int attempts = Integer.parseInt(value);
        String path = instance.path() + ".max-attempts";
        CallMode mode = mode(instance);
        if (mode == CallMode.FAILFAST && attempts > 1) {
            throw contradiction(path, attempts, instance.rpcPath() + ".mode", "failfast", "failfast makes one attempt");
        }
        if (mode == CallMode.HEDGED && attempts == 1) {
            throw contradiction(
                    path, attempts, instance.rpcPath() + ".mode", "hedged", "hedged makes a second attempt");
        }
        if (mode == CallMode.HEDGED && attempts > 2) {
            log.warn("{} ({}) is more than {}.mode=hedged uses: two attempts", path, attempts, instance.rpcPath());
        }
    }

    /** The mode of everything that an instance is for; {@code null} if methods have different ones. */
    private @Nullable CallMode mode(Instance instance) {
        ReferenceProperties own = properties.references().get(instance.reference());
        CallMode common = own != null && own.mode() != null
                ? own.mode()
                : properties.defaults().mode();
        if (own == null) {
            return common;
        }
        if (instance.method() != null) {
            MethodProperties method = own.methods().get(instance.method());
            return method != null && method.mode() != null ? method.mode() : common;
        }
        return own.methods().values().stream().allMatch(method -> method.mode() == null || method.mode() == common)
                ? common
                : null;
    }

    private void checkTimeLimiter(Instance instance) {
        if ("false".equals(instance.value("cancelrunningfuture"))) {
            log.warn(
                    "{}.cancel-running-future=false has no effect: a call whose deadline has passed is over",
                    instance.path());
        }
        ReferenceProperties own = properties.references().get(instance.reference());
        String value = instance.value("timeoutduration");
        if (own == null || value == null) {
            return;
        }
        String path = instance.path() + ".timeout-duration";
        MethodProperties method =
                instance.method() == null ? null : own.methods().get(instance.method());
        Duration deadline = instance.method() == null ? own.deadline() : method == null ? null : method.deadline();
        if (deadline != null) {
            throw contradiction(
                    path, value, instance.rpcPath() + ".deadline", deadline, "both set the deadline of the same calls");
        }
        if (instance.method() == null) {
            Duration limit = DurationStyle.detectAndParse(value);
            own.methods().forEach((name, each) -> {
                Duration longer = each.deadline();
                boolean replaced =
                        instances.getOrDefault("timelimiter", Map.of()).containsKey(instance.name() + '.' + name);
                if (longer != null && !replaced && (longer.isZero() || longer.compareTo(limit) > 0)) {
                    throw contradiction(
                            path,
                            value,
                            instance.rpcPath() + ".methods." + name + ".deadline",
                            longer,
                            "the time limiter ends every call of the reference before");
                }
            });
        }
    }

    private static UnresolvableReferenceException contradiction(
            String one, Object value, String other, Object otherValue, String why) {
        return new UnresolvableReferenceException(
                one + " (" + value + ") and " + other + " (" + otherValue + ") contradict each other: " + why,
                "Remove one of them: " + one + " or " + other);
    }
}
