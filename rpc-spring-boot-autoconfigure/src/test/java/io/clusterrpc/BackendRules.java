/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What holds in the module of a discovery backend: its code in one package below {@code discovery}, its wiring in one below
 * {@code autoconfigure}, and nobody's library but its own. For the tests of those modules, which get it from the {@code tests} jar.
 */
public final class BackendRules {

    private static final String ROOT = "io.clusterrpc";
    private static final String SPRING = "org.springframework..";

    private BackendRules() {}

    /**
     * The rules of one module.
     *
     * @param name last part of its packages, for example {@code consul}
     * @param vendors packages that it is there for, for example {@code io.fabric8..}; Spring in {@code discovery} is one of them only
     *     where it is named
     * @return the rules by a name for the report
     */
    public static Map<String, ArchRule> all(String name, String... vendors) {
        String code = ROOT + ".discovery." + name + "..";
        String wiring = ROOT + ".autoconfigure." + name + "..";
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("a module of one backend", classes().should().resideInAnyPackage(code, wiring));
        rules.put(
                "a backend uses discovery, and nothing of ours besides",
                noClasses()
                        .that()
                        .resideInAPackage(code)
                        .should()
                        .dependOnClassesThat(resideInAPackage(ROOT + "..")
                                .and(not(resideInAnyPackage(
                                        ROOT,
                                        ROOT + ".discovery",
                                        ROOT + ".discovery.backend",
                                        ROOT + ".discovery.store",
                                        code)))));
        rules.put(
                "only its own library",
                noClasses()
                        .should()
                        .dependOnClassesThat(
                                resideInAnyPackage(ArchitectureRules.VENDORS).and(not(resideInAnyPackage(vendors)))));
        rules.put(
                "a backend knows no Spring unless it is its library",
                noClasses()
                        .that()
                        .resideInAPackage(code)
                        .should()
                        .dependOnClassesThat(resideInAPackage(SPRING).and(not(resideInAnyPackage(springOf(vendors))))));
        Map<String, ArchRule> general = ArchitectureRules.all();
        for (String each : List.of(
                "no cycles",
                "logging goes through SLF4J",
                "time is injected",
                "randomness is injected",
                "every package is @NullMarked")) {
            rules.put(each, general.get(each));
        }
        rules.replaceAll((rule, it) -> it.allowEmptyShould(true));
        return rules;
    }

    private static String[] springOf(String... vendors) {
        return Stream.of(vendors)
                .filter(vendor -> vendor.startsWith("org.springframework."))
                .flatMap(vendor -> Stream.of(vendor, SPRING))
                .toArray(String[]::new);
    }
}
