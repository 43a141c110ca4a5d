/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.ClusterListener;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.ClusterSnapshot.Member;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTests {

    private static final Duration DAMPING = Duration.ofMillis(50);
    private static final Duration LINGER = Duration.ofMinutes(5);
    private static final Duration RETENTION = Duration.ofMinutes(15);

    private final FakeTime time = new FakeTime();
    private final FakeBackend backend = new FakeBackend("first");
    private final FakeBackend second = new FakeBackend("second");
    private final List<ClusterSnapshot> told = Collections.synchronizedList(new ArrayList<>());
    private final List<String> events = new ArrayList<>();
    private Directory directory = directory(List.of(backend));

    @AfterEach
    void close() {
        directory.close();
    }

    private Directory directory(List<DiscoveryBackend> backends) {
        return directory(backends, null);
    }

    private Directory directory(List<DiscoveryBackend> backends, Path cache) {
        ClusterListener listener = new ClusterListener() {
            @Override
            public void registryAnswered(String name, String service, int instances) {
                events.add(name + " " + service + " " + instances);
            }

            @Override
            public void registryFailed(String name, String service) {
                events.add(name + " " + service + " failed");
            }
        };
        ClusterListener broken = new ClusterListener() {
            @Override
            public void registryAnswered(String name, String service, int instances) {
                throw new IllegalStateException("on purpose");
            }
        };
        return new Directory(
                backends,
                Map.of(),
                new DirectorySettings(DAMPING, LINGER, RETENTION, cache),
                List.of(broken, listener),
                time,
                time::nanoTime,
                time);
    }

    private static ServiceInstance instance(String id) {
        return ServiceInstance.builder("orders", id, "127.0.0.1", 10_000 + Math.abs(id.hashCode() % 10_000))
                .build();
    }

    private Subscription subscribe() {
        return directory.subscribe("orders", told::add);
    }

    /** Ids of the last notification; a minus marks those no longer listed. */
    private List<String> last() {
        return ids(told.get(told.size() - 1));
    }

    private List<String> now() {
        return ids(directory.snapshot("orders"));
    }

    private static List<String> ids(ClusterSnapshot snapshot) {
        return snapshot.members().stream()
                .map(member -> (member.listed() ? "" : "-") + member.instance().id())
                .toList();
    }

    private void settle() {
        time.advance(DAMPING);
    }

    @Test
    void unknownUntilTheRegistrySpoke() {
        assertThat(directory.snapshot("orders").source()).isEqualTo(Source.UNKNOWN);
        subscribe();
        assertThat(told).isEmpty();
        assertThat(directory.snapshot("orders").source()).isEqualTo(Source.UNKNOWN);
        assertThat(directory.snapshot("orders").asOf()).isEqualTo(Instant.EPOCH);
        assertThat(directory.snapshot("orders").backends()).containsExactly("first");
    }

    @Test
    void tellsTheListAndLaterSubscribersAtOnce() {
        subscribe();
        backend.tells("orders", instance("b"), instance("a"));
        assertThat(last()).containsExactly("a", "b");
        assertThat(told.get(0).source()).isEqualTo(Source.LIVE);
        assertThat(told.get(0).asOf()).isEqualTo(time.instant());
        List<ClusterSnapshot> later = new ArrayList<>();
        directory.subscribe("orders", later::add);
        assertThat(later).containsExactly(told.get(0));
        assertThat(backend.watches("orders")).isEqualTo(1);
    }

    @Test
    void anEmptyListIsNewsToo() {
        subscribe();
        backend.tells("orders");
        assertThat(told).hasSize(1);
        assertThat(told.get(0).members()).isEmpty();
        assertThat(told.get(0).source()).isEqualTo(Source.LIVE);
    }

    @Test
    void repeatedListIsNoNewsButConfirmsTheOld() {
        subscribe();
        backend.tells("orders", instance("a"));
        time.advance(Duration.ofSeconds(5));
        backend.tells("orders", instance("a"));
        assertThat(told).hasSize(1);
        assertThat(directory.snapshot("orders").asOf()).isEqualTo(time.instant());
    }

    @Test
    void errorKeepsTheLastList() {
        subscribe();
        backend.tells("orders", instance("a"));
        time.advance(Duration.ofHours(1));
        Instant failed = time.instant();
        backend.fails("orders", "no route to registry");
        assertThat(last()).containsExactly("a");
        ClusterSnapshot snapshot = told.get(1);
        assertThat(snapshot.source()).isEqualTo(Source.LAST_KNOWN);
        assertThat(snapshot.problem()).isEqualTo("no route to registry");
        assertThat(snapshot.asOf()).isEqualTo(failed);
        settle();
        backend.fails("orders", "no route to registry");
        assertThat(told).hasSize(2);
        assertThat(directory.snapshot("orders").asOf()).isEqualTo(failed);
        backend.tells("orders", instance("a"));
        assertThat(told.get(2).source()).isEqualTo(Source.LIVE);
        assertThat(told.get(2).problem()).isNull();
    }

    @Test
    void errorBeforeAnyAnswerIsTold() {
        subscribe();
        backend.fails("orders", "refused");
        assertThat(told).hasSize(1);
        assertThat(told.get(0).source()).isEqualTo(Source.UNKNOWN);
        assertThat(told.get(0).problem()).isEqualTo("refused");
    }

    @Test
    void whoLeftIsGoneAtOnceWhoVanishedStaysUnlisted() {
        subscribe();
        backend.tells("orders", instance("a"), instance("b"), instance("c"));
        settle();
        backend.tells("orders", Set.of("b"), instance("a"));
        assertThat(last()).containsExactly("a", "-c");
    }

    @Test
    void vanishedInstanceIsForgottenAfterTheRetention() {
        subscribe();
        backend.tells("orders", instance("a"), instance("b"));
        settle();
        backend.tells("orders", instance("a"));
        time.advance(RETENTION.minusMillis(1));
        assertThat(now()).containsExactly("a", "-b");
        time.advance(Duration.ofMillis(1));
        assertThat(last()).containsExactly("a");
    }

    @Test
    void vanishedInstanceReturns() {
        subscribe();
        backend.tells("orders", instance("a"), instance("b"));
        settle();
        backend.tells("orders", instance("a"));
        settle();
        backend.tells("orders", instance("a"), instance("b"));
        assertThat(last()).containsExactly("a", "b");
        time.advance(RETENTION.plusMinutes(1));
        assertThat(now()).containsExactly("a", "b");
    }

    @Test
    void vanishedInstanceMayStillLeave() {
        subscribe();
        backend.tells("orders", instance("a"), instance("b"));
        settle();
        backend.tells("orders", instance("a"));
        settle();
        backend.tells("orders", Set.of("b"), instance("a"));
        assertThat(last()).containsExactly("a");
    }

    @Test
    void metadataChangeIsTold() {
        subscribe();
        backend.tells("orders", instance("a"));
        settle();
        backend.tells("orders", instance("a").toBuilder().weight(5).build());
        assertThat(told.get(1).members().get(0).instance().weight()).isEqualTo(5);
    }

    @Test
    void newestStartWinsAmongDuplicateIds() {
        subscribe();
        ServiceInstance old =
                instance("a").toBuilder().startTime(Instant.ofEpochSecond(1)).build();
        ServiceInstance young =
                old.toBuilder().startTime(Instant.ofEpochSecond(2)).build();
        backend.tells("orders", young, old);
        assertThat(told.get(0).members()).containsExactly(new Member(young, true));
    }

    @Test
    void newInstanceReplacesTheUnlistedOneAtItsAddress() {
        subscribe();
        ServiceInstance old = ServiceInstance.builder("orders", "old", "10.0.0.1", 80)
                .startTime(Instant.ofEpochSecond(1))
                .build();
        ServiceInstance young = ServiceInstance.builder("orders", "young", "10.0.0.1", 80)
                .startTime(Instant.ofEpochSecond(2))
                .build();
        backend.tells("orders", old, instance("x"));
        settle();
        backend.tells("orders", instance("x"));
        assertThat(last()).containsExactly("-old", "x");
        settle();
        backend.tells("orders", instance("x"), young);
        assertThat(last()).containsExactly("x", "young");
    }

    @Test
    void staleListDoesNotReplaceTheYoungerUnlistedOne() {
        subscribe();
        ServiceInstance old = ServiceInstance.builder("orders", "old", "10.0.0.1", 80)
                .startTime(Instant.ofEpochSecond(1))
                .build();
        ServiceInstance young = ServiceInstance.builder("orders", "young", "10.0.0.1", 80)
                .startTime(Instant.ofEpochSecond(2))
                .build();
        backend.tells("orders", young);
        settle();
        backend.tells("orders", old);
        assertThat(last()).containsExactly("old", "-young");
    }

    @Test
    void youngestListedInstanceOwnsTheAddress() {
        subscribe();
        ServiceInstance old = ServiceInstance.builder("orders", "old", "10.0.0.1", 80)
                .startTime(Instant.ofEpochSecond(1))
                .build();
        ServiceInstance young = ServiceInstance.builder("orders", "young", "10.0.0.1", 80)
                .startTime(Instant.ofEpochSecond(2))
                .build();
        ServiceInstance unknown =
                ServiceInstance.builder("orders", "unknown", "10.0.0.1", 80).build();
        backend.tells("orders", old, young, unknown);
        assertThat(last()).containsExactly("unknown", "young");
    }

    @Test
    void firstChangeGoesOutAtOnceAndTheRestTogether() {
        subscribe();
        backend.tells("orders", instance("a"));
        assertThat(told).hasSize(1);
        time.advance(Duration.ofMillis(10));
        backend.tells("orders", instance("a"), instance("b"));
        time.advance(Duration.ofMillis(10));
        backend.tells("orders", instance("a"), instance("b"), instance("c"));
        assertThat(told).hasSize(1);
        time.advance(Duration.ofMillis(29));
        assertThat(told).hasSize(1);
        time.advance(Duration.ofMillis(1));
        assertThat(told).hasSize(2);
        assertThat(last()).containsExactly("a", "b", "c");
        time.advance(DAMPING);
        backend.tells("orders", instance("a"), instance("b"));
        assertThat(told).hasSize(3);
    }

    @Test
    void changeThatWasTakenBackWithinTheWindowIsNoNews() {
        subscribe();
        backend.tells("orders", instance("a"));
        backend.tells("orders", instance("a"), instance("b"));
        backend.tells("orders", Set.of("b"), instance("a"));
        time.advance(Duration.ofSeconds(1));
        assertThat(told).hasSize(1);
    }

    @Test
    void flappingInstanceIsHeldBackWithGrowingDelay() {
        subscribe();
        flapTwice();
        // The fourth change was a departure: the next return waits a second from it.
        backend.tells("orders", instance("a"), instance("b"));
        settle();
        assertThat(now()).containsExactly("a", "-b");
        // That return was the fifth change and doubled the delay.
        time.advance(Duration.ofMillis(1949));
        assertThat(now()).containsExactly("a", "-b");
        time.advance(Duration.ofMillis(1));
        assertThat(last()).containsExactly("a", "b");
    }

    @Test
    void departureOfAFlappingInstanceIsNotHeldBack() {
        subscribe();
        flapTwice();
        backend.tells("orders", instance("a"), instance("b"));
        time.advance(Duration.ofSeconds(5));
        backend.tells("orders", Set.of("b"), instance("a"));
        assertThat(last()).containsExactly("a");
    }

    @Test
    void holdingBackStopsGrowingAtThirtySecondsAndIsForgiven() {
        subscribe();
        flapTwice();
        for (int i = 0; i < 20; i++) {
            backend.tells("orders", instance("a"), instance("b"));
            settle();
            backend.tells("orders", instance("a"));
            settle();
        }
        backend.tells("orders", instance("a"), instance("b"));
        time.advance(Duration.ofMillis(29_999));
        assertThat(now()).containsExactly("a", "-b");
        time.advance(Duration.ofMillis(1));
        assertThat(last()).containsExactly("a", "b");
        time.advance(Duration.ofSeconds(61));
        backend.tells("orders", instance("a"));
        settle();
        backend.tells("orders", instance("a"), instance("b"));
        settle();
        assertThat(now()).containsExactly("a", "b");
    }

    @Test
    void slowComingAndGoingIsNoFlapping() {
        subscribe();
        for (int i = 0; i < 5; i++) {
            backend.tells("orders", instance("a"), instance("b"));
            time.advance(Duration.ofSeconds(4));
            backend.tells("orders", instance("a"));
            time.advance(Duration.ofSeconds(4));
        }
        backend.tells("orders", instance("a"), instance("b"));
        assertThat(last()).containsExactly("a", "b");
    }

    @Test
    void nobodyIsHeldBackWhenNobodyElseIsThere() {
        subscribe();
        for (int i = 0; i < 6; i++) {
            backend.tells("orders", instance("b"));
            settle();
            backend.tells("orders");
            settle();
        }
        backend.tells("orders", instance("b"));
        assertThat(last()).containsExactly("b");
    }

    private void flapTwice() {
        backend.tells("orders", instance("a"), instance("b"));
        settle();
        backend.tells("orders", instance("a"));
        settle();
        backend.tells("orders", instance("a"), instance("b"));
        settle();
        backend.tells("orders", instance("a"));
        settle();
    }

    @Test
    void backendsAreMergedByIdInOrderOfPreference() {
        directory = directory(List.of(backend, second));
        subscribe();
        ServiceInstance preferred = instance("a").toBuilder().zone("z1").build();
        second.tells("orders", instance("a"), instance("b"));
        settle();
        backend.tells("orders", preferred, instance("c"));
        assertThat(last()).containsExactly("a", "b", "c");
        assertThat(directory.snapshot("orders").members().get(0).instance().zone())
                .isEqualTo("z1");
        assertThat(directory.snapshot("orders").backends()).containsExactly("first", "second");
        settle();
        backend.tells("orders");
        assertThat(last()).containsExactly("a", "b", "-c");
    }

    @Test
    void whoLeftIsGoneThoughASlowerBackendStillListsIt() {
        directory = directory(List.of(backend, second));
        subscribe();
        backend.tells("orders", instance("a"), instance("b"));
        second.tells("orders", instance("a"), instance("b"));
        settle();
        backend.tells("orders", Set.of("b"), instance("a"));
        assertThat(last()).containsExactly("a");
        second.tells("orders", instance("a"), instance("b"));
        settle();
        assertThat(now()).containsExactly("a");
        second.tells("orders", instance("a"));
        settle();
        assertThat(now()).containsExactly("a");
        backend.tells("orders", instance("a"), instance("b"));
        settle();
        assertThat(now()).containsExactly("a", "b");
    }

    @Test
    void oneFailingBackendMarksTheWhole() {
        directory = directory(List.of(backend, second));
        subscribe();
        backend.tells("orders", instance("a"));
        second.tells("orders", instance("b"));
        settle();
        second.fails("orders", "down");
        settle();
        assertThat(last()).containsExactly("a", "b");
        assertThat(directory.snapshot("orders").source()).isEqualTo(Source.LAST_KNOWN);
        assertThat(directory.snapshot("orders").problem()).isEqualTo("down");
    }

    @Test
    void backendThatNeverAnsweredDoesNotSpoilTheOther() {
        directory = directory(List.of(backend, second));
        subscribe();
        second.fails("orders", "down");
        settle();
        backend.tells("orders", instance("a"));
        assertThat(directory.snapshot("orders").source()).isEqualTo(Source.LIVE);
        assertThat(directory.snapshot("orders").problem()).isEqualTo("down");
    }

    @Test
    void pinnedServiceIsServedByItsBackendOnly() {
        directory.close();
        directory = new Directory(
                List.of(backend),
                Map.of("orders", second),
                DirectorySettings.DEFAULTS,
                List.of(),
                time,
                time::nanoTime,
                time);
        subscribe();
        backend.tells("orders", instance("a"));
        second.tells("orders", instance("b"));
        assertThat(last()).containsExactly("b");
        assertThat(directory.snapshot("orders").backends()).containsExactly("second");
        assertThat(directory.backends()).containsExactly("first");
    }

    @Test
    void watchOutlivesTheLastSubscriberForTheLingerTime() {
        Subscription first = subscribe();
        backend.tells("orders", instance("a"));
        first.close();
        time.advance(LINGER.minusMillis(1));
        Subscription again = subscribe();
        assertThat(told).hasSize(2);
        assertThat(backend.watchesStarted).isEqualTo(1);
        time.advance(LINGER.multipliedBy(3));
        assertThat(backend.watches("orders")).isEqualTo(1);
        again.close();
        time.advance(LINGER.minusMillis(1));
        assertThat(backend.watches("orders")).isEqualTo(1);
        time.advance(Duration.ofMillis(1));
        assertThat(backend.watches("orders")).isZero();
        assertThat(directory.snapshots()).isEmpty();
        subscribe();
        assertThat(backend.watches("orders")).isEqualTo(1);
    }

    @Test
    void lateEndOfAFormerWatchLeavesTheNewOneAlone() {
        time.cancels = false;
        subscribe().close();
        time.advance(LINGER.minusMillis(1));
        subscribe().close();
        time.advance(Duration.ofMillis(1));
        assertThat(directory.snapshots()).isEmpty();
        subscribe();
        time.advance(LINGER);
        assertThat(backend.watches("orders")).isEqualTo(1);
        assertThat(directory.snapshots()).hasSize(1);
    }

    @Test
    void endedWatchLeavesNoTimerBehind() {
        time.cancels = false;
        subscribe().close();
        time.advance(LINGER.minusMillis(1));
        subscribe().close();
        time.cancels = true;
        time.advance(Duration.ofMillis(1));
        assertThat(time.pending()).isZero();
    }

    @Test
    void closedSubscriptionHearsNothing() {
        Subscription subscription = subscribe();
        backend.tells("orders", instance("a"));
        subscription.close();
        subscription.close();
        settle();
        backend.tells("orders", instance("b"));
        assertThat(told).hasSize(1);
    }

    @Test
    void throwingListenerDisturbsNobody() {
        directory.subscribe("orders", snapshot -> {
            throw new IllegalStateException("on purpose");
        });
        subscribe();
        backend.tells("orders", instance("a"));
        settle();
        backend.tells("orders", instance("b"));
        assertThat(told).hasSize(2);
    }

    @Test
    void listenerMayCallBackIntoTheDirectory() {
        List<Source> seen = new ArrayList<>();
        directory.subscribe("orders", snapshot -> {
            seen.add(directory.snapshot("orders").source());
            directory.subscribe("other", other -> {}).close();
            if (snapshot.members().size() == 1) {
                time.advance(DAMPING);
                backend.tells("orders", instance("a"), instance("b"));
            }
        });
        subscribe();
        backend.tells("orders", instance("a"));
        assertThat(seen).hasSize(2);
        assertThat(last()).containsExactly("a", "b");
    }

    @Test
    void tellsMetersOfAnswersAndFailures() {
        subscribe();
        backend.tells("orders", instance("a"));
        backend.fails("orders", "down");
        backend.fails("orders", "down");
        assertThat(events).containsExactly("first orders 1", "first orders failed", "first orders failed");
    }

    @Test
    void nothingIsToldAfterClose() {
        subscribe();
        backend.tells("orders", instance("a"));
        backend.tells("orders", instance("b"));
        directory.close();
        assertThat(backend.watches("orders")).isZero();
        time.advance(Duration.ofMinutes(1));
        directory.subscribe("orders", told::add);
        assertThat(told).hasSize(1);
        assertThat(time.pending()).isZero();
    }

    @Test
    void registersWithEveryBackendThatCan() {
        FakeBackend cannot = new FakeBackend("third");
        cannot.registers = false;
        directory = directory(List.of(backend, cannot, second));
        DiscoveryBackend.Registration registration = directory.register(instance("a"));
        assertThat(registration.registered()).isTrue();
        second.holds = false;
        assertThat(registration.registered()).isFalse();
        registration.update(instance("a").toBuilder().weight(1).build());
        assertThat(backend.registered.get(0).weight()).isEqualTo(1);
        assertThat(second.registered.get(0).weight()).isEqualTo(1);
        registration.close();
        assertThat(backend.registered).isEmpty();
        assertThat(second.registered).isEmpty();
        assertThat(directory(List.of(cannot)).register(instance("a")).registered())
                .isFalse();
    }

    @Test
    void slowestBackendDecidesTheNoticeTimeAndAllMustBeLocal() {
        second.noticeTime = Duration.ofSeconds(3);
        second.loopbackOnly = true;
        directory = directory(List.of(backend, second));
        assertThat(directory.noticeTime()).isEqualTo(Duration.ofSeconds(3));
        assertThat(directory.loopbackOnly()).isFalse();
        assertThat(directory(List.of(second)).loopbackOnly()).isTrue();
    }

    @Test
    void firstBackendThatAssignsAnIdDecides() {
        directory = directory(List.of(backend, second));
        assertThat(directory.assignedId()).isNull();
        second.assignedId = "pod:a:1";
        assertThat(directory.assignedId()).isEqualTo("pod:a:1");
        backend.assignedId = "vm:b";
        assertThat(directory.assignedId()).isEqualTo("vm:b");
    }

    @Test
    void catalogsAreMergedAndNoOneIsToldTooEarly() {
        assertThat(directory.catalog()).isNull();
        backend.hasCatalog = true;
        second.hasCatalog = true;
        directory = directory(List.of(backend, second));
        List<List<String>> answers = new ArrayList<>();
        Subscription watch = directory.catalog().watch("shop.Orders", answers::add);
        backend.catalogs.get("shop.Orders").accept(List.of());
        assertThat(answers).isEmpty();
        second.catalogs.get("shop.Orders").accept(List.of("orders"));
        backend.catalogs.get("shop.Orders").accept(List.of("billing", "orders"));
        backend.catalogs.get("shop.Orders").accept(List.of("billing"));
        assertThat(answers).containsExactly(List.of("orders"), List.of("billing", "orders"));
        watch.close();
        assertThat(backend.catalogs).isEmpty();
    }

    @Test
    void lastListsSurviveARestartOnDisk(@TempDir Path disk) {
        Path cache = disk.resolve("cache");
        directory = directory(List.of(backend, second), cache);
        subscribe();
        ServiceInstance full = instance("a").toBuilder()
                .zone("z")
                .tags(Map.of("k.1", "v=\u00e9"))
                .grpcServices(Set.of("shop.Orders", "shop.Carts"))
                .role("leader", Long.MAX_VALUE)
                .startTime(Instant.parse("2026-01-01T00:00:00.123456789Z"))
                .build();
        backend.tells("orders", full, instance("b"));
        second.tells("orders", instance("c"));
        Instant answered = time.instant();
        directory.close();
        told.clear();

        time.advance(Duration.ofHours(1));
        directory = directory(List.of(backend, second), cache);
        subscribe();
        assertThat(last()).containsExactly("a", "b", "c");
        assertThat(told.get(0).members().get(0).instance()).isEqualTo(full);
        assertThat(told.get(0).source()).isEqualTo(Source.DISK);
        assertThat(told.get(0).asOf()).isEqualTo(answered);
        settle();
        backend.fails("orders", "down");
        assertThat(told.get(1).source()).isEqualTo(Source.DISK);
        assertThat(told.get(1).problem()).isEqualTo("down");
        settle();
        backend.tells("orders", instance("a"));
        assertThat(last()).containsExactly("a", "-b", "c");
        second.tells("orders", instance("c"));
        settle();
        assertThat(directory.snapshot("orders").source()).isEqualTo(Source.LIVE);
    }

    @Test
    void ordersAreNeverMixedUpAndNothingIsLostUnderConcurrentChange() throws Exception {
        directory.close();
        // Real threads: this is about the directory's own synchronisation.
        directory = new Directory(
                List.of(backend),
                Map.of(),
                new DirectorySettings(Duration.ofMillis(1), LINGER, RETENTION, null),
                List.of());
        ExecutorService threads = Executors.newFixedThreadPool(6);
        AtomicBoolean overlapped = new AtomicBoolean();
        List<List<Integer>> versions = new ArrayList<>();
        List<CountDownLatch> done = new ArrayList<>();
        int last = 3000;
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<Integer> mine = new ArrayList<>();
            CountDownLatch finished = new CountDownLatch(1);
            AtomicBoolean busy = new AtomicBoolean();
            versions.add(mine);
            done.add(finished);
            directory.subscribe("orders", snapshot -> {
                if (!busy.compareAndSet(false, true)) {
                    overlapped.set(true);
                }
                int version = (int) snapshot.members().get(0).instance().epoch();
                mine.add(version);
                busy.set(false);
                if (version == last) {
                    finished.countDown();
                }
            });
        }
        work.add(threads.submit(() -> {
            for (int version = 1; version <= last; version++) {
                backend.tells(
                        "orders", instance("a").toBuilder().role("r", version).build());
            }
        }));
        for (int i = 0; i < 4; i++) {
            Random dice = new Random(i);
            work.add(threads.submit(() -> {
                for (int n = 0; n < 500; n++) {
                    Set<Long> heard = new HashSet<>();
                    Subscription passing = directory.subscribe(
                            "orders",
                            snapshot -> heard.add(
                                    snapshot.members().get(0).instance().epoch()));
                    if (dice.nextBoolean()) {
                        passing.close();
                    }
                }
            }));
        }
        for (Future<?> each : work) {
            each.get(60, TimeUnit.SECONDS);
        }
        for (CountDownLatch each : done) {
            assertThat(each.await(30, TimeUnit.SECONDS)).isTrue();
        }
        threads.shutdownNow();
        assertThat(overlapped).isFalse();
        versions.forEach(mine -> assertThat(mine).isSorted().endsWith(last));
        assertThat(directory.snapshot("orders").members().get(0).instance().epoch())
                .isEqualTo(last);
        assertThat(backend.watches("orders")).isEqualTo(1);
    }
}
