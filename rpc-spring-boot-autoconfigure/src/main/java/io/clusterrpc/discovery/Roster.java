/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot.Member;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The members of one service as the backends tell them. Pure bookkeeping: no clock, no thread, no lock of its own.
 *
 * <ul>
 *   <li>Backends are merged by instance id; where several list an id, the first of them counts.
 *   <li>An id that left or died is gone at once, even while slower backends still list it.
 *   <li>An instance that merely vanished stays as unlisted until it returns, leaves, or the retention is over.
 *   <li>An instance gives way to another one at the same address that started later: only one process can own a port. An unlisted
 *       instance gives way to a listed one at its address unless it is known to have started later.
 *   <li>An instance that flaps is shown as unlisted while it is held back ({@link FlapGuard}), as long as others are listed.
 * </ul>
 */
final class Roster {

    private final String service;
    private final List<BackendList> lists;
    private final List<String> backends;
    private final long retentionNanos;
    private final FlapGuard flaps = new FlapGuard();

    /** Ids that left, with the index of the backend that said so, while another backend still lists them. */
    private final Map<String, Integer> departed = new HashMap<>();

    private Set<String> present = Set.of();

    Roster(String service, List<String> backends, long retentionNanos) {
        this.service = service;
        this.backends = List.copyOf(backends);
        this.lists = backends.stream().map(BackendList::new).toList();
        this.retentionNanos = retentionNanos;
    }

    void seed(Map<String, KnownList> known) {
        for (BackendList list : lists) {
            KnownList before = known.get(list.backend());
            if (before != null) {
                list.seed(before);
            }
        }
        present = Set.copyOf(listed().keySet());
    }

    void answered(int backend, Collection<ServiceInstance> instances, Set<String> left, long now, Instant wallClock) {
        BackendList list = lists.get(backend);
        list.answered(instances, left, now, wallClock);
        left.stream().filter(id -> !list.listed().containsKey(id)).forEach(id -> departed.put(id, backend));
        departed.entrySet()
                .removeIf(gone -> gone.getValue() == backend && list.listed().containsKey(gone.getKey()));
        lists.forEach(each -> departed.keySet().forEach(each::forget));
        departed.keySet()
                .removeIf(id -> lists.stream().noneMatch(each -> each.listed().containsKey(id)));
        noteFlaps(now);
    }

    /**
     * Notes that a backend could not be asked.
     *
     * @return whether it could before
     */
    boolean failed(int backend, String problem, Instant wallClock) {
        boolean before = lists.get(backend).problem() == null;
        lists.get(backend).failed(problem, wallClock);
        return before;
    }

    @Nullable
    String problem(int backend) {
        return lists.get(backend).problem();
    }

    Map<String, KnownList> known() {
        return lists.stream()
                .filter(list -> list.source() != Source.UNKNOWN)
                .collect(Collectors.toMap(BackendList::backend, BackendList::known));
    }

    /** Forgets what is too old to remember. */
    void expire(long now) {
        lists.forEach(list -> list.forgetVanishedBefore(now - retentionNanos));
        flaps.forgive(now);
    }

    ClusterSnapshot snapshot(long now) {
        Map<String, ServiceInstance> listed = listed();
        Map<String, Member> members = new TreeMap<>();
        lists.forEach(list ->
                list.vanished().forEach(instance -> members.putIfAbsent(instance.id(), new Member(instance, false))));
        Set<String> held = held(listed.keySet(), now);
        listed.forEach((id, instance) -> members.put(id, new Member(instance, !held.contains(id))));
        withoutSuperseded(members);
        return new ClusterSnapshot(service, List.copyOf(members.values()), source(), asOf(), problem(), backends);
    }

    /** When time alone changes the snapshot next, {@code null} if it does not. */
    @Nullable
    Long nextChange(long now) {
        Set<String> listed = listed().keySet();
        List<Long> times = new ArrayList<>();
        held(listed, now).forEach(id -> times.add(flaps.heldUntil(id, now)));
        lists.stream()
                .map(BackendList::oldestVanishedNanos)
                .filter(Objects::nonNull)
                .forEach(since -> times.add(since + retentionNanos));
        return times.stream().min(Comparator.comparingLong(time -> time - now)).orElse(null);
    }

    private Map<String, ServiceInstance> listed() {
        Map<String, ServiceInstance> listed = new LinkedHashMap<>();
        for (BackendList list : lists) {
            list.listed().forEach((id, instance) -> {
                if (!departed.containsKey(id)) {
                    listed.putIfAbsent(id, instance);
                }
            });
        }
        return listed;
    }

    private void noteFlaps(long now) {
        Set<String> before = present;
        present = Set.copyOf(listed().keySet());
        present.stream().filter(id -> !before.contains(id)).forEach(id -> flaps.changed(id, now));
        before.stream().filter(id -> !present.contains(id)).forEach(id -> flaps.changed(id, now));
    }

    /** Nobody is held back when nobody else would be left: a doubtful instance is better than none. */
    private Set<String> held(Set<String> listed, long now) {
        Set<String> held =
                listed.stream().filter(id -> flaps.heldUntil(id, now) != null).collect(Collectors.toSet());
        return held.size() == listed.size() ? Set.of() : held;
    }

    private static void withoutSuperseded(Map<String, Member> members) {
        Map<String, List<Member>> byAddress = new HashMap<>();
        members.values()
                .forEach(member -> byAddress
                        .computeIfAbsent(member.instance().address(), unused -> new ArrayList<>(1))
                        .add(member));
        Set<String> superseded = new HashSet<>();
        for (List<Member> neighbours : byAddress.values()) {
            for (Member member : neighbours) {
                if (neighbours.stream().anyMatch(other -> supersedes(other, member))) {
                    superseded.add(member.instance().id());
                }
            }
        }
        members.keySet().removeAll(superseded);
    }

    private static boolean supersedes(Member other, Member member) {
        Instant start = member.instance().startTime();
        Instant otherStart = other.instance().startTime();
        if (other.listed() && !member.listed()) {
            return !start.isAfter(otherStart);
        }
        return other.listed() == member.listed() && !start.equals(Instant.EPOCH) && otherStart.isAfter(start);
    }

    /** The least certain of what the backends contribute; one that never said anything contributes nothing. */
    private Source source() {
        return lists.stream()
                .map(BackendList::source)
                .filter(source -> source != Source.UNKNOWN)
                .max(Comparator.naturalOrder())
                .orElse(Source.UNKNOWN);
    }

    private Instant asOf() {
        return lists.stream()
                .filter(list -> list.source() != Source.UNKNOWN)
                .map(BackendList::asOf)
                .min(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
    }

    private @Nullable String problem() {
        String problems = lists.stream()
                .map(BackendList::problem)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("; "));
        return problems.isEmpty() ? null : problems;
    }
}
