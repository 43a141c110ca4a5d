/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;

/**
 * What holds of the configuration properties of each module: editors can say what a property means, and a page of the documentation
 * lists all of them with the defaults that they have.
 */
public abstract class ConfigurationMetadataContractTests {

    private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

    private final List<Map<String, Object>> properties;
    private final List<Map<String, Object>> hints;
    private final PropertyTable table;

    /**
     * Reads what the compiler wrote.
     *
     * @param page name of the page in docs
     * @param header how the first line of its table begins
     */
    protected ConfigurationMetadataContractTests(String page, String header) throws IOException {
        Map<String, Object> metadata = JsonParserFactory.getJsonParser().parseMap(Files.readString(METADATA));
        this.properties = elements(metadata, "properties").stream()
                .filter(property -> name(property).startsWith("rpc."))
                .toList();
        this.hints = elements(metadata, "hints");
        this.table = PropertyTable.read(Path.of("..", "docs", page), header);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> elements(Map<String, Object> metadata, String key) {
        return (List<Map<String, Object>>) metadata.getOrDefault(key, List.of());
    }

    private static String name(Map<String, Object> element) {
        return String.valueOf(element.get("name"));
    }

    @Test
    void thereAreProperties() {
        assertThat(properties).hasSizeGreaterThan(3);
    }

    @Test
    void everyPropertySaysInSentencesWhatItMeans() {
        assertThat(properties)
                .allSatisfy(property -> assertThat(property.get("description"))
                        .as(name(property))
                        .asString()
                        .matches("[A-Z].*\\.")
                        .doesNotContain("{@", "<"));
    }

    @Test
    void everySwitchSaysWhether() {
        assertThat(properties)
                .filteredOn(property -> "java.lang.Boolean".equals(property.get("type")))
                .allSatisfy(property ->
                        assertThat(property.get("description")).asString().startsWith("Whether "));
    }

    @Test
    void hintsAreGivenOnceEach() {
        assertThat(hints).extracting(ConfigurationMetadataContractTests::name).doesNotHaveDuplicates();
    }

    @Test
    void everyPropertyAndItsDefaultAreInTheTable() {
        List<String> gaps = new ArrayList<>();
        for (Map<String, Object> property : properties) {
            gaps.addAll(table.gaps(name(property), property.get("defaultValue")));
        }
        assertThat(gaps).as(table.toString()).isEmpty();
    }
}
