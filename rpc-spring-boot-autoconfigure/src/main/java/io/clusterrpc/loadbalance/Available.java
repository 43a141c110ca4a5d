/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import java.util.List;
import java.util.function.Predicate;

/**
 * Leaves out instances that the registry does not list any more, unless so few are listed that the registry is the more
 * likely culprit, instances with weight 0, and ejected ones, unless so few instances are usable that the cause hardly is with
 * each of them. Where nothing would be left it leaves all: a call that may fail is better than
 * one that surely does. Instances that are used although all have weight 0 share equally.
 *
 * @param unlistedToo whether unlisted instances may be used beside listed ones
 * @param ejectedToo whether ejected instances may be used beside others
 */
record Available(boolean unlistedToo, boolean ejectedToo) implements Stage {

    /** Whether less than half of the known instances are listed and connected. */
    static boolean needsUnlisted(int listedAndReady, int known) {
        return 2 * listedAndReady < known;
    }

    @Override
    public List<ReadyEndpoint> narrow(List<ReadyEndpoint> endpoints, String grpcService) {
        List<ReadyEndpoint> listed = unlistedToo ? endpoints : preferably(endpoints, ReadyEndpoint::listed);
        List<ReadyEndpoint> weighted = preferably(listed, endpoint -> !endpoint.drained());
        List<ReadyEndpoint> left = ejectedToo ? weighted : preferably(weighted, endpoint -> !endpoint.ejected());
        return left.get(0).drained()
                ? left.stream().map(endpoint -> endpoint.withWeight(1)).toList()
                : left;
    }

    private static List<ReadyEndpoint> preferably(List<ReadyEndpoint> endpoints, Predicate<ReadyEndpoint> wanted) {
        for (ReadyEndpoint endpoint : endpoints) {
            if (!wanted.test(endpoint)) {
                List<ReadyEndpoint> left = endpoints.stream().filter(wanted).toList();
                return left.isEmpty() ? endpoints : left;
            }
        }
        return endpoints;
    }
}
