/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.clusterrpc.Attempt;
import io.clusterrpc.HashKey;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.LoadBalancingAlgorithm.Selector;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Status;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every algorithm must do, whatever it is good at. */
abstract class LoadBalancingAlgorithmContractTests {

    private static final int PICKS = 100_000;

    /** The algorithm under test. */
    abstract LoadBalancingAlgorithm algorithm(Supplier<RandomGenerator> random);

    /** The n-th of many different calls; an algorithm that looks at a key overrides it. */
    PickSubchannelArgs call(int number) {
        return new FakeCall();
    }

    final LoadBalancingAlgorithm algorithm() {
        Random random = new Random(42);
        return algorithm(() -> random);
    }

    /** A candidate whose weight is what the factors make of a static weight and a warm-up. */
    Candidate candidate(String id, int weight, double warmth) {
        Set<WeightFactor> factors = algorithm().weightFactors();
        double product = (factors.contains(WeightFactor.STATIC) ? weight : 1)
                * (factors.contains(WeightFactor.WARM_UP) ? warmth : 1);
        return new ReadyEndpoint(
                instance(id, weight), true, false, product, record(id, weight), PickResult.withNoResult());
    }

    private static ServiceInstance instance(String id, int weight) {
        return ServiceInstance.builder("orders", id, id, 1).weight(weight).build();
    }

    private static EndpointRecord record(String id, int weight) {
        return new EndpointRecord(instance(id, weight), true, 0);
    }

    final double[] shares(List<Candidate> candidates, int picks) {
        Selector selector = algorithm().selector(candidates);
        double[] shares = new double[candidates.size()];
        for (int i = 0; i < picks; i++) {
            shares[selector.select(call(i))] += 1.0 / picks;
        }
        return shares;
    }

    private double[] expected(List<Candidate> candidates) {
        double total = candidates.stream().mapToDouble(Candidate::weight).sum();
        return candidates.stream().mapToDouble(it -> it.weight() / total).toArray();
    }

    @Test
    void hasANameForConfiguration() {
        assertThat(algorithm().name()).matches("[a-z]+(-[a-z]+)*");
    }

    @Test
    void sharesEquallyAmongEqualCandidates() {
        List<Candidate> candidates =
                IntStream.range(0, 7).mapToObj(i -> candidate("i" + i, 100, 1)).toList();
        assertThat(shares(candidates, PICKS)).containsExactly(expected(candidates), within(0.01));
    }

    @Test
    void honoursTheWeightsItAsksFor() {
        List<Candidate> candidates = List.of(
                candidate("a", 50, 1), candidate("b", 100, 0.1), candidate("c", 400, 0.5), candidate("d", 1, 1));
        assertThat(shares(candidates, PICKS)).containsExactly(expected(candidates), within(0.01));
    }

    @Test
    void honoursExtremeWeights() {
        List<Candidate> candidates = new ArrayList<>();
        candidates.add(candidate("heavy", 1_000, 1));
        for (int i = 0; i < 200; i++) {
            candidates.add(candidate("light" + i, 1, 0.1));
        }
        double[] shares = shares(candidates, PICKS);
        assertThat(shares[0]).isCloseTo(expected(candidates)[0], within(0.01));
        assertThat(Arrays.stream(shares).filter(share -> share == 0).count()).isZero();
    }

    @Test
    void takesASingleCandidate() {
        assertThat(shares(List.of(candidate("a", 3, 0.1)), 100)[0]).isCloseTo(1, within(1e-6));
    }

    @Test
    void reachesAThousandCandidates() {
        List<Candidate> candidates = IntStream.range(0, 1_000)
                .mapToObj(i -> candidate("i" + i, 50 + i % 100, 1))
                .toList();
        assertThat(Arrays.stream(shares(candidates, PICKS)).filter(share -> share == 0))
                .isEmpty();
    }

    @Test
    void choosesOneWhateverTheFiguresAre() {
        List<Candidate> candidates = new ArrayList<>();
        for (long latency : new long[] {-5, 0, 1, 20_000_000, Long.MAX_VALUE}) {
            Candidate odd = candidate("latency" + latency, 100, 1);
            odd(odd, latency, latency == 1 ? Integer.MAX_VALUE - 5L : 0);
            candidates.add(odd);
        }
        Selector selector = algorithm().selector(candidates);
        for (int i = 0; i < 1_000; i++) {
            assertThat(selector.select(call(i))).isBetween(0, candidates.size() - 1);
        }
    }

    private static void odd(Candidate candidate, long latencyNanos, long nanoTime) {
        EndpointStatistics statistics = ((ReadyEndpoint) candidate).known().statistics();
        statistics.opened(nanoTime);
        statistics.asked(nanoTime);
        statistics.responded(-nanoTime, latencyNanos);
        statistics.ended(Status.Code.DEADLINE_EXCEEDED, true, nanoTime, latencyNanos);
        statistics.released();
    }

    @Test
    void choosesWhileFiguresChangeOnOtherThreads() throws Exception {
        List<Candidate> candidates =
                IntStream.range(0, 5).mapToObj(i -> candidate("i" + i, 100, 1)).toList();
        Selector selector = algorithm(ThreadLocalRandom::current).selector(candidates);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> calls = IntStream.range(0, 3)
                    .mapToObj(thread -> threads.submit(() -> {
                        for (int i = 0; i < 20_000; i++) {
                            int chosen = selector.select(call(i));
                            EndpointStatistics statistics = ((ReadyEndpoint) candidates.get(chosen))
                                    .known()
                                    .statistics();
                            statistics.opened(i);
                            statistics.asked(i);
                            statistics.heard(i);
                            statistics.responded(i, 1_000 + i % 7);
                            statistics.ended(i % 5 == 0 ? Status.Code.UNAVAILABLE : Status.Code.OK, true, i, 0);
                            statistics.released();
                        }
                        return 20_000;
                    }))
                    .toList();
            int done = 0;
            for (Future<Integer> call : calls) {
                done += call.get();
            }
            assertThat(candidates.stream()
                            .mapToLong(it -> it.successes() + it.failures())
                            .sum())
                    .isEqualTo(done);
            assertThat(candidates).allSatisfy(it -> {
                assertThat(it.inFlight()).isZero();
                assertThat(it.waitingNanos(Long.MAX_VALUE / 2)).isZero();
            });
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void allocatesNothingToChoose() {
        List<Candidate> candidates = IntStream.range(0, 20)
                .mapToObj(i -> candidate("i" + i, 100 + i, 1))
                .toList();
        candidates.forEach(it -> odd(it, 1_000_000, 1_000));
        Selector selector = algorithm(ThreadLocalRandom::current).selector(candidates);
        PickSubchannelArgs call = call(0);
        // Where a test mocked anything, Object.equals itself allocates, and gRPC compares the keys of options by it.
        double options = allocated(() -> {
            call.getCallOptions().getOption(Attempt.KEY);
            call.getCallOptions().getOption(HashKey.KEY);
        });
        assertThat(allocated(() -> selector.select(call))).isLessThan(options + 1);
    }

    /** Bytes a time, once it is compiled as well as it will be. */
    private static double allocated(Runnable task) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 20 && least >= 1; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < PICKS; i++) {
                task.run();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / (double) PICKS);
        }
        return least;
    }

    // In the pipeline

    private ClusterPicker picker(List<ReadyEndpoint> endpoints) {
        BalancerContext context = BalancerContext.of(
                "orders",
                algorithm(ThreadLocalRandom::current),
                BalancingPolicy.DEFAULTS.withWarmUp(Duration.ZERO),
                new EndpointRegistry("orders"));
        return new ClusterPicker(
                context,
                context.algorithm(),
                List.of(new OffersService(), new Available(false, false)),
                Tiers.ONE,
                endpoints,
                List.of());
    }

    /** An endpoint whose result can be told apart by its text. */
    private ReadyEndpoint endpoint(String id, int weight) {
        PickResult result = PickResult.withError(Status.ABORTED.withDescription(id));
        double product = algorithm().weightFactors().contains(WeightFactor.STATIC) ? weight : 1;
        return new ReadyEndpoint(instance(id, weight), true, false, product, record(id, weight), result);
    }

    private Set<String> picked(ClusterPicker picker, String... tried) {
        Set<String> picked = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            picked.add(pick(picker, FakeCall.like(call(i), new Attempt(1, Set.of(tried)))));
        }
        return picked;
    }

    private static String pick(ClusterPicker picker, PickSubchannelArgs call) {
        return picker.pickSubchannel(call).getStatus().getDescription();
    }

    @Test
    void picksAnInstanceThatWasNotTriedYet() {
        ClusterPicker picker = picker(List.of(endpoint("a", 1_000), endpoint("b", 1), endpoint("c", 1)));
        assertThat(picked(picker, "a")).containsExactlyInAnyOrder("b", "c");
        assertThat(picked(picker, "a", "b")).containsExactly("c");
    }

    @Test
    void picksATriedInstanceWhenAllWereTried() {
        assertThat(picked(picker(List.of(endpoint("a", 100), endpoint("b", 100))), "a", "b"))
                .isSubsetOf("a", "b")
                .isNotEmpty();
        assertThat(picked(picker(List.of(endpoint("a", 100))), "a")).containsExactly("a");
    }

    @Test
    void picksNoDrainedInstance() {
        assertThat(picked(picker(List.of(endpoint("a", 0), endpoint("b", 100), endpoint("c", 0)))))
                .containsExactly("b");
    }

    @Test
    void sharesEquallyWhenAllAreDrained() {
        assertThat(picked(picker(List.of(endpoint("a", 0), endpoint("b", 0))))).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void picksOneOfTheSnapshotWhileThreadsPickAndSnapshotsChange() throws Exception {
        AtomicReference<ClusterPicker> current =
                new AtomicReference<>(picker(List.of(endpoint("a", 100), endpoint("b", 30))));
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(3);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Set<String>>> pickers = IntStream.range(0, 3)
                    .mapToObj(thread -> threads.submit(() -> {
                        // From the first snapshot: in the last one nothing has a weight.
                        Set<String> picked = new HashSet<>(Set.of(pick(current.get(), call(0))));
                        begun.countDown();
                        do {
                            for (int i = 0; i < 100; i++) {
                                picked.add(pick(current.get(), call(i)));
                            }
                        } while (!stop.get());
                        return picked;
                    }))
                    .toList();
            begun.await();
            for (int i = 1; i <= 2_000; i++) {
                List<ReadyEndpoint> endpoints = new ArrayList<>(List.of(endpoint("a", i % 5), endpoint("b", i % 3)));
                if (i % 7 == 0) {
                    endpoints.add(endpoint("c", i % 1_000));
                }
                current.set(picker(endpoints));
            }
            stop.set(true);
            for (Future<Set<String>> picker : pickers) {
                assertThat(picker.get()).isSubsetOf("a", "b", "c").isNotEmpty();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
