/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.clusterrpc.Agreement;
import io.clusterrpc.InstanceResult;
import io.clusterrpc.resilience.FanOut;
import io.clusterrpc.resilience.QuorumPolicy;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Calls that go to several instances of a reference: {@code RpcCluster.broadcast(stub, CacheGrpc.getEvictMethod(), request)}.
 *
 * <p>The stub may be of any kind, injected or made by {@link RpcReferences}; its deadline, else that of the reference, holds for all
 * instances together. Each gets one attempt. Circuit breaker, bulkhead and rate limiter of the reference see one call, which
 * succeeds if an instance answers, and may turn it away. Thread-safe, stateless.
 */
public final class RpcCluster {

    private RpcCluster() {}

    /**
     * Calls all instances that the registry lists and that offer the service of the method, and waits for the results.
     *
     * @param stub a stub of a reference
     * @param method a unary method, from the generated class
     * @param request the request
     * @param <Q> request message
     * @param <R> response message
     * @return one result an instance, sorted by its id; that of one that could not be reached has the status that says so
     * @throws StatusRuntimeException if the call reached no instance at all: none is known, or it was turned away
     * @throws IllegalArgumentException if the method streams, or the stub is none of a reference
     */
    public static <Q, R> List<InstanceResult<R>> broadcast(
            AbstractStub<?> stub, MethodDescriptor<Q, R> method, Q request) {
        return await(broadcastAsync(stub, method, request));
    }

    /**
     * Calls all instances, without blocking.
     *
     * @param stub a stub of a reference
     * @param method a unary method
     * @param request the request
     * @param <Q> request message
     * @param <R> response message
     * @return what {@link #broadcast} returns, or its StatusRuntimeException; cancelling it cancels the call
     * @throws IllegalArgumentException if the method streams, or the stub is none of a reference
     */
    public static <Q, R> CompletableFuture<List<InstanceResult<R>>> broadcastAsync(
            AbstractStub<?> stub, MethodDescriptor<Q, R> method, Q request) {
        FanOut<R> fanOut = new FanOut<>(null);
        return send(stub, method, request, fanOut, (status, answer) -> fanOut.results());
    }

    /**
     * Asks some instances until enough of them gave the same answer, and waits for it. Those that have not answered by then are
     * cancelled.
     *
     * @param stub a stub of a reference
     * @param method a unary method, from the generated class
     * @param request the request
     * @param instances how many instances to ask, fewer if fewer are known
     * @param agree how many have to answer the same
     * @param <Q> request message
     * @param <R> response message
     * @return the answer, with the answers of those who disagree
     * @throws StatusRuntimeException ABORTED if they disagree, FAILED_PRECONDITION if fewer than {@code agree} are known, else how
     *     those failed that were needed
     * @throws IllegalArgumentException if the method streams, the stub is none of a reference, or more are to agree than are asked
     */
    public static <Q, R> Agreement<R> quorum(
            AbstractStub<?> stub, MethodDescriptor<Q, R> method, Q request, int instances, int agree) {
        return await(quorumAsync(stub, method, request, instances, agree));
    }

    /**
     * Asks some instances until enough of them gave the same answer, without blocking.
     *
     * @param stub a stub of a reference
     * @param method a unary method
     * @param request the request
     * @param instances how many instances to ask
     * @param agree how many have to answer the same
     * @param <Q> request message
     * @param <R> response message
     * @return what {@link #quorum} returns, or its StatusRuntimeException; cancelling it cancels the call
     * @throws IllegalArgumentException as {@link #quorum}
     */
    public static <Q, R> CompletableFuture<Agreement<R>> quorumAsync(
            AbstractStub<?> stub, MethodDescriptor<Q, R> method, Q request, int instances, int agree) {
        FanOut<R> fanOut = new FanOut<>(new QuorumPolicy(instances, agree));
        return send(
                stub,
                method,
                request,
                fanOut,
                (status, answer) -> answer == null || !status.isOk()
                        ? null
                        : new Agreement<>(answer, Objects.requireNonNullElse(fanOut.results(), List.of())));
    }

    /** What is made of the end of a call. */
    @FunctionalInterface
    private interface Result<R, T> {

        /** Returns {@code null} if the call failed. */
        @Nullable
        T of(Status status, @Nullable R answer);
    }

    private static <Q, R, T> CompletableFuture<T> send(
            AbstractStub<?> stub, MethodDescriptor<Q, R> method, Q request, FanOut<R> fanOut, Result<R, T> result) {
        if (method.getType() != MethodType.UNARY) {
            throw new IllegalArgumentException(
                    "method: " + method.getFullMethodName() + ", which streams (expected: a unary"
                            + " one, because the streams of several instances cannot be made one)");
        }
        ClientCall<Q, R> call =
                stub.getChannel().newCall(method, stub.getCallOptions().withOption(FanOut.KEY, fanOut));
        if (!fanOut.isClaimed()) {
            throw new IllegalArgumentException("stub: its channel is " + stub.getChannel()
                    + " (expected: that of a reference, injected with @RpcReference or from RpcReferences)");
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        future.whenComplete((answer, failure) -> {
            if (future.isCancelled()) {
                call.cancel("The future was cancelled", null);
            }
        });
        call.start(
                new ClientCall.Listener<>() {
                    private @Nullable R message;

                    @Override
                    public void onMessage(R message) {
                        this.message = message;
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        T value = result.of(status, message);
                        if (value != null) {
                            future.complete(value);
                        } else {
                            future.completeExceptionally(status.asRuntimeException(trailers));
                        }
                    }
                },
                new Metadata());
        try {
            call.request(2);
            call.sendMessage(request);
            call.halfClose();
        } catch (RuntimeException | Error e) {
            call.cancel("The request could not be sent", e);
            throw e;
        }
        return future;
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            future.cancel(true);
            throw Status.CANCELLED
                    .withDescription("Interrupted while waiting for the instances")
                    .withCause(e)
                    .asRuntimeException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StatusRuntimeException failure) {
                // With the stack of the thread that waited, which is the one that wants to know.
                throw failure.getStatus().asRuntimeException(failure.getTrailers());
            }
            throw Status.UNKNOWN.withCause(e.getCause()).asRuntimeException();
        }
    }
}
