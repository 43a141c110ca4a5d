/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import io.clusterrpc.testproto.GreeterGrpc;
import io.grpc.Channel;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;

class ReferenceAotProcessorTests {

    private final RuntimeHints hints = new RuntimeHints();

    @Test
    void isFoundByAheadOfTimeProcessing() {
        assertThat(AotServices.factories().load(BeanRegistrationAotProcessor.class))
                .hasAtLeastOneElementOfType(ReferenceAotProcessor.class);
    }

    @Test
    void keepsOfAStubWhatItsFactoryCallsByReflection() throws NoSuchMethodException {
        BeanRegistrationAotContribution contribution = process(GreeterGrpc.GreeterFutureStub.class);
        assertThat(contribution).isNotNull();
        GenerationContext context = mock(GenerationContext.class);
        given(context.getRuntimeHints()).willReturn(hints);
        contribution.applyTo(context, mock(BeanRegistrationCode.class));
        assertThat(RuntimeHintsPredicates.reflection()
                        .onMethodInvocation(GreeterGrpc.class.getMethod("newFutureStub", Channel.class)))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(
                                GreeterGrpc.GreeterFutureStub.class.getDeclaredConstructors()[0]))
                .accepts(hints);
    }

    @Test
    void leavesOtherBeansAlone() {
        assertThat(process(GreeterServer.class)).isNull();
    }

    private static BeanRegistrationAotContribution process(Class<?> type) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerBeanDefinition("bean", new RootBeanDefinition(type));
        return new ReferenceAotProcessor().processAheadOfTime(RegisteredBean.of(beans, "bean"));
    }
}
