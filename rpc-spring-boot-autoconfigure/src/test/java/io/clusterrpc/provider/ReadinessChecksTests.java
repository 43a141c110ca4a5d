/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import io.clusterrpc.RpcReadiness;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ReadinessChecksTests {

    private final RecordingBackend backend = new RecordingBackend(true, Duration.ZERO);
    private final ProviderLifecycle lifecycle = new ProviderLifecycle(
            new ProviderSettings("greeter", null, null, 100, Map.of(), true),
            new AddressPolicy(null, null, null, true),
            Directories.of(backend),
            new InstanceGuard(),
            new DrainBudget(Duration.ZERO),
            () -> {},
            new Surroundings(Instant::now, System::nanoTime, duration -> {}, new Random(1)));
    private final ScheduledExecutorService scheduler = mock(ScheduledExecutorService.class);
    private final Map<String, RpcReadiness> beans = new LinkedHashMap<>();
    private boolean cacheReady;
    private boolean schemaReady;
    private Runnable whileAsked = () -> {};
    private long now;

    @BeforeEach
    void acceptTraffic() {
        beans.put("cache", () -> {
            whileAsked.run();
            return cacheReady;
        });
        beans.put("schema", () -> schemaReady);
        lifecycle.serverStarted(new FakeServer(7001));
    }

    private ReadinessChecks started() {
        ReadinessChecks checks = new ReadinessChecks(
                beans,
                lifecycle,
                new ReadinessSettings(Duration.ofMillis(500), Duration.ofSeconds(30)),
                () -> now,
                scheduler);
        checks.start();
        lifecycle.accepting(true);
        return checks;
    }

    @Test
    void holdsTheAnnouncementBackUntilAllAreReady(CapturedOutput output) {
        ReadinessChecks checks = started();
        assertThat(backend.events()).isEmpty();
        checks.ask();
        checks.ask();
        assertThat(output).containsOnlyOnce("Not announced to consumers yet, waiting for cache, schema");
        cacheReady = true;
        checks.ask();
        assertThat(output).containsOnlyOnce("waiting for schema");
        assertThat(backend.events()).isEmpty();
        schemaReady = true;
        checks.ask();
        assertThat(backend.events()).containsExactly("+7001");
    }

    @Test
    void withdrawsNamingWhoIsNotReadyAnyMore(CapturedOutput output) {
        cacheReady = true;
        schemaReady = true;
        ReadinessChecks checks = started();
        checks.ask();
        schemaReady = false;
        checks.ask();
        checks.ask();
        assertThat(backend.events()).containsExactly("+7001", "-7001");
        assertThat(output)
                .containsOnlyOnce("Withdrew greeter-")
                .contains(", not ready: schema")
                .doesNotContain("Not announced");
        schemaReady = true;
        checks.ask();
        assertThat(backend.events()).containsExactly("+7001", "-7001", "+7001");
        assertThat(output).contains(" again: the application accepts traffic");
    }

    @Test
    void anExceptionIsNotReadyAndLoggedOnce(CapturedOutput output) {
        cacheReady = true;
        schemaReady = true;
        whileAsked = () -> {
            throw new IllegalStateException("no cache at all");
        };
        ReadinessChecks checks = started();
        checks.ask();
        checks.ask();
        assertThat(lifecycle.states().get(0).heldBackBy()).containsExactly("cache");
        assertThat(output)
                .containsOnlyOnce("RpcReadiness bean 'cache' failed, which counts as not ready")
                .containsOnlyOnce("no cache at all");
        whileAsked = () -> {};
        checks.ask();
        assertThat(backend.events()).containsExactly("+7001");
    }

    @Test
    void saysWhoDoesNotReturn(CapturedOutput output) {
        ReadinessChecks checks = started();
        whileAsked = () -> {
            now += Duration.ofSeconds(4).toNanos();
            checks.watch();
            assertThat(output).doesNotContain("has not returned");
            now += Duration.ofSeconds(1).toNanos();
            checks.watch();
            checks.watch();
        };
        checks.ask();
        assertThat(output).containsOnlyOnce("RpcReadiness bean 'cache' has not returned for 5 s");
        assertThat(backend.events()).isEmpty();
    }

    @Test
    void warnsOnceWhenItTakesLong(CapturedOutput output) {
        cacheReady = true;
        ReadinessChecks checks = started();
        checks.ask();
        now = Duration.ofSeconds(29).toNanos();
        checks.watch();
        assertThat(output).doesNotContain("have not been told");
        now = Duration.ofSeconds(30).toNanos();
        checks.watch();
        checks.watch();
        assertThat(output)
                .containsOnlyOnce("Consumers have not been told of this application for 30.0 s: waiting for schema");
    }

    @Test
    void asksOnOneSchedule() {
        ReadinessChecks checks = started();
        checks.start();
        verify(scheduler, times(2)).scheduleWithFixedDelay(any(), anyLong(), anyLong(), any());
        checks.close();
        verify(scheduler).shutdownNow();
    }
}
