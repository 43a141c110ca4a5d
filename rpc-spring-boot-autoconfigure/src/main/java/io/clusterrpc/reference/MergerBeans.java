/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.RpcMerger;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The {@link RpcMerger} beans, and which of them serves which method: the one that configuration names, else the only one for the
 * method's response. Beans are looked for when the first method needs one. Thread-safe.
 */
public final class MergerBeans {

    private final ListableBeanFactory beans;
    private final Map<String, RpcMerger<?>> found = new ConcurrentHashMap<>();
    private volatile @Nullable Map<String, String> types;

    /**
     * Creates the look-up.
     *
     * @param beans where the beans are
     */
    public MergerBeans(ListableBeanFactory beans) {
        this.beans = beans;
    }

    /** The merger of a method, looked for once. */
    RpcMerger<?> of(ReferenceSettings settings, MethodDescriptor<?, ?> method) {
        return found.computeIfAbsent(
                settings.name() + ' ' + method.getFullMethodName(),
                key -> beans.getBean(choose(settings, method), RpcMerger.class));
    }

    /**
     * Finds the name of the bean, without making it.
     *
     * @throws UnresolvableReferenceException if there is none, or it cannot be told which
     */
    String choose(ReferenceSettings settings, MethodDescriptor<?, ?> method) {
        Class<?> response = MessageTypes.response(method);
        String wanted = "RpcMerger<" + MessageTypes.name(response) + ">";
        String property = "rpc.references." + settings.name() + ".methods." + method.getBareMethodName() + ".merger";
        String named = settings.calls().merger(method);
        Map<String, String> known = types();
        if (named != null) {
            String type = known.get(named);
            if (type == null || response == null || !type.equals(response.getName())) {
                throw new UnresolvableReferenceException(
                        property + ": '" + named + "' is "
                                + (type == null ? "no RpcMerger bean" : "a RpcMerger<" + simple(type) + ">")
                                + " (expected: a bean of type " + wanted + ", there are " + described(known) + ")",
                        "Correct or remove " + property);
            }
            return named;
        }
        List<String> fitting = known.entrySet().stream()
                .filter(each -> response != null && each.getValue().equals(response.getName()))
                .map(Map.Entry::getKey)
                .toList();
        if (fitting.size() != 1) {
            throw new UnresolvableReferenceException(
                    "Method " + method.getFullMethodName() + " of reference '" + settings.name()
                            + "' is broadcast, and needs a bean that makes one answer of those of all instances"
                            + " (expected: one " + wanted + ", there are "
                            + (fitting.isEmpty() ? described(known) : fitting) + ")",
                    fitting.isEmpty()
                            ? "Declare a bean of type " + wanted
                                    + ", or use RpcCluster.broadcast, which returns all answers"
                            : "Set " + property + " to one of them");
        }
        return fitting.get(0);
    }

    private static String described(Map<String, String> known) {
        Map<String, String> simple = new TreeMap<>();
        known.forEach((name, type) -> simple.put(name, "RpcMerger<" + simple(type) + ">"));
        return known.isEmpty() ? "none" : simple.toString();
    }

    private static String simple(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /** Response types by bean name. */
    private Map<String, String> types() {
        Map<String, String> known = types;
        if (known == null) {
            known = new TreeMap<>();
            for (String name : beans.getBeanNamesForType(RpcMerger.class, true, false)) {
                Class<?> response = MessageTypes.declared(beans, name)
                        .as(RpcMerger.class)
                        .getGeneric(0)
                        .resolve();
                known.put(name, response == null ? "?" : response.getName());
            }
            types = known;
        }
        return known;
    }
}
