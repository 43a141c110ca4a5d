/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;

/** The files in deploy/kubernetes. */
final class Manifests {

    static final Path FOLDER = root().resolve("deploy/kubernetes");

    private Manifests() {}

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("deploy/kubernetes"))) {
            folder = Objects.requireNonNull(folder.getParent(), "deploy/kubernetes");
        }
        return folder;
    }

    static List<String> names() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    static String text(String file) {
        try {
            return Files.readString(FOLDER.resolve(file));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Everything that is applied, as fabric8's model reads it. */
    static List<HasMetadata> objects() {
        List<HasMetadata> objects = new ArrayList<>();
        for (String name : names()) {
            if (!name.equals("kustomization.yaml")) {
                for (String document : text(name).split("(?m)^---$")) {
                    objects.add(Serialization.unmarshal(document));
                }
            }
        }
        return objects;
    }

    static <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects().stream().filter(type::isInstance).map(type::cast).toList();
    }

    static <T extends HasMetadata> T one(Class<T> type, String name) {
        return all(type).stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A property of a demo as it is in a cluster. */
    static String property(String demo, String key) {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(
                new FileSystemResource(FOLDER.resolve("../../" + demo + "/src/main/resources/application.yml")));
        return Objects.requireNonNull(yaml.getObject()).getProperty(key);
    }
}
