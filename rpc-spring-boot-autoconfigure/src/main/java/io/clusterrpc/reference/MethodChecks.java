/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.resilience.CallMode;
import io.clusterrpc.resilience.CallPolicy;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares what is configured for the methods of a reference with the methods that its stubs have. Stateless. */
final class MethodChecks {

    private MethodChecks() {}

    /**
     * Checks a reference before it is used.
     *
     * @param stubs the types of its injection points; a channel among them can call any method, so names are not checked
     * @param fallbacks beans that may answer failed calls
     * @param mergers beans that make one answer of several
     * @throws UnresolvableReferenceException if a name is unknown, a method cannot have its mode, it cannot be told which
     *     fallback or merger it has, or no request has the hash key
     */
    static void check(
            ReferenceSettings settings, Collection<Class<?>> stubs, FallbackBeans fallbacks, MergerBeans mergers) {
        List<MethodDescriptor<?, ?>> methods = new ArrayList<>();
        boolean allKnown = !stubs.isEmpty();
        for (Class<?> stub : stubs) {
            ServiceDescriptor service = StubTypes.descriptor(stub);
            if (service == null) {
                allKnown = false;
            } else {
                methods.addAll(service.getMethods());
            }
        }
        if (allKnown) {
            checkNames(settings, methods);
        }
        for (MethodDescriptor<?, ?> method : methods) {
            checkMode(settings, method);
            if (settings.calls().mode(method) == CallMode.BROADCAST) {
                mergers.choose(settings, method);
            }
            if (settings.calls().fallsBack(method)) {
                fallbacks.check(settings, method, methods);
            }
        }
        HashKeyChecks.check(settings, methods);
    }

    private static void checkNames(ReferenceSettings settings, List<MethodDescriptor<?, ?>> methods) {
        Set<String> names = new TreeSet<>();
        Set<String> accepted = new TreeSet<>();
        for (MethodDescriptor<?, ?> method : methods) {
            names.add(String.valueOf(method.getBareMethodName()));
            accepted.add(String.valueOf(method.getBareMethodName()));
            accepted.add(method.getFullMethodName());
        }
        for (String name : settings.calls().methods().keySet()) {
            if (!accepted.contains(name)) {
                throw new UnresolvableReferenceException(
                        property(settings, name) + ": no such method (expected: one of " + names + ")",
                        "Correct or remove " + property(settings, name));
            }
        }
    }

    private static void checkMode(ReferenceSettings settings, MethodDescriptor<?, ?> method) {
        CallPolicy calls = settings.calls();
        CallMode mode = calls.mode(method);
        String why = obstacle(mode, method, calls.safe(method));
        if (why == null && calls.fallback(method) != null && method.getType() != MethodType.UNARY) {
            String property = property(settings, String.valueOf(method.getBareMethodName())) + ".fallback";
            throw new UnresolvableReferenceException(
                    property + ": " + method.getFullMethodName()
                            + " cannot have a fallback, because it streams, and what"
                            + " was streamed already cannot be taken back for another answer",
                    "Remove " + property);
        }
        if (why != null) {
            String name = String.valueOf(method.getBareMethodName());
            String property = property(settings, name);
            throw new UnresolvableReferenceException(
                    "Method " + method.getFullMethodName() + " of reference '" + settings.name() + "' cannot be "
                            + mode.name().toLowerCase(java.util.Locale.ROOT) + ": " + why,
                    "Set " + property + ".mode to failover or failfast"
                            + (method.getType() == MethodType.UNARY
                                    ? ", or " + property + ".safe=true if calling it twice does no harm"
                                    : ""));
        }
    }

    private static @Nullable String obstacle(CallMode mode, MethodDescriptor<?, ?> method, boolean safe) {
        if (method.getType() != MethodType.UNARY) {
            return switch (mode) {
                case HEDGED -> "it streams, and two streams cannot be made one";
                case BROADCAST, QUORUM -> "it streams, and the streams of several instances cannot be made one";
                case FAILSAFE -> "it streams, and what was streamed already cannot be taken back for an empty answer";
                default -> null;
            };
        }
        return mode == CallMode.HEDGED && !safe ? "it is not safe to be called twice" : null;
    }

    private static String property(ReferenceSettings settings, String method) {
        return "rpc.references." + settings.name() + ".methods." + method;
    }
}
