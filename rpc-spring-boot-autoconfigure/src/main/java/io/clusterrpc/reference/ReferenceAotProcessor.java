/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import io.grpc.stub.AbstractStub;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;

/** Keeps for native images what the stub factories call by reflection: the generated class around a stub. */
final class ReferenceAotProcessor implements BeanRegistrationAotProcessor {

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        Class<?> type = bean.getBeanClass();
        Class<?> generated = type.getEnclosingClass();
        if (generated == null || !AbstractStub.class.isAssignableFrom(type)) {
            return null;
        }
        return (context, code) -> context.getRuntimeHints()
                .reflection()
                .registerType(generated, MemberCategory.INVOKE_PUBLIC_METHODS)
                .registerType(type, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
    }
}
