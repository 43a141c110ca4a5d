/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference.key;

import io.clusterrpc.HashKey;
import io.clusterrpc.resilience.CallRuntime;
import io.clusterrpc.resilience.FanOut;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives calls a hash key from a field of their request, for which they wait until it is there. Calls that have a key already, and
 * those of methods that cannot have one, pass. Only for references that are configured so. Thread-safe.
 */
public final class HashKeyStage implements ClientInterceptor {

    private static final Logger log = LoggerFactory.getLogger(HashKeyStage.class);

    private final String reference;
    private final String path;
    private final CallRuntime runtime;
    private final Map<String, Optional<RequestField>> fields = new ConcurrentHashMap<>();

    /**
     * Creates the stage.
     *
     * @param reference name of the reference, for the log
     * @param path of the field
     * @param runtime what calls run on
     */
    public HashKeyStage(String reference, String path, CallRuntime runtime) {
        this.reference = reference;
        this.path = path;
        this.runtime = runtime;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
            MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        // A call to several instances goes to them whatever it is about.
        if (!method.getType().clientSendsOneMessage()
                || options.getOption(HashKey.KEY) != null
                || options.getOption(FanOut.KEY) != null) {
            return next.newCall(method, options);
        }
        Optional<RequestField> field = fields.get(method.getFullMethodName());
        if (field == null) {
            field = fields.computeIfAbsent(method.getFullMethodName(), name -> find(method));
        }
        return field.isPresent()
                ? new KeyedCall<>(field.get(), runtime, method, options, next)
                : next.newCall(method, options);
    }

    /** Start-up said so for the methods of stubs; a channel may call others. */
    private Optional<RequestField> find(MethodDescriptor<?, ?> method) {
        try {
            return Optional.of(RequestField.of(method, path));
        } catch (IllegalArgumentException e) {
            log.info(
                    "Reference '{}': calls of {} have no hash key request.{}: {}",
                    reference,
                    method.getFullMethodName(),
                    path,
                    e.getMessage());
            return Optional.empty();
        }
    }
}
