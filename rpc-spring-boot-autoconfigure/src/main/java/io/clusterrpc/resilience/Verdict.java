/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.InstanceResult;
import io.clusterrpc.RpcMerger;
import io.clusterrpc.ServiceInstance;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which instances a call to several goes to, and what their answers come to. Immutable but for the receiver of the results.
 *
 * @param quorum how many answers have to be equal, {@code null} if all instances are waited for
 * @param receiver who wants to know what each instance made of it, {@code null} if only the answer counts
 * @param random chooses instances
 */
record Verdict<RespT>(
        @Nullable QuorumPolicy quorum, @Nullable FanOut<RespT> receiver, RandomGenerator random) {

    /**
     * Where to go, or why nowhere.
     *
     * @param instances who is asked
     * @param spares who is asked in place of one that surely was not reached, in order of preference
     */
    record Choice(
            List<ServiceInstance> instances,
            List<ServiceInstance> spares,
            @Nullable Status refusal) {

        private static Choice refused(Status refusal) {
            return new Choice(List.of(), List.of(), refusal);
        }
    }

    /**
     * How the call ends.
     *
     * @param merges whether a merger makes the answer
     * @param differs whether instances answered differently
     */
    record Decision<RespT>(Status status, @Nullable RespT response, boolean merges, boolean differs) {}

    /** @param members in order of preference */
    Choice choose(String reference, MethodDescriptor<?, ?> method, List<ServiceInstance> members) {
        if (members.isEmpty()) {
            return Choice.refused(
                    Status.UNAVAILABLE.withDescription("Reference '" + reference + "': no instance is known that "
                            + method.getFullMethodName() + " could be sent to (instances are known from discovery only,"
                            + " not with spring.grpc.client.channel." + reference + ".target)"));
        }
        if (quorum == null) {
            return new Choice(members, List.of(), null);
        }
        if (members.size() < quorum.agree()) {
            return Choice.refused(
                    Status.FAILED_PRECONDITION.withDescription("Reference '" + reference + "': " + quorum.agree()
                            + " instances cannot agree about " + method.getFullMethodName() + ", because "
                            + members.size() + (members.size() == 1 ? " is known: " : " are known: ")
                            + members.stream().map(ServiceInstance::id).collect(Collectors.joining(", "))
                            + (receiver == null ? howMany(reference, method) : "")));
        }
        return some(members, Math.min(quorum.instances(), members.size()));
    }

    private static String howMany(String reference, MethodDescriptor<?, ?> method) {
        return "; how many must is set by rpc.references." + reference + ".methods." + method.getBareMethodName()
                + ".quorum.agree";
    }

    /** Any of them, so that not always the same are asked. */
    private Choice some(List<ServiceInstance> members, int count) {
        if (count == members.size()) {
            return new Choice(members, List.of(), null);
        }
        List<ServiceInstance> left = new ArrayList<>(members);
        List<ServiceInstance> chosen = new ArrayList<>(count);
        while (chosen.size() < count) {
            chosen.add(left.remove(random.nextInt(left.size())));
        }
        return new Choice(chosen, left, null);
    }

    /**
     * Judges what is known.
     *
     * @param results not empty
     * @param open how many further ones will come
     * @return {@code null} if they have to be waited for
     */
    @Nullable
    Decision<RespT> decide(List<InstanceResult<RespT>> results, int open) {
        return quorum == null ? all(results, open) : agreement(quorum, results, open);
    }

    private @Nullable Decision<RespT> all(List<InstanceResult<RespT>> results, int open) {
        if (open > 0) {
            return null;
        }
        boolean answered = results.stream().anyMatch(InstanceResult::isOk);
        if (!answered) {
            return new Decision<>(failure(results, "none of them answered"), null, false, false);
        }
        return new Decision<>(Status.OK, null, receiver == null, false);
    }

    private static <RespT> @Nullable Decision<RespT> agreement(
            QuorumPolicy quorum, List<InstanceResult<RespT>> results, int open) {
        Map<RespT, Integer> votes = new LinkedHashMap<>();
        for (InstanceResult<RespT> result : results) {
            if (result.response() != null) {
                votes.merge(result.response(), 1, Integer::sum);
            }
        }
        int most = 0;
        int answers = 0;
        for (Map.Entry<RespT, Integer> vote : votes.entrySet()) {
            most = Math.max(most, vote.getValue());
            answers += vote.getValue();
            if (vote.getValue() >= quorum.agree()) {
                return new Decision<>(Status.OK, vote.getKey(), false, votes.size() > 1);
            }
        }
        if (most + open >= quorum.agree()) {
            return null;
        }
        if (answers + open >= quorum.agree()) {
            return new Decision<>(
                    Status.ABORTED.withDescription("No " + quorum.agree() + " instances agree: "
                            + votes.values().stream().map(String::valueOf).collect(Collectors.joining(" + "))
                            + " gave " + votes.size() + " different answers" + told(results)),
                    null,
                    false,
                    true);
        }
        return new Decision<>(
                failure(results, quorum.agree() + " have to agree, but only " + answers + " answered"),
                null,
                false,
                votes.size() > 1);
    }

    /** An answer of the application, if there is one, says more than that somebody could not be reached. */
    private static <RespT> Status failure(List<InstanceResult<RespT>> results, String why) {
        Status first = null;
        for (InstanceResult<RespT> result : results) {
            boolean answer = !result.isOk()
                    && FailureClassification.of(result.status(), new Metadata()) == FailureClassification.ANSWERED;
            if (answer) {
                first = result.status();
                break;
            }
            first = first == null && !result.isOk() ? result.status() : first;
        }
        Status status = first == null ? Status.UNKNOWN : first;
        return status.augmentDescription(results.size() + " instances: " + why + told(results));
    }

    private static <RespT> String told(List<InstanceResult<RespT>> results) {
        return results.stream()
                .map(result ->
                        result.instance().address() + ": " + result.status().getCode())
                .collect(Collectors.joining(", ", " (", ")"));
    }

    /** Hands the results to whoever wants them. */
    void tell(List<InstanceResult<RespT>> results) {
        if (receiver != null) {
            receiver.complete(results);
        }
    }

    /** Makes one answer of all. */
    @SuppressWarnings("unchecked") // configuration has seen to it that the types fit
    RespT merge(Mergers mergers, MethodDescriptor<?, RespT> method, List<InstanceResult<RespT>> results)
            throws Exception {
        RespT merged = ((RpcMerger<RespT>) mergers.of(method)).merge(results);
        if (merged == null) {
            throw new IllegalStateException("null (expected: an answer)");
        }
        return merged;
    }

    static Status failedToMerge(MethodDescriptor<?, ?> method, Throwable e) {
        Status status = Status.fromThrowable(e);
        return status.getCode() == Status.Code.UNKNOWN
                ? Status.INTERNAL
                        .withDescription("The answers of " + method.getFullMethodName() + " could not be merged: " + e)
                        .withCause(e)
                : status;
    }
}
