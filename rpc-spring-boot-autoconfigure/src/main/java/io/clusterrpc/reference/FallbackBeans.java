/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.RpcFallback;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * The {@link RpcFallback} beans, and which of them serves which method: the one that configuration names, else the only one for the
 * method's types, else none. Beans are looked for when the first method wants one. Thread-safe.
 */
public final class FallbackBeans {

    private final ListableBeanFactory beans;
    private final Map<String, Optional<RpcFallback<?, ?>>> found = new ConcurrentHashMap<>();
    private volatile @Nullable List<Candidate> candidates;

    /**
     * Creates the look-up.
     *
     * @param beans where the beans are
     */
    public FallbackBeans(ListableBeanFactory beans) {
        this.beans = beans;
    }

    private record Candidate(
            String name,
            @Nullable Class<?> request,
            @Nullable Class<?> response) {

        boolean typed() {
            return request != null && response != null;
        }

        boolean takes(MethodDescriptor<?, ?> method) {
            Class<?> given = MessageTypes.request(method);
            return request != null && given != null && request.isAssignableFrom(given);
        }

        boolean gives(MethodDescriptor<?, ?> method) {
            Class<?> wanted = MessageTypes.response(method);
            return response != null && wanted != null && wanted.isAssignableFrom(response);
        }

        boolean fits(MethodDescriptor<?, ?> method) {
            return takes(method) && gives(method);
        }

        String types() {
            return "RpcFallback<" + MessageTypes.name(request) + ", " + MessageTypes.name(response) + ">";
        }
    }

    /**
     * The fallback of a method, looked for once.
     *
     * @throws UnresolvableReferenceException if it cannot be told which
     */
    @Nullable
    RpcFallback<?, ?> of(ReferenceSettings settings, MethodDescriptor<?, ?> method) {
        String key = settings.name() + ' ' + method.getFullMethodName();
        Optional<RpcFallback<?, ?>> known = found.get(key);
        if (known == null) {
            Candidate chosen = choose(settings, method);
            known = chosen == null ? Optional.empty() : Optional.of(beans.getBean(chosen.name(), RpcFallback.class));
            found.put(key, known);
        }
        return known.orElse(null);
    }

    /**
     * Checks what a method would get, without making the bean.
     *
     * @param all all methods of the reference that are known
     * @throws UnresolvableReferenceException if it cannot be told which, or one looks like a mistake
     */
    void check(ReferenceSettings settings, MethodDescriptor<?, ?> method, Collection<MethodDescriptor<?, ?>> all) {
        if (choose(settings, method) != null) {
            return;
        }
        for (Candidate candidate : candidates()) {
            boolean near = candidate.takes(method) || candidate.gives(method) || !candidate.typed();
            if (near && all.stream().noneMatch(candidate::fits)) {
                throw mistake(settings, method, candidate);
            }
        }
    }

    private @Nullable Candidate choose(ReferenceSettings settings, MethodDescriptor<?, ?> method) {
        String named = settings.calls().fallback(method);
        if (named != null) {
            return named(settings, method, named);
        }
        List<Candidate> fitting =
                candidates().stream().filter(each -> each.fits(method)).toList();
        if (fitting.size() > 1) {
            throw new UnresolvableReferenceException(
                    "Method " + method.getFullMethodName() + " of reference '" + settings.name() + "' has "
                            + fitting.size() + " RpcFallback beans for " + wanted(method) + ": "
                            + fitting.stream().map(Candidate::name).sorted().toList() + " (expected: one, or a name)",
                    "Set " + property(settings, method) + " to one of them");
        }
        return fitting.isEmpty() ? null : fitting.get(0);
    }

    private Candidate named(ReferenceSettings settings, MethodDescriptor<?, ?> method, String name) {
        for (Candidate candidate : candidates()) {
            if (candidate.name().equals(name)) {
                if (!candidate.fits(method)) {
                    throw mistake(settings, method, candidate);
                }
                return candidate;
            }
        }
        throw new UnresolvableReferenceException(
                property(settings, method) + ": '" + name + "' is no RpcFallback bean (expected: one of "
                        + candidates().stream().map(Candidate::name).sorted().toList() + ")",
                "Correct or remove " + property(settings, method) + ", or declare a bean '" + name + "' of type "
                        + wanted(method));
    }

    private static UnresolvableReferenceException mistake(
            ReferenceSettings settings, MethodDescriptor<?, ?> method, Candidate candidate) {
        return new UnresolvableReferenceException(
                "Bean '" + candidate.name() + "' cannot answer failed calls of " + method.getFullMethodName()
                        + " (reference '" + settings.name() + "'): it is a " + candidate.types() + " (expected: "
                        + wanted(method) + ")",
                "Change the declared type of bean '" + candidate.name() + "' to " + wanted(method)
                        + ", remove it, or set " + property(settings, method) + " to another bean");
    }

    private static String wanted(MethodDescriptor<?, ?> method) {
        return "RpcFallback<" + MessageTypes.name(MessageTypes.request(method)) + ", "
                + MessageTypes.name(MessageTypes.response(method)) + ">";
    }

    private static String property(ReferenceSettings settings, MethodDescriptor<?, ?> method) {
        return "rpc.references." + settings.name() + ".methods." + method.getBareMethodName() + ".fallback";
    }

    private List<Candidate> candidates() {
        List<Candidate> known = candidates;
        if (known == null) {
            known = new ArrayList<>();
            for (String name : beans.getBeanNamesForType(RpcFallback.class, true, false)) {
                ResolvableType type = MessageTypes.declared(beans, name).as(RpcFallback.class);
                known.add(new Candidate(
                        name, type.getGeneric(0).resolve(), type.getGeneric(1).resolve()));
            }
            candidates = known = List.copyOf(known);
        }
        return known;
    }
}
