/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ArchitectureTests {
    private static final Map<String, ArchRule> RULES = ArchitectureRules.all();

    /** For each rule the smallest code that breaks it: class names with their bodies. */
    private static final Map<String, Map<String, String>> BREACHES = breaches();

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    /** Shared, because it reads the JDK's own classes only once. */
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

    @TestFactory
    Stream<DynamicTest> libraryKeeps() {
        JavaClasses library = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackagesOf(ServiceInstance.class);
        return RULES.entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getKey(), () -> rule.getValue().check(library)));
    }

    @Test
    void everyRuleHasItsBreach() {
        assertThat(BREACHES).containsOnlyKeys(RULES.keySet());
    }

    @TestFactory
    Stream<DynamicTest> breachIsCaught(@TempDir Path folder) {
        return BREACHES.entrySet().stream()
                .map(breach -> DynamicTest.dynamicTest(breach.getKey(), () -> {
                    JavaClasses broken = compile(breach.getValue(), folder.resolve(breach.getKey()));
                    ArchRule rule = RULES.get(breach.getKey());
                    String culprit = breach.getValue().keySet().iterator().next();
                    assertThatThrownBy(() -> rule.check(broken))
                            .isInstanceOf(AssertionError.class)
                            .hasMessageContaining(culprit);
                }));
    }

    private static Map<String, Map<String, String>> breaches() {
        Map<String, Map<String, String>> breaches = new LinkedHashMap<>();
        // A user and what it must not use: upwards or beside itself.
        Map<String, String> uses = new LinkedHashMap<>();
        uses.put("autoconfigure", "stray");
        uses.put("actuate", "autoconfigure");
        uses.put("reference", "provider");
        uses.put("provider", "reference");
        uses.put("nginx", "provider");
        uses.put("discovery", "loadbalance");
        uses.put("loadbalance", "discovery");
        uses.put("resilience", "reference");
        uses.put("redundancy", "discovery.local");
        uses.put("observe", "security");
        uses.put("security", "observe");
        uses.forEach((user, used) -> breaches.put(
                user + " uses only what is below it", use("io.clusterrpc." + user, "io.clusterrpc." + used)));
        breaches.put("the root package uses no other", use("io.clusterrpc", "io.clusterrpc.discovery"));
        breaches.put("every package has its place", Map.of("io.clusterrpc.stray.User", ""));
        breaches.put(
                "no cycles",
                Map.of(
                        "io.clusterrpc.discovery.A", "io.clusterrpc.discovery.local.B b;",
                        "io.clusterrpc.discovery.local.B", "io.clusterrpc.discovery.A a;"));
        breaches.put("only the edge knows Spring Boot", use("io.clusterrpc.observe", "org.springframework.boot"));
        breaches.put("what decides knows no Spring", use("io.clusterrpc.redundancy", "org.springframework.core"));
        breaches.put("vendors' classes stay in their own modules", use("io.clusterrpc.discovery", "io.fabric8"));
        breaches.put(
                "logging goes through SLF4J", Map.of("io.clusterrpc.observe.User", "java.util.logging.Logger logger;"));
        breaches.put("time is injected", Map.of("io.clusterrpc.loadbalance.User", "long now = System.nanoTime();"));
        breaches.put(
                "randomness is injected",
                Map.of("io.clusterrpc.resilience.User", "java.util.Random dice = new java.util.Random();"));
        breaches.put("every package is @NullMarked", Map.of("io.clusterrpc.provider.User", ""));
        return breaches;
    }

    static Map<String, String> use(String user, String used) {
        Map<String, String> classes = new LinkedHashMap<>();
        classes.put(user + ".User", used + ".Used used;");
        classes.put(used + ".Used", "");
        return classes;
    }

    static JavaClasses compile(Map<String, String> bodies, Path folder) {
        List<? extends JavaFileObject> sources =
                bodies.entrySet().stream().map(ArchitectureTests::source).toList();
        List<String> options = List.of("-proc:none", "-cp", "", "-d", folder.toString());
        boolean compiled =
                COMPILER.getTask(null, FILES, null, options, null, sources).call();
        assertThat(compiled).isTrue();
        return new ClassFileImporter().importPath(folder);
    }

    private static JavaFileObject source(Entry<String, String> type) {
        int dot = type.getKey().lastIndexOf('.');
        String code = "package " + type.getKey().substring(0, dot) + "; public class "
                + type.getKey().substring(dot + 1) + " { " + type.getValue() + " }";
        String file = "mem:///" + type.getKey().replace('.', '/') + ".java";
        return new SimpleJavaFileObject(URI.create(file), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return code;
            }
        };
    }
}
