/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import static io.clusterrpc.resilience.CallFixture.UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.PreviousAttempts;
import io.clusterrpc.RetriedBelow;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.TargetInstance;
import io.clusterrpc.Unprocessed;
import io.clusterrpc.resilience.FakeChannel.FakeCall;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What surely reached no handler is sent once more, also by calls to several instances, whatever the method. */
class FanOutRepeatTests {

    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private final CallFixture fixture = new CallFixture();
    private final CallerLog caller = new CallerLog();
    private CallPolicy policy = CallPolicy.DEFAULTS;

    private ClientCall<String, String> broadcast(int known) {
        return start(CallMode.BROADCAST, null, known);
    }

    /** Two of three have to agree. */
    private ClientCall<String, String> quorum(int known) {
        return start(CallMode.QUORUM, QuorumPolicy.DEFAULTS, known);
    }

    private ClientCall<String, String> start(CallMode mode, QuorumPolicy quorum, int known) {
        List<ServiceInstance> members =
                IntStream.rangeClosed(1, known).mapToObj(FakeChannel::instance).toList();
        fixture.policy = new CallPolicy(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(2),
                        Map.of(
                                "Charge",
                                new MethodPolicy(null, null, null)
                                        .withMode(mode)
                                        .withQuorum(quorum)))
                .withRetryBudget(policy.retryBudget());
        fixture.fanOut = new FanOutParts(
                method -> members,
                method -> results -> results.stream()
                        .map(result -> result.isOk()
                                ? String.valueOf(result.response())
                                : result.status().getCode().name())
                        .collect(Collectors.joining(",")),
                () -> new Random(1));
        return fixture.start(UNSAFE, caller);
    }

    private FakeCall leg(int number) {
        return fixture.channel.attempt(number);
    }

    private static String target(FakeCall leg) {
        return String.valueOf(leg.options.getOption(TargetInstance.KEY));
    }

    /** Whoever was not asked when the quorum began. */
    private String spare(int known) {
        List<String> asked = fixture.channel.calls.stream()
                .limit(3)
                .map(FanOutRepeatTests::target)
                .toList();
        return IntStream.rangeClosed(1, known)
                .mapToObj(number -> "instance-" + number)
                .filter(id -> !asked.contains(id))
                .findFirst()
                .orElseThrow();
    }

    private static Metadata unprocessed() {
        return Unprocessed.mark(new Metadata(), "test");
    }

    private static void sheds(FakeCall leg) {
        leg.ends(Status.RESOURCE_EXHAUSTED, unprocessed());
    }

    @AfterEach
    void nothingLeaks() {
        for (FakeCall leg : fixture.channel.calls) {
            assertThat(leg.released).hasValue(leg.streamed ? 1 : 0);
        }
        assertThat(fixture.breaker.settled()).isEqualTo(fixture.breaker.acquired.get());
        assertThat(fixture.time.timers()).isZero();
        assertThat(caller.ends).hasSize(1);
    }

    // What the transport lost

    @Test
    void whatWasNotSentIsSentAnewToTheSameInstance() {
        broadcast(2);
        leg(2).isNotSent();
        leg(3).isNotSent();
        assertThat(target(leg(4))).isEqualTo("instance-2");
        assertThat(leg(4).messages).containsExactly("hello");
        assertThat(PreviousAttempts.read(leg(4).headers)).isZero();
        leg(4).answers("b");
        leg(1).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a,b", "OK");
        assertThat(fixture.events).containsExactly("attempt 1 OK", "attempt 1 OK", "call ANSWERED OK 2");
        assertThat(fixture.undelivered).isEqualTo(2);
    }

    @Test
    void aSecondRefusalIsAResult() {
        broadcast(2);
        leg(1).isRefused();
        assertThat(target(leg(3))).isEqualTo("instance-1");
        leg(3).isRefused();
        assertThat(fixture.channel.calls).hasSize(3);
        leg(2).answers("b");
        assertThat(caller.heard).containsExactly("headers", "UNAVAILABLE,b", "OK");
        assertThat(fixture.undelivered).isOne();
    }

    @Test
    void inPlaceOfAnInstanceThatRefusedAQuorumAsksAnotherOne() {
        quorum(4);
        leg(1).isRefused();
        assertThat(target(leg(4))).isEqualTo(spare(4));
        leg(4).answers("a");
        leg(2).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a", "OK");
        assertThat(fixture.undelivered).isOne();
        leg(3).ends(Status.CANCELLED);
    }

    @Test
    void nothingIsSentAnewAfterTheDeadline() {
        fixture.options = fixture.deadline(Duration.ofMillis(50));
        broadcast(1);
        fixture.time.advance(Duration.ofMillis(50));
        leg(1).isNotSent();
        assertThat(fixture.channel.calls).hasSize(1);
        assertThat(caller.heard).containsExactly("UNAVAILABLE");
    }

    // What no handler has seen

    @Test
    void inPlaceOfAnInstanceThatIsNotConnectedAQuorumAsksAnotherOneAtNoCharge() {
        policy = policy.withRetryBudget(new RetryBudgetPolicy(0, 0));
        fixture.channel.unconnected.addAll(List.of("instance-1", "instance-2", "instance-3"));
        fixture.channel.onStart = leg -> {
            if (!leg.streamed) {
                leg.ends(Status.UNAVAILABLE.withDescription("not connected"));
            }
        };
        quorum(5);
        List<FakeCall> reached =
                fixture.channel.calls.stream().filter(leg -> leg.streamed).toList();
        assertThat(reached).extracting(FanOutRepeatTests::target).containsExactlyInAnyOrder("instance-4", "instance-5");
        assertThat(reached).allMatch(leg -> PreviousAttempts.read(leg.headers) == 0);
        reached.forEach(leg -> leg.answers("a"));
        assertThat(caller.heard).containsExactly("headers", "a", "OK");
        assertThat(fixture.events).contains("failover UNAVAILABLE").doesNotContain("refused UNAVAILABLE");
    }

    @Test
    void aBroadcastHasAResultOfAnInstanceThatIsNotConnected() {
        fixture.channel.unconnected.add("instance-1");
        broadcast(2);
        leg(1).ends(Status.UNAVAILABLE);
        leg(2).answers("b");
        assertThat(caller.heard).containsExactly("headers", "UNAVAILABLE,b", "OK");
        assertThat(fixture.channel.calls).hasSize(2);
    }

    @Test
    void inPlaceOfAnInstanceThatDidNothingAQuorumAsksAnotherOneWithinTheBudget() {
        quorum(4);
        leg(1).ends(Status.UNAVAILABLE, unprocessed());
        assertThat(target(leg(4))).isEqualTo(spare(4));
        assertThat(PreviousAttempts.read(leg(4).headers)).isOne();
        leg(4).ends(Status.UNAVAILABLE, unprocessed());
        assertThat(fixture.channel.calls).as("no more of them").hasSize(4);
        leg(2).answers("a");
        leg(3).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a", "OK");
        assertThat(fixture.events)
                .containsSubsequence("attempt 1 UNAVAILABLE", "failover UNAVAILABLE", "attempt 2 UNAVAILABLE")
                .endsWith("call ANSWERED OK 4");
    }

    @Test
    void whatTheBudgetRefusesIsAResult() {
        policy = policy.withRetryBudget(new RetryBudgetPolicy(0, 0));
        quorum(4);
        leg(1).ends(Status.UNAVAILABLE, unprocessed());
        assertThat(fixture.channel.calls).hasSize(3);
        assertThat(fixture.events).containsExactly("attempt 1 UNAVAILABLE", "refused UNAVAILABLE");
        leg(2).answers("a");
        leg(3).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a", "OK");
    }

    @Test
    void anInstanceThatIsOnlyBusyIsAskedAgainOnceAfterABackoff() {
        broadcast(2);
        sheds(leg(1));
        assertThat(fixture.channel.calls).hasSize(2);
        assertThat(fixture.time.nextTimer()).isBetween(Duration.ofMillis(10), Duration.ofMillis(30));
        fixture.time.advance(Duration.ofMillis(30));
        assertThat(target(leg(3))).isEqualTo("instance-1");
        assertThat(PreviousAttempts.read(leg(3).headers)).isOne();
        sheds(leg(3));
        assertThat(fixture.channel.calls).hasSize(3);
        leg(2).answers("b");
        assertThat(caller.heard).containsExactly("headers", "RESOURCE_EXHAUSTED,b", "OK");
    }

    @Test
    void inPlaceOfABusyInstanceAQuorumAsksAnotherOneAtOnce() {
        quorum(4);
        sheds(leg(1));
        assertThat(target(leg(4))).isEqualTo(spare(4));
        leg(4).answers("a");
        leg(2).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a", "OK");
        leg(3).ends(Status.CANCELLED);
    }

    @Test
    void anInstanceThatIsNotTheOneMeantIsNotAskedAgain() {
        broadcast(2);
        leg(1).ends(Status.UNAVAILABLE, unprocessed());
        leg(2).answers("b");
        assertThat(caller.heard).containsExactly("headers", "UNAVAILABLE,b", "OK");
        assertThat(fixture.channel.calls).hasSize(2);
    }

    @Test
    void whatMayHaveBeenHandledIsNotRepeated() {
        quorum(5);
        leg(1).ends(Status.UNAVAILABLE);
        leg(2).ends(Status.RESOURCE_EXHAUSTED);
        assertThat(fixture.channel.calls).hasSize(3);
        leg(3).ends(Status.CANCELLED);
        assertThat(caller.heard).containsExactly("RESOURCE_EXHAUSTED");
    }

    @Test
    void theServerMaySayWhenToComeBackOrNotTo() {
        broadcast(2);
        Metadata later = unprocessed();
        later.put(PUSHBACK, "700");
        leg(1).ends(Status.RESOURCE_EXHAUSTED, later);
        Metadata never = unprocessed();
        never.put(PUSHBACK, "-1");
        leg(2).ends(Status.RESOURCE_EXHAUSTED, never);
        fixture.time.advance(Duration.ofMillis(699));
        assertThat(fixture.channel.calls).hasSize(2);
        fixture.time.advance(Duration.ofMillis(1));
        leg(3).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a,RESOURCE_EXHAUSTED", "OK");
    }

    @Test
    void aBackoffThatWouldEndAfterTheDeadlineIsNone() {
        fixture.options = fixture.deadline(Duration.ofMillis(5));
        broadcast(1);
        sheds(leg(1));
        assertThat(caller.heard).containsExactly("RESOURCE_EXHAUSTED");
        assertThat(fixture.events).doesNotContain("refused RESOURCE_EXHAUSTED");
    }

    @Test
    void whereFailoverIsOffNothingButWhatReachedNobodyIsRepeated() {
        fixture.retry = Retry.of("orders", RetryConfig.custom().maxAttempts(1).build());
        quorum(5);
        leg(1).ends(Status.UNAVAILABLE, unprocessed());
        leg(2).isNotSent();
        assertThat(target(leg(4))).isEqualTo(target(leg(2)));
        leg(4).answers("a");
        leg(3).answers("a");
        assertThat(caller.heard).containsExactly("headers", "a", "OK");
    }

    @Test
    void whatWasRepeatedFurtherDownIsNotRepeatedHere() {
        quorum(5);
        Metadata below = unprocessed();
        RetriedBelow.mark(below);
        leg(1).ends(Status.UNAVAILABLE, below);
        assertThat(fixture.channel.calls).hasSize(3);
        leg(2).answers("a");
        leg(3).answers("a");
    }

    @Test
    void aCallThatIsCancelledDuringABackoffAsksNobodyAnyMore() {
        ClientCall<String, String> call = broadcast(2);
        sheds(leg(1));
        call.cancel("enough", null);
        fixture.time.advance(Duration.ofSeconds(1));
        assertThat(fixture.channel.calls).hasSize(2);
        assertThat(leg(2).cancelled).isNotNull();
        leg(2).ends(Status.CANCELLED);
        assertThat(caller.heard).containsExactly("CANCELLED");
    }
}
