/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.clusterrpc.loadbalance.BalancingPolicy;
import io.clusterrpc.loadbalance.HashKeySource;
import io.clusterrpc.loadbalance.HashPolicy;
import io.clusterrpc.loadbalance.HashScheme;
import io.clusterrpc.resilience.CallMode;
import io.clusterrpc.resilience.CallPolicy;
import io.clusterrpc.resilience.MethodPolicy;
import io.clusterrpc.testproto.GreeterGrpc.GreeterBlockingStub;
import io.clusterrpc.testproto.ShopGrpc;
import io.grpc.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class MethodChecksTests {

    private static void check(String method, @Nullable CallMode mode, Class<?>... stubs) {
        MethodPolicy own = new MethodPolicy(null, null, null).withMode(mode);
        ReferenceSettings settings = new ReferenceSettings(
                "greeter",
                "greeter",
                "round-robin",
                BalancingPolicy.DEFAULTS,
                false,
                Duration.ofSeconds(1),
                null,
                TransparentRetry.FAILOVER,
                new CallPolicy(Duration.ZERO, Duration.ZERO, Map.of(method, own)));
        MethodChecks.check(
                settings,
                List.of(stubs),
                new FallbackBeans(new StaticListableBeanFactory()),
                new MergerBeans(new StaticListableBeanFactory()));
    }

    private static void checkKey(String path, Class<?>... stubs) {
        ReferenceSettings settings = new ReferenceSettings(
                "shop",
                "shop",
                "consistent-hash",
                BalancingPolicy.DEFAULTS.withHash(
                        new HashPolicy(HashKeySource.parse("request." + path), HashScheme.SLOTS, 160, false, 1.25)),
                false,
                Duration.ofSeconds(1),
                null,
                TransparentRetry.FAILOVER,
                new CallPolicy(Duration.ZERO, Duration.ZERO, Map.of()));
        MethodChecks.check(
                settings,
                List.of(stubs),
                new FallbackBeans(new StaticListableBeanFactory()),
                new MergerBeans(new StaticListableBeanFactory()));
    }

    private static void fails(String method, @Nullable CallMode mode, String message) {
        assertThatExceptionOfType(UnresolvableReferenceException.class)
                .isThrownBy(() -> check(method, mode, GreeterBlockingStub.class))
                .withMessageContaining(message);
    }

    @Test
    void anUnknownMethodIsAMistakeThatNamesTheMethods() {
        fails("SayHallo", null, "rpc.references.greeter.methods.SayHallo: no such method (expected: one of [");
    }

    @Test
    void anUnsafeMethodCannotBeHedged() {
        fails("Charge", CallMode.HEDGED, "Charge of reference 'greeter' cannot be hedged: it is not safe");
    }

    @Test
    void aStreamCanBeNeitherHedgedNorReplacedByAnEmptyAnswer() {
        fails("ListGreetings", CallMode.HEDGED, "cannot be hedged: it streams");
        fails("Chat", CallMode.FAILSAFE, "cannot be failsafe: it streams");
    }

    @Test
    void whatCanBeDoneIsAccepted() {
        assertThatCode(() -> {
                    check("SayHello", CallMode.HEDGED, GreeterBlockingStub.class);
                    check("Charge", CallMode.FAILSAFE, GreeterBlockingStub.class);
                    check("Chat", CallMode.FAILFAST, GreeterBlockingStub.class);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aChannelMayCallMethodsThatNoStubShows() {
        assertThatCode(() -> {
                    check("Other", null, GreeterBlockingStub.class, Channel.class);
                    check("Other", null);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aHashKeyThatNoRequestHasIsAMistakeThatNamesMessageAndFields() {
        assertThatExceptionOfType(UnresolvableReferenceException.class)
                .isThrownBy(() -> checkKey("customer.id", ShopGrpc.ShopBlockingStub.class))
                .withMessageContaining(
                        "rpc.references.shop.balancing.hash-key: request.customer.id is a field of no request")
                .withMessageContaining(
                        "rpctest.PlaceRequest has no field 'customer' (expected: one of customer_id, address,")
                .withMessageContaining("rpctest.StatusRequest has no field 'customer' (expected: one of order_id)");
        assertThatExceptionOfType(UnresolvableReferenceException.class)
                .isThrownBy(() -> checkKey("address", ShopGrpc.ShopBlockingStub.class))
                .withMessageContaining("field address of rpctest.PlaceRequest is a message");
    }

    @Test
    void methodsWithoutTheHashKeyAreNamedOnce(CapturedOutput output) {
        checkKey("customer_id", ShopGrpc.ShopBlockingStub.class);
        assertThat(output)
                .contains("Reference 'shop': calls of [Import, Status] have no hash key request.customer_id")
                .contains("rpctest.Shop/Import streams its requests")
                .contains("rpctest.StatusRequest has no field 'customer_id'");
        checkKey("name", GreeterBlockingStub.class);
        checkKey("anything", Channel.class);
    }
}
