/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static io.clusterrpc.autoconfigure.ProviderApplications.backend;
import static io.clusterrpc.autoconfigure.ProviderApplications.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.autoconfigure.ProviderApplications.GreeterApplication;
import io.clusterrpc.autoconfigure.ProviderApplications.GreeterService;
import io.clusterrpc.autoconfigure.ProviderApplications.NoServiceAtAll;
import io.clusterrpc.autoconfigure.ProviderApplications.ProviderTestApplication;
import io.clusterrpc.autoconfigure.ProviderApplications.SecondGreeterService;
import io.clusterrpc.provider.RecordingBackend;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** What an application says that was configured wrongly, or is about to do something that its owner may not want. */
@ExtendWith(OutputCaptureExtension.class)
class RpcProviderMistakesTests {

    private final RecordingBackend backend = backend();

    @Test
    void missingApplicationNameSaysWhatToSet(CapturedOutput output) {
        fails(GreeterApplication.class, "spring.application.name=");
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("has no name under which consumers could find it")
                .contains("Set spring.application.name");
    }

    @Test
    void nameIsNotNeededWithoutRegistration() {
        try (ConfigurableApplicationContext context = run(
                        backend, GreeterApplication.class, "spring.application.name=", "rpc.provider.register=false")
                .run()) {
            assertThat(backend.events()).isEmpty();
            assertThat(context.isRunning()).isTrue();
        }
    }

    @Test
    void twoBeansForOneServiceNamesBoth(CapturedOutput output) {
        fails(TwiceApplication.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("'" + GreeterService.class.getName() + "'")
                .contains("'" + SecondGreeterService.class.getName() + "'")
                .contains("both implement the gRPC service rpctest.Greeter");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rpcServiceThatIsNoGrpcServiceIsNamed(boolean discovery, CapturedOutput output) {
        fails(NoServiceApplication.class, "rpc.discovery.enabled=" + discovery);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(NoServiceAtAll.class.getName())
                .contains("does not implement io.grpc.BindableService");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rpc.provider.readiness.interval=1ms | rpc.provider.readiness.interval: PT0.001S (expected: 10 ms or longer)",
                "rpc.provider.readiness.warn-after=-1s | rpc.provider.readiness.warn-after: PT-1S (expected: zero",
                "rpc.provider.executor.threads=0 | rpc.provider.executor.threads: 0 (expected: 1..10000)",
                "rpc.provider.executor.max-wait=-1s | rpc.provider.executor.max-wait: PT-1S (expected: zero or longer)",
                "rpc.provider.weight=-1 | rpc.provider.weight: -1 (expected: 0..1000)",
                "rpc.provider.weight=1001 | rpc.provider.weight: 1001 (expected: 0..1000)",
                "rpc.provider.weight=heavy | rpc.provider.weight",
                "rpc.provider.port=0 | rpc.provider.port: 0 (expected: 1..65535)",
                "rpc.provider.port=70000 | rpc.provider.port: 70000 (expected: 1..65535)",
                "rpc.provider.port=http | rpc.provider.port",
                "rpc.provider.network=10.0.0.0/40 | rpc.provider.network: '10.0.0.0/40' (expected: an address prefix like 10.0.0.0/8",
                "rpc.provider.host=http://orders | rpc.provider.host: 'http://orders' (expected: a host name or an IP address",
                "rpc.provider.host=orders:8080 | rpc.provider.host: 'orders:8080' (expected: a host name or an IP address",
                "rpc.provider.load-report.interval=-1ms | rpc.provider.load-report.interval: PT-0.001S (expected: zero to one minute",
                "rpc.provider.load-report.interval=61s | rpc.provider.load-report.interval: PT1M1S (expected: zero to one minute",
                "rpc.provider.drain.notice=-1s | rpc.provider.drain.notice: PT-1S (expected: zero or longer)",
            })
    void valueOutOfRangeNamesPropertyAndRange(String property, String message, CapturedOutput output) {
        fails(GreeterApplication.class, property);
        assertThat(output).contains("APPLICATION FAILED TO START").contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpctest.Greeter/Charge,rpctest.Gretter", "rpctest.Greeter,rpctest.Greeter/Chrage"})
    void unknownNonBlockingNameListsTheServices(String names, CapturedOutput output) {
        fails(GreeterApplication.class, "rpc.provider.executor.non-blocking=" + names);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("rpc.provider.executor.non-blocking: " + names.split(",")[1] + " (expected: a gRPC service of"
                        + " this application, one of ")
                .contains("rpctest.Greeter;");
    }

    @ParameterizedTest
    @CsvSource({"*, true", "rpctest.Greeter, true", "rpctest.Greeter/Charge, true", "*, false"})
    void nonBlockingHandlersNeedThreadsOfOursElsewhereTheLogSaysSo(String name, boolean ours, CapturedOutput output) {
        run(
                        backend,
                        GreeterApplication.class,
                        "rpc.provider.executor.non-blocking=" + name,
                        "rpc.provider.executor.enabled=" + ours)
                .run()
                .close();
        assertThat(output.getOut().contains("rpc.provider.executor.non-blocking has no effect"))
                .isEqualTo(!ours);
    }

    @Test
    void networkThatIsNotHereListsWhatIs(CapturedOutput output) {
        RecordingBackend everywhere = new RecordingBackend(false, Duration.ZERO);
        assertThatThrownBy(() -> run(
                                everywhere,
                                GreeterApplication.class,
                                "spring.grpc.server.address=0.0.0.0",
                                "rpc.provider.network=203.0.113.0/24")
                        .run())
                .isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("rpc.provider.network: '203.0.113.0/24' matches no address of this machine, which has")
                .containsPattern("lo\\w*\\[[^]]*127.0.0.1");
    }

    @Test
    void warnsOnceOfPlaintextOnTheNetwork(CapturedOutput output) {
        RecordingBackend everywhere = new RecordingBackend(false, Duration.ZERO);
        run(everywhere, GreeterApplication.class, "spring.grpc.server.address=0.0.0.0", "rpc.provider.host=127.0.0.1")
                .run()
                .close();
        assertThat(output.getOut()).containsOnlyOnce("set spring.grpc.server.ssl.bundle");
    }

    @Test
    void plaintextOnLoopbackIsFine(CapturedOutput output) {
        run(new RecordingBackend(false, Duration.ZERO), GreeterApplication.class)
                .run()
                .close();
        assertThat(output).doesNotContain("ssl.bundle");
    }

    @Test
    void healthEndsOnceAndWithoutAStackTrace(CapturedOutput output) {
        run(backend, GreeterApplication.class).run().close();
        assertThat(output).contains("Completed gRPC server shutdown").doesNotContain("Already terminating");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prod", "production", "prod-eu"})
    void warnsOnceOfReflectionInProduction(String profile, CapturedOutput output) {
        run(backend, GreeterApplication.class).profiles(profile).run().close();
        assertThat(output.getOut()).containsOnlyOnce("set spring.grpc.server.reflection.enabled=false");
    }

    @Test
    void reflectionElsewhereOrSwitchedOffIsFine(CapturedOutput output) {
        run(backend, GreeterApplication.class).profiles("dev").run().close();
        run(backend, GreeterApplication.class, "spring.grpc.server.reflection.enabled=false")
                .profiles("production")
                .run()
                .close();
        assertThat(output).doesNotContain("reflection.enabled");
    }

    @Test
    void warnsOfAnAddressThatNobodyElseReaches(CapturedOutput output) {
        run(new RecordingBackend(false, Duration.ZERO), GreeterApplication.class)
                .run()
                .close();
        assertThat(output).contains("cannot reach").contains("rpc.provider.host");
    }

    @Test
    void saysOnceWhatIsRegisteredWhereAndWhy(CapturedOutput output) {
        run(backend, GreeterApplication.class).run().close();
        assertThat(output.getOut())
                .containsOnlyOnce("Announced greeter at 127.0.0.1:")
                .contains("(all consumers are on this machine")
                .contains("to recording as greeter-")
                .contains("offering rpctest.Greeter");
    }

    private void fails(Class<?> application, String... properties) {
        assertThatThrownBy(() -> run(backend, application, properties).run()).isNotNull();
        assertThat(backend.events()).isEmpty();
    }

    @ProviderTestApplication
    @Import({GreeterService.class, SecondGreeterService.class})
    static class TwiceApplication {}

    @ProviderTestApplication
    @Import(NoServiceAtAll.class)
    static class NoServiceApplication {}
}
