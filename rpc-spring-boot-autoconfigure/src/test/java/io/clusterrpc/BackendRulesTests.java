/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class BackendRulesTests {

    private static final Map<String, ArchRule> RULES = BackendRules.all("consul", "org.kiwiproject..");

    /** For each rule of backends the smallest code that breaks it. */
    private static final Map<String, Map<String, String>> BREACHES = Map.of(
            "a module of one backend",
            Map.of("io.clusterrpc.discovery.User", ""),
            "a backend uses discovery, and nothing of ours besides",
            ArchitectureTests.use("io.clusterrpc.discovery.consul", "io.clusterrpc.discovery.local"),
            "only its own library",
            ArchitectureTests.use("io.clusterrpc.autoconfigure.consul", "io.fabric8"),
            "a backend knows no Spring unless it is its library",
            ArchitectureTests.use("io.clusterrpc.discovery.consul", "org.springframework.core"),
            "time is injected",
            Map.of("io.clusterrpc.discovery.consul.User", "long now = System.nanoTime();"));

    @TestFactory
    Stream<DynamicTest> breachIsCaught(@TempDir Path folder) {
        return BREACHES.entrySet().stream()
                .map(breach -> DynamicTest.dynamicTest(breach.getKey(), () -> {
                    JavaClasses broken = ArchitectureTests.compile(breach.getValue(), folder.resolve(breach.getKey()));
                    assertThat(RULES).containsKey(breach.getKey());
                    assertThatThrownBy(() -> RULES.get(breach.getKey()).check(broken))
                            .isInstanceOf(AssertionError.class)
                            .hasMessageContaining("User");
                }));
    }

    @Test
    void theLibraryOfTheModuleIsAllowed(@TempDir Path folder) {
        JavaClasses kiwi = ArchitectureTests.compile(
                ArchitectureTests.use("io.clusterrpc.discovery.consul", "org.kiwiproject"), folder);
        assertThatCode(() -> RULES.get("only its own library").check(kiwi)).doesNotThrowAnyException();
        JavaClasses cloud = ArchitectureTests.compile(
                ArchitectureTests.use("io.clusterrpc.discovery.springcloud", "org.springframework.cloud"),
                folder.resolve("cloud"));
        Map<String, ArchRule> rules = BackendRules.all("springcloud", "org.springframework.cloud..");
        rules.entrySet().stream()
                .filter(rule -> rule.getKey().contains("library"))
                .forEach(rule ->
                        assertThatCode(() -> rule.getValue().check(cloud)).doesNotThrowAnyException());
    }
}
