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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
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
    private final List<BackendList> lists = new ArrayList<>();
    private final List<String> backends;
    private final long retentionNanos;
    private final FlapGuard flaps = new FlapGuard();

    /** Ids that left, with the index of the backend that said so, while another backend still lists them. */
    private final Map<String, Integer> departed = new HashMap<>();

    private Set<String> present = Set.of();

    Roster(String service, List<String> backends, long retentionNanos) {
        this.service = service;
        this.backends = List.copyOf(backends);
        for (String backend : backends) {
            lists.add(new BackendList(backend));
        }
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
        if (!left.isEmpty() || !departed.isEmpty()) {
            noteDepartures(backend, list, left);
        }
        noteFlaps(now);
    }

    private void noteDepartures(int backend, BackendList list, Set<String> left) {
        left.stream().filter(id -> !list.listed().containsKey(id)).forEach(id -> departed.put(id, backend));
        departed.entrySet()
                .removeIf(gone -> gone.getValue() == backend && list.listed().containsKey(gone.getKey()));
        lists.forEach(each -> departed.keySet().forEach(each::forget));
        departed.keySet()
                .removeIf(id -> lists.stream().noneMatch(each -> each.listed().containsKey(id)));
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
        for (BackendList list : lists) {
            for (ServiceInstance instance : list.vanished()) {
                members.putIfAbsent(instance.id(), new Member(instance, false));
            }
        }
        Set<String> held = held(listed.keySet(), now);
        for (ServiceInstance instance : listed.values()) {
            members.put(instance.id(), new Member(instance, !held.contains(instance.id())));
        }
        withoutSuperseded(members);
        return new ClusterSnapshot(service, List.copyOf(members.values()), source(), asOf(), problem(), backends);
    }

    /** When time alone changes the snapshot next, {@code null} if it does not. */
    @Nullable
    Long nextChange(long now) {
        Set<String> listed = listed().keySet();
        Long next = null;
        for (String id : held(listed, now)) {
            next = earlier(next, flaps.heldUntil(id, now), now);
        }
        for (BackendList list : lists) {
            Long since = list.oldestVanishedNanos();
            next = earlier(next, since == null ? null : since + retentionNanos, now);
        }
        return next;
    }

    /** Of two points on the monotonic clock, which may overflow, the one that comes first after now. */
    private static @Nullable Long earlier(@Nullable Long one, @Nullable Long other, long now) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return other - now < one - now ? other : one;
    }

    private Map<String, ServiceInstance> listed() {
        Map<String, ServiceInstance> listed = new LinkedHashMap<>();
        for (BackendList list : lists) {
            for (Map.Entry<String, ServiceInstance> entry : list.listed().entrySet()) {
                if (!departed.containsKey(entry.getKey())) {
                    listed.putIfAbsent(entry.getKey(), entry.getValue());
                }
            }
        }
        return listed;
    }

    private void noteFlaps(long now) {
        Set<String> before = present;
        present = Set.copyOf(listed().keySet());
        noteFlaps(present, before, now);
        noteFlaps(before, present, now);
    }

    private void noteFlaps(Set<String> ids, Set<String> others, long now) {
        for (String id : ids) {
            if (!others.contains(id)) {
                flaps.changed(id, now);
            }
        }
    }

    /** Nobody is held back when nobody else would be left: a doubtful instance is better than none. */
    private Set<String> held(Set<String> listed, long now) {
        Set<String> held = new HashSet<>();
        for (String id : listed) {
            if (flaps.heldUntil(id, now) != null) {
                held.add(id);
            }
        }
        return held.size() == listed.size() ? Set.of() : held;
    }

    private static void withoutSuperseded(Map<String, Member> members) {
        Map<String, List<Member>> byAddress = new HashMap<>();
        for (Member member : members.values()) {
            byAddress
                    .computeIfAbsent(member.instance().address(), unused -> new ArrayList<>(1))
                    .add(member);
        }
        Set<String> superseded = new HashSet<>();
        for (List<Member> neighbours : byAddress.values()) {
            for (Member member : neighbours) {
                for (Member other : neighbours) {
                    if (supersedes(other, member)) {
                        superseded.add(member.instance().id());
                    }
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
        Source least = Source.UNKNOWN;
        for (BackendList list : lists) {
            Source source = list.source();
            if (source != Source.UNKNOWN && (least == Source.UNKNOWN || source.compareTo(least) > 0)) {
                least = source;
            }
        }
        return least;
    }

    private Instant asOf() {
        Instant oldest = null;
        for (BackendList list : lists) {
            if (list.source() != Source.UNKNOWN
                    && (oldest == null || list.asOf().isBefore(oldest))) {
                oldest = list.asOf();
            }
        }
        return oldest == null ? Instant.EPOCH : oldest;
    }

    private @Nullable String problem() {
        StringJoiner problems = new StringJoiner("; ");
        for (BackendList list : lists) {
            if (list.problem() != null) {
                problems.add(list.problem());
            }
        }
        return problems.length() == 0 ? null : problems.toString();
    }
}
