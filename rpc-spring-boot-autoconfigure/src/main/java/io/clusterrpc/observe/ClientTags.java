/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.observe;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.grpc.DefaultGrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The tags that Micrometer's own convention gives to the calls of one method over one channel. Immutable.
 *
 * @param authority authority of the channel
 * @param method the method called
 */
record ClientTags(String authority, MethodDescriptor<?, ?> method) {

    private static final GrpcClientObservationConvention CONVENTION = new DefaultGrpcClientObservationConvention();

    static ClientTags of(String authority, MethodDescriptor<?, ?> method) {
        return new ClientTags(authority, method);
    }

    /** The tags of a call whose status is not known yet. */
    Tags started() {
        return tags(null, KeyValues.empty());
    }

    Tags ended(Status.@Nullable Code code, String error, KeyValues common) {
        return tags(code, common).and("error", error);
    }

    private Tags tags(Status.@Nullable Code code, KeyValues common) {
        GrpcClientObservationContext context = new GrpcClientObservationContext((carrier, key, value) -> {});
        if (method.getServiceName() != null) {
            context.setServiceName(method.getServiceName());
        }
        if (method.getBareMethodName() != null) {
            context.setMethodName(method.getBareMethodName());
        }
        context.setFullMethodName(method.getFullMethodName());
        context.setMethodType(method.getType());
        context.setAuthority(authority);
        try {
            URI uri = new URI(null, authority, null, null, null);
            context.setPeerName(uri.getHost());
            context.setPeerPort(uri.getPort());
        } catch (URISyntaxException ignored) {
            // No peer then, as the convention has it.
        }
        if (code != null) {
            context.setStatusCode(code);
        }
        return Tags.of(CONVENTION.getLowCardinalityKeyValues(context).and(common).stream()
                .map(keyValue -> Tag.of(keyValue.getKey(), keyValue.getValue()))
                .toList());
    }
}
