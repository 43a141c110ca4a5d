/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Who may import whom. The arrows point one way: a package may use those below it, and nothing beside or above it. */
final class ArchitectureRules {
    private static final String ROOT = "io.clusterrpc";

    /** Top down; the packages of one layer do not know each other. The root package is below all of them. */
    private static final List<List<String>> LAYERS = List.of(
            List.of("autoconfigure"),
            List.of("actuate"),
            List.of("reference", "provider", "nginx"),
            List.of("discovery", "loadbalance", "resilience", "redundancy", "observe", "security"));

    private static final String[] NO_SPRING = subtrees("discovery", "loadbalance", "resilience", "redundancy", "nginx");

    /** What decides about instances and calls, so that a test can turn the clock and load the dice. */
    private static final String[] DECIDING = subtrees("discovery", "loadbalance", "resilience", "nginx");

    static final String[] VENDORS = {
        "com.alibaba..",
        "com.ecwid..",
        "com.netflix..",
        "io.etcd..",
        "io.fabric8..",
        "io.kubernetes..",
        "org.apache.curator..",
        "org.apache.ratis..",
        "org.apache.zookeeper..",
        "org.kiwiproject..",
        "org.springframework.cloud..",
    };

    private static final String[] LOGGERS = {
        "java.util.logging..", "ch.qos.logback..", "org.apache.commons.logging..", "org.apache.logging.."
    };

    private ArchitectureRules() {}

    /** By a name for the test report. Rules about packages that do not exist yet hold. */
    static Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        for (int layer = 0; layer < LAYERS.size(); layer++) {
            List<String> below = LAYERS.subList(layer + 1, LAYERS.size()).stream()
                    .flatMap(Collection::stream)
                    .toList();
            LAYERS.get(layer).forEach(name -> rules.put(name + " uses only what is below it", usesOnly(name, below)));
        }
        rules.put(
                "the root package uses no other",
                noClasses()
                        .that()
                        .resideInAPackage(ROOT)
                        .should()
                        .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAPackage(ROOT)))));
        rules.put("every package has its place", classes().should().resideInAnyPackage(places()));
        rules.put("no cycles", slices().matching("(**)").should().beFreeOfCycles());
        rules.put("only the edge knows Spring Boot", onlyTheEdgeKnowsSpringBoot());
        rules.put("what decides knows no Spring", whatDecidesKnowsNoSpring());
        rules.put(
                "vendors' classes stay in their own modules",
                noClasses().should().dependOnClassesThat().resideInAnyPackage(VENDORS));
        rules.put("logging goes through SLF4J", noClasses().should().dependOnClassesThat(resideInAnyPackage(LOGGERS)));
        rules.put("time is injected", decidingNeverCalls(theRealClock()));
        rules.put("randomness is injected", decidingNeverCalls(realDice()));
        rules.put("every package is @NullMarked", classes().should(resideInANullMarkedPackage()));
        rules.replaceAll((name, rule) -> rule.allowEmptyShould(true));
        return rules;
    }

    private static ArchRule usesOnly(String name, List<String> below) {
        DescribedPredicate<JavaClass> allowed =
                resideInAnyPackage(ROOT, subtree(name)).or(resideInAnyPackage(subtrees(below.toArray(String[]::new))));
        return noClasses()
                .that()
                .resideInAPackage(subtree(name))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(allowed)));
    }

    private static ArchRule onlyTheEdgeKnowsSpringBoot() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(subtrees("autoconfigure", "actuate"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.boot..");
    }

    private static ArchRule whatDecidesKnowsNoSpring() {
        return noClasses()
                .that()
                .resideInAnyPackage(NO_SPRING)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..");
    }

    /** Calls only: {@code System::nanoTime} handed to a constructor is how the real clock gets in. */
    private static ArchRule decidingNeverCalls(DescribedPredicate<JavaCall<?>> source) {
        return noClasses().that().resideInAnyPackage(DECIDING).should().callCodeUnitWhere(source);
    }

    private static DescribedPredicate<JavaCall<?>> theRealClock() {
        return describe("read the real clock", call -> {
            JavaClass owner = call.getTargetOwner();
            return switch (call.getName()) {
                case "nanoTime", "currentTimeMillis" -> owner.isEquivalentTo(System.class);
                case "now" -> owner.getPackageName().equals("java.time") && takesNothing(call);
                default -> false;
            };
        });
    }

    private static DescribedPredicate<JavaCall<?>> realDice() {
        return describe("roll real dice", call -> {
            JavaClass owner = call.getTargetOwner();
            boolean seeded = !takesNothing(call);
            return owner.isEquivalentTo(ThreadLocalRandom.class)
                    || owner.isEquivalentTo(Math.class) && call.getName().equals("random")
                    || call.getName().equals("<init>")
                            && !seeded
                            && (owner.isEquivalentTo(Random.class) || owner.isEquivalentTo(SplittableRandom.class));
        });
    }

    private static boolean takesNothing(JavaCall<?> call) {
        return call.getTarget().getRawParameterTypes().isEmpty();
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package whose package-info carries @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(type, marked, type.getName() + " is in an unmarked package"));
            }
        };
    }

    private static String[] places() {
        return Stream.concat(
                        Stream.of(ROOT),
                        LAYERS.stream().flatMap(Collection::stream).map(ArchitectureRules::subtree))
                .toArray(String[]::new);
    }

    private static String[] subtrees(String... names) {
        return Stream.of(names).map(ArchitectureRules::subtree).toArray(String[]::new);
    }

    private static String subtree(String name) {
        return ROOT + "." + name + "..";
    }
}
