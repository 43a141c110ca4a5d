/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.route.ZoneSizes;
import io.grpc.EquivalentAddressGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the resolver said, and the part of it that this client takes part in: its subset of the listed instances, and those of the
 * unlisted that it is connected to.
 *
 * @param members those in the subset, by id
 * @param outside ids of those that are not
 * @param sizes how large the own zone is, by all that are listed
 */
record Resolution(Map<String, Member> members, Set<String> outside, ZoneSizes sizes) {

    static Resolution of(List<EquivalentAddressGroup> groups, BalancerContext context, Predicate<String> connected) {
        Map<String, Member> members = new LinkedHashMap<>();
        for (EquivalentAddressGroup group : groups) {
            ServiceInstance instance = InstanceAddress.instance(group, context.reference());
            boolean listed = !Boolean.TRUE.equals(group.getAttributes().get(ClusterLoadBalancerProvider.UNLISTED));
            members.putIfAbsent(instance.id(), new Member(instance, group, listed));
        }
        BalancingPolicy policy = context.policy();
        if (!policy.subset().limits() && !policy.route().zoned()) {
            return new Resolution(members, Set.of(), ZoneSizes.EVEN);
        }
        List<ServiceInstance> listed = listed(members.values());
        Set<String> outside = new HashSet<>();
        if (policy.subset().limits()) {
            Set<String> chosen = policy.subset().of(listed, policy.route());
            members.values().removeIf(member -> {
                String id = member.instance().id();
                boolean drop = member.listed() ? !chosen.contains(id) : !connected.test(id);
                return drop && outside.add(id);
            });
        }
        return new Resolution(members, outside, ZoneSizes.of(listed, policy.route()));
    }

    private static List<ServiceInstance> listed(Collection<Member> members) {
        List<ServiceInstance> listed = new ArrayList<>(members.size());
        for (Member member : members) {
            if (member.listed()) {
                listed.add(member.instance());
            }
        }
        return listed;
    }
}
