/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.LIST;
import static io.clusterrpc.resilience.CallFixture.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.Agreement;
import io.clusterrpc.InstanceResult;
import io.clusterrpc.RpcMerger;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.TargetInstance;
import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.grpc.ClientCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FanOutCallTests {

    private static final RpcMerger<String> JOIN = results -> results.stream()
            .map(result -> result.isOk()
                    ? String.valueOf(result.response())
                    : result.status().getCode().name())
            .collect(Collectors.joining(","));

    private final CallFixture fixture = new CallFixture();
    private final CallerLog caller = new CallerLog();

    @Nullable
    private List<ServiceInstance> members = instances(3);

    private RpcMerger<String> merger = JOIN;

    private static List<ServiceInstance> instances(int count) {
        List<ServiceInstance> instances = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            instances.add(FakeChannel.instance(i));
        }
        return instances;
    }

    private ClientCall<String, String> broadcast() {
        return call(CallMode.BROADCAST, null);
    }

    private ClientCall<String, String> quorum(int instances, int agree) {
        return call(CallMode.QUORUM, new QuorumPolicy(instances, agree));
    }

    private ClientCall<String, String> call(CallMode mode, @Nullable QuorumPolicy quorum) {
        fixture.policy = CallFixture.policyFor(
                "Get", new MethodPolicy(null, null, null).withMode(mode).withQuorum(quorum));
        fixture.fanOut = new FanOutParts(method -> members, method -> merger, () -> new Random(1));
        return fixture.start(SAFE, caller);
    }

    private FakeCall leg(int number) {
        return fixture.channel.attempt(number);
    }

    private void over() {
        for (FakeCall leg : fixture.channel.calls) {
            assertThat(leg.released).hasValue(1);
        }
        assertThat(fixture.breaker.settled()).isEqualTo(fixture.breaker.acquired.get());
        assertThat(fixture.time.timers()).isZero();
        assertThat(caller.ends).hasSize(1);
    }

    @Test
    void everyInstanceIsAskedOnceAndTheMergerMakesOneAnswer() {
        broadcast();
        assertThat(fixture.channel.calls)
                .extracting(call -> call.options.getOption(TargetInstance.KEY))
                .containsExactly("instance-1", "instance-2", "instance-3");
        assertThat(leg(3).messages).containsExactly("hello");
        leg(2).answers("b");
        leg(3).answers("c");
        assertThat(caller.ends).isEmpty();
        leg(1).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a,b,c", "OK");
        assertThat(fixture.events).contains("call ANSWERED OK 3");
        over();
    }

    @Test
    void whoFailsHasAResultAndIsNotRepeated() {
        broadcast();
        leg(1).ends(Status.UNAVAILABLE);
        leg(2).answers("b");
        leg(3).ends(Status.NOT_FOUND);
        assertThat(caller.heard).containsExactly("headers", "UNAVAILABLE,b,NOT_FOUND", "OK");
        assertThat(fixture.breaker.succeeded).hasValue(1);
        assertThat(fixture.channel.calls).hasSize(3);
        over();
    }

    @Test
    void whereNobodyAnswersTheCallFailsForTheBreakerToo() {
        broadcast();
        leg(1).ends(Status.UNAVAILABLE);
        leg(2).ends(Status.DEADLINE_EXCEEDED);
        leg(3).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(caller.end().getDescription())
                .contains("3 instances: none of them answered", "10.0.0.2:9090: DEADLINE_EXCEEDED");
        assertThat(fixture.breaker.failed).hasValue(1);
        over();
    }

    @Test
    void anInstanceWhoseAttemptCannotStartHasAResult() {
        fixture.channel.startThrows = new IllegalStateException("start");
        broadcast();
        assertThat(caller.heard).containsExactly("UNKNOWN");
    }

    @Test
    void aMergerThatThrowsFailsTheCall() {
        merger = results -> {
            throw new IllegalArgumentException("apples and pears");
        };
        broadcast();
        fixture.channel.calls.forEach(leg -> leg.answers("a"));
        assertThat(caller.heard).containsExactly("INTERNAL");
        assertThat(caller.end().getDescription()).contains("could not be merged", "apples and pears");
        over();
    }

    @Test
    void aMergerMayChooseTheStatus() {
        merger = results -> {
            throw Status.DATA_LOSS.asRuntimeException();
        };
        broadcast();
        fixture.channel.calls.forEach(leg -> leg.answers("a"));
        assertThat(caller.heard).containsExactly("DATA_LOSS");
    }

    @Test
    void aMergerIsWaitedForNoLongerThanTheDeadline() {
        broadcast();
        fixture.queueing = true;
        fixture.channel.calls.forEach(leg -> leg.answers("a"));
        Runnable merging = fixture.executor.poll();
        fixture.time.advance(Duration.ofSeconds(5));
        fixture.runQueued();
        assertThat(caller.heard).containsExactly("DEADLINE_EXCEEDED");
        merging.run();
        fixture.runQueued();
        over();
    }

    @Test
    void enoughEqualAnswersAreEnough() {
        quorum(3, 2);
        leg(1).answers("a");
        leg(3).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a", "OK");
        assertThat(leg(2).cancelled).isNotNull();
        assertThat(fixture.events).doesNotContain("disagreed");
        leg(2).ends(Status.CANCELLED);
        over();
    }

    @Test
    void whoDisagreesIsReported() {
        quorum(3, 2);
        leg(1).answers("a");
        leg(2).answers("b");
        leg(3).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a", "OK");
        assertThat(fixture.events).contains("disagreed");
        over();
    }

    @Test
    void whereNotEnoughAgreeTheCallIsAborted() {
        quorum(3, 2);
        leg(1).answers("a");
        leg(2).answers("b");
        leg(3).answers("c");
        assertThat(caller.heard).containsExactly("ABORTED");
        assertThat(caller.end().getDescription())
                .contains("No 2 instances agree: 1 + 1 + 1 gave 3 different answers")
                .doesNotContain("hello");
        assertThat(fixture.events).contains("disagreed");
        over();
    }

    @Test
    void aQuorumThatCannotBeReachedAnyMoreFailsAtOnce() {
        quorum(3, 2);
        leg(1).ends(Status.UNAVAILABLE);
        leg(2).ends(Status.UNAVAILABLE);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(caller.end().getDescription()).contains("2 have to agree, but only 0 answered");
        assertThat(leg(3).cancelled).isNotNull();
        leg(3).ends(Status.CANCELLED);
        over();
    }

    @Test
    void aQuorumLargerThanTheClusterSaysSo() {
        members = instances(2);
        quorum(5, 3);
        assertThat(caller.heard).containsExactly("FAILED_PRECONDITION");
        assertThat(caller.end().getDescription())
                .contains("3 instances cannot agree about test.Orders/Get, because 2 are known: instance-1, instance-2;"
                        + " how many must is set by rpc.references.orders.methods.Get.quorum.agree");
        assertThat(fixture.channel.calls).isEmpty();
        over();
    }

    @Test
    void aQuorumAsksAsManyAsItNeedsOnly() {
        members = instances(9);
        quorum(3, 2);
        assertThat(fixture.channel.calls)
                .hasSize(3)
                .extracting(call -> call.options.getOption(TargetInstance.KEY))
                .doesNotHaveDuplicates();
    }

    @Test
    void withoutInstancesThereIsNobodyToAsk() {
        members = List.of();
        broadcast();
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        assertThat(caller.end().getDescription()).contains("no instance is known");
    }

    @Test
    void aRegistryThatHasNotAnsweredYetIsWaitedFor() {
        members = null;
        broadcast();
        fixture.time.advance(Duration.ofMillis(90));
        assertThat(caller.ends).isEmpty();
        members = instances(1);
        fixture.time.advance(Duration.ofMillis(20));
        leg(1).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a", "OK");
        over();
    }

    @Test
    void aRegistryThatNeverAnswersIsWaitedForUntilTheDeadline() {
        members = null;
        broadcast();
        fixture.time.advance(Duration.ofSeconds(5));
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
        over();
    }

    @Test
    void aCancelledCallCancelsEveryAttempt() {
        ClientCall<String, String> call = broadcast();
        leg(1).answers("a");
        call.cancel("no more", null);
        assertThat(caller.heard).containsExactly("CANCELLED");
        assertThat(leg(2).cancelled).isNotNull();
        leg(2).ends(Status.CANCELLED);
        leg(3).answers("late");
        over();
    }

    @Test
    void aStreamOfAReferenceWithSuchAModeIsAnOrdinaryCall() {
        fixture.policy = CallPolicy.DEFAULTS.withMode(CallMode.BROADCAST, null);
        fixture.start(LIST, caller);
        assertThat(fixture.channel.calls).hasSize(1);
    }

    @Test
    void whateverHappensTheCallerHearsOneEndAndAttemptsAreClosed() {
        for (long seed = 0; seed < 3_000; seed++) {
            try {
                new FanOutCallTests().schedule(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private void schedule(Random random) {
        fixture.queueing = random.nextBoolean();
        members = random.nextInt(10) == 0 ? null : instances(1 + random.nextInt(4));
        if (random.nextInt(10) == 0) {
            merger = results -> {
                throw new IllegalStateException("random");
            };
        }
        fixture.channel.onStart = leg -> {
            if (random.nextInt(4) == 0) {
                happen(leg, random);
            }
        };
        fixture.options = random.nextBoolean() ? fixture.deadline(Duration.ofMillis(200)) : fixture.options;
        ClientCall<String, String> call = random.nextBoolean() ? broadcast() : quorum(1 + random.nextInt(3), 1);
        for (int i = random.nextInt(25); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    List<FakeCall> live = fixture.channel.calls.stream()
                            .filter(leg -> leg.started && !leg.closed)
                            .toList();
                    if (!live.isEmpty()) {
                        happen(live.get(random.nextInt(live.size())), random);
                    }
                }
                case 3 -> fixture.time.advance(Duration.ofMillis(random.nextInt(50)));
                case 4 -> {
                    Runnable task = fixture.executor.poll();
                    if (task != null) {
                        task.run();
                    }
                }
                default -> {
                    if (random.nextInt(5) == 0) {
                        call.cancel("random", null);
                    }
                    members = members == null ? instances(2) : members;
                }
            }
        }
        for (int i = 0; i < 10; i++) {
            fixture.runQueued();
            fixture.channel.calls.stream()
                    .filter(leg -> leg.started && !leg.closed)
                    .forEach(leg -> leg.ends(leg.cancelled == null ? Status.UNAVAILABLE : Status.CANCELLED));
            fixture.time.advance(Duration.ofSeconds(1));
        }
        over();
        assertThat(caller.heard).noneMatch(heard -> heard.startsWith("LATE") || heard.startsWith("CONC"));
        assertThat(fixture.events.stream().filter(event -> event.startsWith("call")))
                .hasSize(1);
        assertThat(fixture.executor).isEmpty();
    }

    private static void happen(FakeCall leg, Random random) {
        switch (random.nextInt(3)) {
            case 0 -> leg.answers(random.nextBoolean() ? "a" : "b");
            case 1 -> leg.ends(leg.cancelled == null ? Status.UNAVAILABLE : Status.CANCELLED);
            default -> leg.sendsHeaders();
        }
    }

    @Test
    void anAgreementSaysWhetherAllAgree() {
        InstanceResult<String> a = new InstanceResult<>(FakeChannel.instance(1), "a", Status.OK);
        InstanceResult<String> b = new InstanceResult<>(FakeChannel.instance(2), "b", Status.OK);
        Agreement<String> unanimous = new Agreement<>("a", List.of(a));
        Agreement<String> disputed = new Agreement<>("a", List.of(a, b));
        assertThat(unanimous.isUnanimous()).isTrue();
        assertThat(disputed.isUnanimous()).isFalse();
    }

    @Test
    void aResultHasAResponseOrAFailure() {
        assertThat(new InstanceResult<>(FakeChannel.instance(1), "a", Status.OK).isOk())
                .isTrue();
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> new InstanceResult<>(FakeChannel.instance(1), null, Status.OK)))
                .hasMessageContaining("expected: OK with a response");
    }
}
