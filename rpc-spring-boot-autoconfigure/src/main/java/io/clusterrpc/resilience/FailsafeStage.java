/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.resilience;

import io.clusterrpc.CallListener;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the callers of methods that want it something else in place of a failure: the answer of a fallback, or an empty message.
 * Outside the circuit breaker, which must hear of the failure, and whose rejections are failures too. Thread-safe.
 */
final class FailsafeStage implements ClientInterceptor {

    private static final Logger logger = LoggerFactory.getLogger(FailsafeStage.class);

    final String reference;
    final CallPolicy policy;
    final Fallbacks fallbacks;
    final CallRuntime runtime;
    private final CallListener listener;
    private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();

    FailsafeStage(
            String reference, CallPolicy policy, Fallbacks fallbacks, CallRuntime runtime, CallListener listener) {
        this.reference = reference;
        this.policy = policy;
        this.fallbacks = fallbacks;
        this.runtime = runtime;
        this.listener = listener;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        ClientCall<ReqT, RespT> call = next.newCall(method, options);
        return method.getType() == MethodType.UNARY
                        && policy.fallsBack(method)
                        // Whoever asked several instances wants to know what became of each.
                        && options.getOption(FanOut.KEY) == null
                ? new FallbackCall<>(this, method, options, call)
                : call;
    }

    /** Of what was shed, the mark is gone by now; an application's quota is as good a reason to do without. */
    static boolean isFailure(Status status) {
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
                || FailureClassification.of(status, new Metadata()) == FailureClassification.FAILED;
    }

    /** Takes note of a caller that gets something else than the failure. */
    void fellBack(MethodDescriptor<?, ?> method, Status status, String what) {
        logger.debug(
                "Reference '{}': {} failed with {}, its caller gets {}",
                reference,
                method.getFullMethodName(),
                status,
                what);
        listener.fellBack(reference, method, status.getCode());
    }

    /**
     * Takes note of a fallback that did not answer.
     *
     * @return what the caller is told: the failure of the call, with that of the fallback
     */
    Status fallbackFailed(MethodDescriptor<?, ?> method, Status status, Throwable why) {
        if (failedOnce.add(method.getFullMethodName())) {
            logger.warn(
                    "Reference '{}': the fallback of {} did not answer; callers get the failure of their call, further"
                            + " failures of this fallback are logged at debug",
                    reference,
                    method.getFullMethodName(),
                    why);
        } else {
            logger.debug("Reference '{}': the fallback of {} failed", reference, method.getFullMethodName(), why);
        }
        Throwable cause = status.getCause();
        if (cause != null && cause != why) {
            cause.addSuppressed(why);
        }
        return status.augmentDescription("and its fallback did not answer: " + why)
                .withCause(cause == null ? why : cause);
    }
}
