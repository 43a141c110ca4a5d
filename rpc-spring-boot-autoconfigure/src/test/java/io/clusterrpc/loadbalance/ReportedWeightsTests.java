/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.loadbalance.algorithm.Algorithms;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reports arrive with responses, weights follow on the timer of the balancer: both on virtual time. */
class ReportedWeightsTests {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final ServiceInstance A = instance("a", 100);
    private static final ServiceInstance B = instance("b", 100);
    private static final ServiceInstance C = instance("c", 100);

    private final VirtualTime time = new VirtualTime();
    private final EndpointRegistry registry = new EndpointRegistry("orders", time::nanoTime);
    private FakeChannel channel = channel("weighted-round-robin", ReportedLoadPolicy.DEFAULTS);

    private static ServiceInstance instance(String id, int weight) {
        return ServiceInstance.builder("orders", id, "localhost", id.charAt(0))
                .weight(weight)
                .build();
    }

    private FakeChannel channel(String algorithm, ReportedLoadPolicy policy) {
        return new FakeChannel(
                new BalancerContext(
                        "orders",
                        new Algorithms(() -> new Random(1), List.of()).named(algorithm),
                        BalancingPolicy.DEFAULTS.withWarmUp(Duration.ZERO).withReportedLoad(policy),
                        registry,
                        time::nanoTime,
                        time::instant,
                        () -> new Random(1)),
                time);
    }

    private static LoadReport load(double utilization, double qps, double eps) {
        return new LoadReport(utilization, 0, 0, qps, eps, 0, 0);
    }

    /** One call to the instance, whose response carries the bytes. */
    private void respond(ServiceInstance instance, byte[] bytes) {
        PickResult result;
        do {
            result = channel.pick();
        } while (!((FakeSubchannel) result.getSubchannel()).id().equals(instance.id()));
        ClientStreamTracer stream = result.getStreamTracerFactory()
                .newClientStreamTracer(
                        ClientStreamTracer.StreamInfo.newBuilder()
                                .setCallOptions(CallOptions.DEFAULT)
                                .build(),
                        new Metadata());
        stream.outboundHeaders();
        Metadata trailers = new Metadata();
        if (bytes != null) {
            trailers.put(OrcaTrailer.KEY, bytes);
        }
        stream.inboundTrailers(trailers);
        stream.streamClosed(Status.OK);
    }

    private void report(ServiceInstance instance, LoadReport report) {
        respond(instance, OrcaTrailer.encode(report));
    }

    /** Both report once a second. */
    private void run(int seconds, LoadReport ofA, LoadReport ofB) {
        for (int i = 0; i < seconds; i++) {
            report(A, ofA);
            report(B, ofB);
            time.advance(SECOND);
        }
    }

    private double weight(ServiceInstance instance) {
        return registry.view(instance.id()).weight();
    }

    private double share(ServiceInstance instance) {
        return channel.spread(12_000).getOrDefault(instance.id(), 0) / 12_000.0;
    }

    private FakeChannel connected(ServiceInstance... instances) {
        return channel.resolve(instances).connect(instances);
    }

    @Test
    void twiceTheUtilizationForTheSameThroughputHalvesTheShare() {
        connected(A, B);
        run(12, load(0.2, 50, 0), load(0.4, 50, 0));

        assertThat(share(A)).isCloseTo(2 / 3.0, within(0.01));
        assertThat(weight(A)).isCloseTo(100 * 4 / 3.0, within(0.1));
        assertThat(weight(B)).isCloseTo(100 * 2 / 3.0, within(0.1));
    }

    @Test
    void reportsCountOnlyAfterTheBlackout() {
        connected(A, B);
        run(9, load(0.2, 50, 0), load(0.4, 50, 0));
        assertThat(share(A)).isCloseTo(0.5, within(0.01));
        run(1, load(0.2, 50, 0), load(0.4, 50, 0));
        assertThat(share(A)).isCloseTo(2 / 3.0, within(0.01));
    }

    @Test
    void aNewConnectionStartsANewBlackout() {
        connected(A, B, C);
        for (int i = 0; i < 12; i++) {
            report(C, load(0.4, 50, 0));
            run(1, load(0.2, 50, 0), load(0.4, 50, 0));
        }
        assertThat(weight(A)).isGreaterThan(140);
        channel.to(A).becomes(ConnectivityState.IDLE);
        channel.to(A).becomes(ConnectivityState.READY);
        assertThat(weight(A)).isEqualTo(100);
        for (int i = 0; i < 12; i++) {
            report(C, load(0.4, 50, 0));
            run(1, load(0.2, 50, 0), load(0.4, 50, 0));
            assertThat(weight(A))
                    .as("after %d s", i + 1)
                    .satisfies(weight -> assertThat(weight > 140).isEqualTo(weight != 100));
        }
        assertThat(weight(A)).isGreaterThan(140);
    }

    @Test
    void aReportExpires() {
        connected(A, B);
        run(12, load(0.2, 50, 0), load(0.4, 50, 0));
        time.advance(Duration.ofSeconds(170));
        assertThat(share(A)).isCloseTo(2 / 3.0, within(0.01));
        time.advance(Duration.ofSeconds(10));
        assertThat(share(A)).isCloseTo(0.5, within(0.01));
        run(9, load(0.2, 50, 0), load(0.4, 50, 0));
        assertThat(share(A)).as("the blackout begins anew").isCloseTo(0.5, within(0.01));
        run(3, load(0.2, 50, 0), load(0.4, 50, 0));
        assertThat(share(A)).isCloseTo(2 / 3.0, within(0.01));
    }

    @Test
    void errorsCostAsMuchAsUtilization() {
        connected(A, B);
        run(12, load(0.2, 50, 10), load(0.4, 50, 0));

        assertThat(share(A)).as("0.2 + 10 / 50 = 0.4").isCloseTo(0.5, within(0.01));
    }

    @Test
    void thePenaltyForErrorsIsConfigurable() {
        channel = channel(
                "weighted-round-robin", new ReportedLoadPolicy(Duration.ZERO, Duration.ofMinutes(3), SECOND, 3));
        connected(A, B);
        run(2, load(0.2, 50, 10), load(0.4, 50, 0));

        assertThat(share(A)).as("1 / 0.8 of 1 / 0.8 + 1 / 0.4").isCloseTo(1 / 3.0, within(0.01));
    }

    @Test
    void oneThatReportsNothingGetsTheMeanOfTheOthers() {
        connected(A, B, C);
        run(12, load(0.2, 50, 0), load(0.4, 50, 0));

        assertThat(weight(C)).isEqualTo(100);
        assertThat(share(C)).isCloseTo(1 / 3.0, within(0.01));
        assertThat(share(A)).isCloseTo(4 / 9.0, within(0.01));
    }

    @Test
    void oneReportAloneChangesNothing() {
        connected(A, B, C);
        for (int i = 0; i < 12; i++) {
            report(A, load(0.2, 500, 0));
            time.advance(SECOND);
        }
        assertThat(share(A)).isCloseTo(1 / 3.0, within(0.01));
    }

    @Test
    void idleInstancesShareEqually() {
        connected(A, B);
        run(12, load(0.01, 5, 0), load(0.09, 1, 0));

        assertThat(share(A)).isCloseTo(0.5, within(0.01));
    }

    @Test
    void whatTheApplicationSaysCountsMoreThanItsProcessors() {
        connected(A, B);
        run(12, new LoadReport(0.9, 0, 0.2, 50, 0, 0, 0), load(0.4, 50, 0));

        assertThat(share(A)).isCloseTo(2 / 3.0, within(0.01));
    }

    @Test
    void theStaticWeightKeepsItsMeaning() {
        ServiceInstance preferred = instance("a", 300);
        connected(preferred, B);
        run(12, load(0.4, 50, 0), load(0.4, 50, 0));

        assertThat(share(preferred)).isCloseTo(0.75, within(0.01));
    }

    @Test
    void oneDrainedGetsNothingWhateverItReportsAndAllDrainedShareEqually() {
        ServiceInstance drained = instance("a", 0);
        connected(A, B);
        run(12, load(0.2, 50, 0), load(0.4, 50, 0));
        channel.resolve(drained, B);
        assertThat(share(A)).isZero();
        channel.resolve(drained, instance("b", 0));
        assertThat(share(A)).isCloseTo(0.5, within(0.01));
    }

    @Test
    void senselessReportsAreIgnoredAndCounted() {
        connected(A, B);
        byte[] nan = OrcaTrailer.encode(load(0.4, 50, 0));
        nan[7] = (byte) 0xf8;
        nan[8] = 0x7f;
        for (int i = 0; i < 12; i++) {
            report(A, load(0.2, 50, 0));
            report(B, load(0.4, 50, 0));
            respond(A, nan);
            respond(A, new byte[10 * 1024 * 1024]);
            respond(A, new byte[] {1, 2, 3});
            respond(A, null);
            time.advance(SECOND);
        }
        assertThat(share(A)).isCloseTo(2 / 3.0, within(0.01));
        assertThat(registry.ignoredLoadReports()).isEqualTo(36);
        assertThat(registry.view("a").load()).isEqualTo(load(0.2, 50, 0));
    }

    @Test
    void whoeverTakesNoReportsPaysNothingForThem() {
        channel = channel("round-robin", ReportedLoadPolicy.DEFAULTS);
        connected(A, B);
        int pickers = channel.pickers;
        run(12, load(0.2, 50, 0), load(0.4, 50, 0));

        assertThat(time.scheduled()).isZero();
        assertThat(channel.pickers).isEqualTo(pickers);
        assertThat(share(A)).isCloseTo(0.5, within(0.01));
    }

    @Test
    void steadyReportsMakeNoNewPicker() {
        connected(A, B);
        run(12, load(0.2, 50, 0), load(0.4, 50, 0));
        int pickers = channel.pickers;
        run(30, load(0.2, 50, 0), load(0.40001, 50, 0));

        assertThat(channel.pickers).isEqualTo(pickers);
        assertThat(time.scheduled()).isEqualTo(1);
        channel.idle();
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void sharesFollowThroughTheUpdatePeriod() {
        channel = channel(
                "weighted-round-robin",
                new ReportedLoadPolicy(Duration.ZERO, Duration.ofMinutes(3), Duration.ofSeconds(5), 1));
        connected(A, B);
        time.advance(Duration.ofSeconds(5));
        run(4, load(0.2, 50, 0), load(0.4, 50, 0));
        assertThat(share(A)).isCloseTo(0.5, within(0.01));
        run(1, load(0.2, 50, 0), load(0.4, 50, 0));
        assertThat(share(A)).isCloseTo(2 / 3.0, within(0.01));
    }

    /**
     * The loop closed: servers of which one is twice as fast report what their share does to them, above a little housekeeping. They
     * settle at equal utilisation, from wherever they start.
     */
    @Test
    void serversOfDifferentSpeedSettleAtEqualUtilization() {
        channel = channel(
                "weighted-round-robin", new ReportedLoadPolicy(Duration.ZERO, Duration.ofMinutes(3), SECOND, 1));
        connected(A, B);
        run(2, load(0.9, 10, 0), load(0.1, 90, 0));
        for (int i = 0; i < 60; i++) {
            double toA = 100 * share(A);
            double toB = 100 - toA;
            run(1, load(0.005 + toA / 200, toA, 0), load(0.005 + toB / 100, toB, 0));
        }
        assertThat(share(A)).isCloseTo(2 / 3.0, within(0.02));
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReportedLoadPolicy(SECOND, SECOND, Duration.ZERO, 1))
                .withMessage("updatePeriod: PT0S (expected: 100 ms or longer)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReportedLoadPolicy(SECOND, Duration.ZERO, SECOND, 1))
                .withMessage("expiration: PT0S (expected: longer than zero)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReportedLoadPolicy(SECOND, SECOND, SECOND, Double.NaN))
                .withMessage("errorPenalty: NaN (expected: 0..1000)");
    }
}
