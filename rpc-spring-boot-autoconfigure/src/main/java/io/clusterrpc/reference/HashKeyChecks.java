/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.reference.key.RequestField;
import io.grpc.MethodDescriptor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for the field that is the hash key of calls in the requests of the methods of a reference. One that no request has is a
 * mistake; methods that lack it are named, once. Stateless.
 */
final class HashKeyChecks {

    private static final Logger log = LoggerFactory.getLogger(HashKeyChecks.class);

    private HashKeyChecks() {}

    /** @throws UnresolvableReferenceException if the field is configured, and in none of the requests */
    static void check(ReferenceSettings settings, List<MethodDescriptor<?, ?>> methods) {
        String path = settings.requestKey();
        if (path == null) {
            return;
        }
        Set<String> keyless = new TreeSet<>();
        Set<String> reasons = new LinkedHashSet<>();
        boolean keyed = false;
        for (MethodDescriptor<?, ?> method : methods) {
            try {
                RequestField.of(method, path);
                keyed = true;
            } catch (IllegalArgumentException e) {
                keyless.add(String.valueOf(method.getBareMethodName()));
                reasons.add(e.getMessage());
            }
        }
        if (!keyed && !keyless.isEmpty()) {
            String property = "rpc.references." + settings.name() + ".balancing.hash-key";
            throw new UnresolvableReferenceException(
                    property + ": request." + path + " is a field of no request of reference '" + settings.name()
                            + "': " + String.join("; ", reasons),
                    "Correct " + property + " (or rpc.defaults.balancing.hash-key), or give calls their key in code:"
                            + " stub.withOption(HashKey.KEY, HashKey.of(...))");
        }
        if (!keyless.isEmpty()) {
            log.info(
                    "Reference '{}': calls of {} have no hash key request.{} and go to any instance, unless code gives"
                            + " them one: {}",
                    settings.name(),
                    keyless,
                    path,
                    String.join("; ", reasons));
        }
    }
}
