/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one line for every change of a service's members. */
final class SnapshotLog {

    private static final Logger logger = LoggerFactory.getLogger("io.clusterrpc.discovery.members");
    private static final int NAMED = 10;

    private SnapshotLog() {}

    static void changed(ClusterSnapshot before, ClusterSnapshot after) {
        if (!logger.isInfoEnabled() || before.members().equals(after.members())) {
            return;
        }
        Map<String, Member> old = byId(before);
        Map<String, Member> now = byId(after);
        List<String> events = new ArrayList<>();
        now.forEach((id, member) -> {
            Member earlier = old.get(id);
            if (earlier == null) {
                events.add("joined " + named(member));
            } else if (earlier.listed() != member.listed()) {
                events.add((member.listed() ? "returned " : "no longer listed ") + named(member));
            } else if (!earlier.equals(member)) {
                events.add("changed " + named(member));
            }
        });
        old.forEach((id, member) -> {
            if (!now.containsKey(id)) {
                events.add("left " + named(member));
            }
        });
        String more = events.size() > NAMED ? " and " + (events.size() - NAMED) + " more" : "";
        logger.info(
                "{}: {} instances ({}), {}{}",
                after.service(),
                now.size(),
                after.source(),
                String.join(", ", events.subList(0, Math.min(NAMED, events.size()))),
                more);
    }

    private static Map<String, Member> byId(ClusterSnapshot snapshot) {
        return snapshot.members().stream()
                .collect(Collectors.toMap(member -> member.instance().id(), Function.identity()));
    }

    private static String named(Member member) {
        ServiceInstance instance = member.instance();
        return instance.identified() ? instance.id() + " at " + instance.address() : instance.address();
    }
}
