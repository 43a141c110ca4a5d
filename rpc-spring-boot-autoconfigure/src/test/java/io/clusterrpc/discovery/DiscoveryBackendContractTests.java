/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every discovery backend promises. A backend's own test class extends this one, says how to reach the registry, and adds what
 * is special to it.
 *
 * <p>Each {@link #open()} is another process as far as the registry is concerned. The hooks that hurt the registry skip their tests
 * unless overridden; a backend overrides all that its registry allows.
 */
public abstract class DiscoveryBackendContractTests {

    private final List<DiscoveryBackend> opened = new CopyOnWriteArrayList<>();
    private final AtomicInteger ports = new AtomicInteger(20_000);

    /** The service most tests are about; unique to the test where the registry outlives it. */
    protected final String service = uniqueName("orders");

    /**
     * Opens a connection to the registry under test, as a process of its own would.
     *
     * @return closed by the test
     */
    protected abstract DiscoveryBackend open();

    /**
     * Whether instances are registered through the backend; if not, only what can be said without is tested.
     *
     * @return {@code true} unless overridden
     */
    protected boolean registers() {
        return true;
    }

    /**
     * What the registry can tell of an instance. One that has no room for everything that an instance may say about itself leaves out
     * the rest here; what is told and what is expected are compared in this form.
     *
     * @param instance as it was registered, or as it was told
     * @return the instance itself unless overridden
     */
    protected ServiceInstance comparable(ServiceInstance instance) {
        return instance;
    }

    /**
     * Whether the registry shows who left on purpose; if not, those are only missing, like those that vanished.
     *
     * @return {@code true} unless overridden
     */
    protected boolean tellsWhoLeft() {
        return true;
    }

    /**
     * Whether the registry tells a watcher what changed between its first answer and being followed. A stand-in for a registry may not; then
     * changes begin when the first answer was heard.
     *
     * @return {@code true} unless overridden
     */
    protected boolean tellsWhatChangedMeanwhile() {
        return true;
    }

    /**
     * A name that no other test uses.
     *
     * @param stem what it begins with
     * @return the name; the stem itself unless overridden
     */
    protected String uniqueName(String stem) {
        return stem;
    }

    /**
     * How long the registry may take to tell of anything.
     *
     * @return 20 s unless overridden
     */
    protected Duration patience() {
        return Duration.ofSeconds(20);
    }

    /**
     * Ends a backend as if its process was killed.
     *
     * @param backend opened by {@link #open()}
     */
    protected void crash(DiscoveryBackend backend) {
        abort("this backend's test cannot crash a process");
    }

    /** Makes the registry unreachable. */
    protected void breakRegistry() {
        abort("this backend's test cannot break the registry");
    }

    /** Makes it reachable again. */
    protected void repairRegistry() {}

    /**
     * Removes an instance from the registry's list behind the back of its owner, without a sign that it left.
     *
     * @param owner where it was registered
     * @param instance what was registered
     * @return keeps the owner from putting it back until closed
     */
    protected Subscription vanish(DiscoveryBackend owner, ServiceInstance instance) {
        return abort("this backend's test cannot make an instance vanish");
    }

    /**
     * Opens a backend that the test closes.
     *
     * @return as {@link #open()}
     */
    protected final DiscoveryBackend opened() {
        DiscoveryBackend backend = open();
        opened.add(backend);
        return backend;
    }

    /**
     * A builder for a valid instance.
     *
     * @param id its id
     * @return an instance on loopback with a port of its own
     */
    protected final ServiceInstance.Builder instance(String id) {
        return ServiceInstance.builder(service, id, "127.0.0.1", ports.incrementAndGet())
                .startTime(Instant.parse("2026-02-03T04:05:06.789Z"));
    }

    /**
     * Waits as long as the registry may take.
     *
     * @return a condition to complete
     */
    protected final ConditionFactory eventually() {
        return Awaitility.await()
                .atMost(patience())
                .pollInterval(Duration.ofMillis(2))
                .pollDelay(Duration.ZERO);
    }

    @AfterEach
    void closeBackends() {
        opened.forEach(DiscoveryBackend::close);
    }

    private Recorder watch(DiscoveryBackend backend) {
        Recorder recorder = new Recorder(this::comparable);
        recorder.subscription = backend.watch(service, recorder);
        return recorder;
    }

    private DiscoveryBackend.Registration register(DiscoveryBackend backend, ServiceInstance instance) {
        assumeTrue(registers());
        DiscoveryBackend.Registration registration = backend.register(instance);
        eventually().until(registration::registered);
        return registration;
    }

    @Test
    void hasANameAndANoticeTimeADrainCanAfford() {
        DiscoveryBackend backend = opened();
        assertThat(backend.name()).matches("[a-z][a-z0-9-]*");
        assertThat(backend.noticeTime()).isBetween(Duration.ZERO, Duration.ofSeconds(20));
    }

    @Test
    void tellsAnEmptyListWhenNobodyIsThere() {
        Recorder recorder = watch(opened());
        eventually().until(() -> recorder.calls.size() == 1);
        assertThat(recorder.ids()).isEmpty();
        assertThat(recorder.left).isEmpty();
    }

    @Test
    void joiningIsTold() {
        Recorder recorder = watch(opened());
        ServiceInstance instance = instance("a").build();
        register(opened(), instance);
        eventually().until(() -> recorder.ids().equals(List.of("a")));
        assertThat(recorder.last()).containsExactly(comparable(instance));
    }

    @Test
    void firstListHoldsThoseWhoAreThereAlready() {
        register(opened(), instance("a").build());
        register(opened(), instance("b").build());
        Recorder recorder = watch(opened());
        eventually().until(() -> !recorder.calls.isEmpty() && recorder.ids().equals(List.of("a", "b")));
        assertThat(recorder.left).isEmpty();
    }

    @Test
    void instanceIsFoundFromWithinItsOwnProcess() {
        DiscoveryBackend backend = opened();
        register(backend, instance("a").build());
        Recorder recorder = watch(backend);
        eventually().until(() -> recorder.ids().equals(List.of("a")));
    }

    @Test
    void everythingThatIsRegisteredArrives() {
        ServiceInstance full = instance("a-1_b.c")
                .zone("zone-1")
                .version("1.2.3+build")
                .weight(0)
                .tags(Map.of("colour", "blue", "empty", "", "odd", "a=b: c\n\u00e4\u20ac"))
                .grpcServices(Set.of("shop.Orders", "shop.Carts"))
                .role("leader", 7)
                .build();
        register(opened(), full);
        Recorder recorder = watch(opened());
        eventually().until(() -> recorder.ids().size() == 1);
        assertThat(recorder.last()).containsExactly(comparable(full));
    }

    @Test
    void leavingIsToldAsLeaving() {
        Recorder recorder = watch(opened());
        DiscoveryBackend provider = opened();
        DiscoveryBackend.Registration a = register(provider, instance("a").build());
        register(provider, instance("b").build());
        eventually().until(() -> recorder.ids().equals(List.of("a", "b")));
        a.close();
        a.close();
        eventually().until(() -> recorder.ids().equals(List.of("b")));
        assertThat(a.registered()).isFalse();
        assumeTrue(tellsWhoLeft());
        eventually().until(() -> recorder.left.contains("a"));
        assertThat(recorder.left).containsExactly("a");
    }

    @Test
    void closingTheBackendWithdrawsEverything() {
        Recorder recorder = watch(opened());
        DiscoveryBackend provider = opened();
        register(provider, instance("a").build());
        register(provider, instance("b").build());
        eventually().until(() -> recorder.ids().size() == 2);
        provider.close();
        provider.close();
        eventually().until(() -> recorder.ids().isEmpty());
        assumeTrue(tellsWhoLeft());
        eventually().until(() -> recorder.left.equals(Set.of("a", "b")));
    }

    @Test
    void crashIsNoticed() {
        Recorder recorder = watch(opened());
        register(opened(), instance("a").build());
        DiscoveryBackend victim = opened();
        register(victim, instance("b").build());
        eventually().until(() -> recorder.ids().size() == 2);
        crash(victim);
        eventually().until(() -> recorder.ids().equals(List.of("a")));
        // From then on nobody new finds it either.
        Recorder later = watch(opened());
        eventually().until(() -> later.ids().equals(List.of("a")));
    }

    @Test
    void changeOfWeightAndMetadataKeepsTheInstance() {
        Recorder recorder = watch(opened());
        ServiceInstance before = instance("a").build();
        DiscoveryBackend.Registration registration = register(opened(), before);
        eventually().until(() -> recorder.ids().equals(List.of("a")));
        ServiceInstance after = before.toBuilder()
                .weight(7)
                .tags(Map.of("k", "v"))
                .role("standby", 3)
                .build();
        registration.update(after);
        eventually().until(() -> recorder.last().equals(List.of(comparable(after))));
        assertThat(recorder.left).isEmpty();
    }

    @Test
    void servicesAreKeptApart() {
        String other = uniqueName("billing");
        Recorder recorder = watch(opened());
        DiscoveryBackend provider = opened();
        register(provider, ServiceInstance.builder(other, "x", "127.0.0.1", 1).build());
        register(provider, instance("a").build());
        eventually().until(() -> recorder.ids().equals(List.of("a")));
        assertThat(recorder.calls)
                .allMatch(call -> call.stream().noneMatch(each -> each.id().equals("x")));
    }

    @Test
    void closedWatchHearsNothingAndANewOneStartsAfresh() {
        DiscoveryBackend consumer = opened();
        Recorder recorder = watch(consumer);
        DiscoveryBackend provider = opened();
        register(provider, instance("a").build());
        eventually().until(() -> recorder.ids().equals(List.of("a")));
        recorder.subscription.close();
        recorder.subscription.close();
        int before = recorder.calls.size();
        register(provider, instance("b").build());
        Recorder again = watch(consumer);
        eventually().until(() -> again.ids().equals(List.of("a", "b")));
        assertThat(recorder.calls).hasSize(before);
        assertThat(again.left).isEmpty();
    }

    @Test
    void closedBackendTellsNothing() {
        DiscoveryBackend consumer = opened();
        Recorder recorder = watch(consumer);
        eventually().until(() -> recorder.calls.size() == 1);
        consumer.close();
        DiscoveryBackend provider = opened();
        Recorder witness = watch(provider);
        register(provider, instance("a").build());
        eventually().until(() -> witness.ids().equals(List.of("a")));
        assertThat(recorder.calls).hasSize(1);
    }

    @Test
    void throwingListenerDisturbsNobody() {
        DiscoveryBackend consumer = opened();
        AtomicInteger thrown = new AtomicInteger();
        consumer.watch(service, new DiscoveryBackend.Listener() {
            @Override
            public void onInstances(java.util.Collection<ServiceInstance> instances, Set<String> left) {
                throw new AssertionError("on purpose");
            }

            @Override
            public void onError(DiscoveryException problem) {
                throw new AssertionError("on purpose");
            }
        });
        consumer.watch(service, new DiscoveryBackend.Listener() {
            @Override
            public void onInstances(java.util.Collection<ServiceInstance> instances, Set<String> left) {
                thrown.incrementAndGet();
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void onError(DiscoveryException problem) {
                throw new IllegalStateException("on purpose");
            }
        });
        Recorder recorder = watch(consumer);
        register(opened(), instance("a").build());
        eventually().until(() -> recorder.ids().equals(List.of("a")));
        eventually().until(() -> thrown.get() >= 1);
    }

    @Test
    void updatesArriveInOrderAndTheLastOneArrives() {
        Recorder recorder = watch(opened());
        ServiceInstance first = instance("a").build();
        DiscoveryBackend.Registration registration = register(opened(), first);
        ServiceInstance last = first;
        for (int weight = 101; weight <= 300; weight++) {
            last = first.toBuilder().weight(weight).build();
            registration.update(last);
        }
        List<ServiceInstance> expected = List.of(comparable(last));
        eventually().until(() -> recorder.last().equals(expected));
        List<Integer> weights = recorder.calls.stream()
                .filter(call -> !call.isEmpty())
                .map(call -> call.get(0).weight())
                .toList();
        assertThat(weights).isSorted();
        assertThat(recorder.overlapped).isFalse();
        assertThat(recorder.left).isEmpty();
    }

    @Test
    void nothingIsLostUnderConcurrentChange() throws Exception {
        assumeTrue(registers());
        List<Recorder> recorders = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            recorders.add(watch(opened()));
        }
        if (!tellsWhatChangedMeanwhile()) {
            recorders.forEach(recorder -> eventually().until(() -> !recorder.calls.isEmpty()));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<List<ServiceInstance>>> work = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            DiscoveryBackend provider = opened();
            String prefix = "p" + thread + "-";
            work.add(threads.submit(() -> churn(provider, prefix)));
        }
        Set<ServiceInstance> expected = new TreeSet<>(java.util.Comparator.comparing(ServiceInstance::id));
        for (Future<List<ServiceInstance>> each : work) {
            each.get(60, TimeUnit.SECONDS).forEach(instance -> expected.add(comparable(instance)));
        }
        threads.shutdown();
        recorders.add(watch(opened()));
        for (Recorder recorder : recorders) {
            eventually().untilAsserted(() -> assertThat(recorder.last()).containsExactlyElementsOf(expected));
            assertThat(recorder.overlapped).isFalse();
        }
    }

    /** Registers, changes and withdraws; returns what stays. */
    private List<ServiceInstance> churn(DiscoveryBackend provider, String prefix) {
        List<ServiceInstance> staying = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            ServiceInstance instance = instance(prefix + i).build();
            DiscoveryBackend.Registration registration = provider.register(instance);
            ServiceInstance changed = instance.toBuilder().weight(i).build();
            registration.update(changed);
            if (i % 3 == 0) {
                registration.close();
            } else {
                staying.add(changed);
            }
        }
        return staying;
    }

    @Test
    void errorIsNotAnEmptyList() {
        Recorder recorder = watch(opened());
        DiscoveryBackend.Registration registration =
                register(opened(), instance("a").build());
        eventually().until(() -> recorder.ids().equals(List.of("a")));
        breakRegistry();
        int calls;
        try {
            eventually().until(() -> !recorder.problems.isEmpty());
            assertThat(recorder.ids()).containsExactly("a");
            assertThat(recorder.problems.get(0))
                    .hasMessageContaining(opened.get(0).name());
        } finally {
            calls = recorder.calls.size();
            repairRegistry();
        }
        // That the registry answers again is told though nothing has changed.
        eventually().until(() -> recorder.calls.size() > calls && recorder.ids().equals(List.of("a")));
        ServiceInstance late = instance("b").build();
        register(opened(), late);
        eventually().until(() -> recorder.ids().equals(List.of("a", "b")));
        eventually().until(registration::registered);
        assertThat(recorder.left).isEmpty();
    }

    @Test
    void whoMerelyVanishesHasNotLeft() {
        Recorder recorder = watch(opened());
        register(opened(), instance("a").build());
        DiscoveryBackend owner = opened();
        ServiceInstance instance = instance("b").build();
        DiscoveryBackend.Registration registration = register(owner, instance);
        eventually().until(() -> recorder.ids().equals(List.of("a", "b")));
        try (Subscription hidden = vanish(owner, instance)) {
            assertThat(hidden).isNotNull();
            eventually().until(() -> recorder.ids().equals(List.of("a")));
            assertThat(recorder.left).isEmpty();
        }
        // Its owner notices and puts it back.
        eventually().until(() -> recorder.ids().equals(List.of("a", "b")));
        eventually().until(registration::registered);
        assertThat(recorder.left).isEmpty();
    }

    @Test
    void whoVanishedFirstAndDiesThenHasLeftOrStaysAway() {
        Recorder recorder = watch(opened());
        DiscoveryBackend owner = opened();
        ServiceInstance instance = instance("b").build();
        register(owner, instance);
        eventually().until(() -> recorder.ids().equals(List.of("b")));
        try (Subscription hidden = vanish(owner, instance)) {
            assertThat(hidden).isNotNull();
            eventually().until(() -> recorder.ids().isEmpty());
            crash(owner);
        }
        assertThat(recorder.ids()).isEmpty();
    }

    @Test
    void catalogNamesTheApplicationsThatOfferAService() {
        DiscoveryBackend consumer = opened();
        DiscoveryBackend.Catalog catalog = consumer.catalog();
        assumeTrue(catalog != null && registers());
        String grpcService = uniqueName("shop.Orders");
        List<List<String>> answers = Collections.synchronizedList(new ArrayList<>());
        Subscription watch = catalog.watch(grpcService, answers::add);
        eventually().until(() -> answers.equals(List.of(List.of())));
        DiscoveryBackend provider = opened();
        DiscoveryBackend.Registration registration = register(
                provider, instance("a").grpcServices(Set.of(grpcService, "x.Y")).build());
        eventually().until(() -> answers.get(answers.size() - 1).equals(List.of(service)));
        String other = uniqueName("a-first");
        register(
                provider,
                ServiceInstance.builder(other, "x", "127.0.0.1", 1)
                        .grpcServices(Set.of(grpcService))
                        .build());
        eventually().until(() -> answers.get(answers.size() - 1).equals(List.of(other, service)));
        registration.close();
        eventually().until(() -> answers.get(answers.size() - 1).equals(List.of(other)));
        watch.close();
        int before = answers.size();
        register(provider, instance("b").grpcServices(Set.of(grpcService)).build());
        List<List<String>> later = Collections.synchronizedList(new ArrayList<>());
        consumer.catalog().watch(grpcService, later::add);
        eventually().until(() -> later.contains(List.of(other, service)));
        assertThat(answers).hasSize(before);
    }

    /** Keeps what a listener was told and checks that it is told one thing after the other. */
    private static final class Recorder implements DiscoveryBackend.Listener {

        private final List<List<ServiceInstance>> calls = new CopyOnWriteArrayList<>();
        private final Set<String> left = Collections.synchronizedSet(new TreeSet<>());
        private final List<DiscoveryException> problems = new CopyOnWriteArrayList<>();
        private final AtomicInteger running = new AtomicInteger();
        private volatile boolean overlapped;
        private Subscription subscription = () -> {};
        private final UnaryOperator<ServiceInstance> comparable;

        Recorder(UnaryOperator<ServiceInstance> comparable) {
            this.comparable = comparable;
        }

        @Override
        public void onInstances(java.util.Collection<ServiceInstance> instances, Set<String> gone) {
            alone(() -> {
                left.addAll(gone);
                calls.add(instances.stream()
                        .map(comparable)
                        .sorted(java.util.Comparator.comparing(ServiceInstance::id))
                        .toList());
            });
        }

        @Override
        public void onError(DiscoveryException problem) {
            alone(() -> problems.add(problem));
        }

        private void alone(Runnable action) {
            overlapped |= running.incrementAndGet() != 1;
            action.run();
            running.decrementAndGet();
        }

        List<ServiceInstance> last() {
            return calls.isEmpty() ? List.of() : calls.get(calls.size() - 1);
        }

        List<String> ids() {
            return last().stream().map(ServiceInstance::id).toList();
        }
    }
}
