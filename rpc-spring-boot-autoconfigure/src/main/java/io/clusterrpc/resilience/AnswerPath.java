/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * On which threads the attempts of a call hear their answers, and where the caller hears its. Immutable.
 *
 * @param inOnePiece whether an answer is read on the transport's thread and told as a whole
 * @param executor runs the callbacks of a unary call, if it brought one that may be worth sparing
 * @param timed whether no callback of an application runs on a thread that ends attempts late, so that it may be ours
 */
record AnswerPath(boolean inOnePiece, @Nullable Executor executor, boolean timed) {

    static AnswerPath of(MethodDescriptor<?, ?> method, CallOptions options, ResponseThread readOn) {
        boolean unary = method.getType() == MethodType.UNARY;
        boolean inOnePiece = unary && readOn == ResponseThread.TRANSPORT;
        Executor own = options.getExecutor();
        boolean direct = own == MoreExecutors.directExecutor();
        return new AnswerPath(inOnePiece, unary && !direct ? own : null, !direct && !(inOnePiece && own == null));
    }

    /** What keeps the callbacks of an attempt together, if something does. */
    @Nullable
    WholeAnswer wholeAnswer() {
        return inOnePiece || executor == null ? null : new WholeAnswer(executor);
    }

    /** The options of an attempt whose callbacks are kept together by this, if by anything. */
    CallOptions apply(CallOptions attempt, @Nullable WholeAnswer answer) {
        if (inOnePiece) {
            return attempt.withExecutor(MoreExecutors.directExecutor());
        }
        return answer == null ? attempt : attempt.withExecutor(answer);
    }

    /** Whether the caller hears its answer elsewhere than the attempt did. */
    boolean handsOver() {
        return inOnePiece && executor != null;
    }
}
