/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.core.GenericTypeResolver;

/**
 * Registers the application with the registries that Spring Cloud has for it, as their own clients do: once, under the web port where there
 * is a web server, with the gRPC port and all else that consumers need in the metadata.
 *
 * <p>Every registry is paired with the registration that its client made for the application. Who else starts that registration has to be
 * switched off, since it would come too early and leave too late.
 */
public final class ServiceRegistries implements Registrar {

    /**
     * What the registries need to know of their application.
     *
     * @param registries where to register
     * @param registrations what they register; asked for at the first registration only
     * @param webPort the port of the application's web server, 0 if it has none
     * @param before told of each registration before it is written for the first time
     * @param after told of each registration after it was written for the first time
     */
    public record Surroundings(
            Supplier<List<ServiceRegistry<?>>> registries,
            Supplier<List<Registration>> registrations,
            IntSupplier webPort,
            Consumer<Registration> before,
            Consumer<Registration> after) {}

    /** A registry and what it registers. */
    private record Post(ServiceRegistry<Registration> registry, Registration registration, RegistrationEditor editor) {}

    private static final Logger logger = LoggerFactory.getLogger(ServiceRegistries.class);

    private final Surroundings surroundings;
    private final List<RegistrationEditor> editors;
    private final String obstacle;
    private @Nullable List<Post> posts;
    private @Nullable String current;
    private Set<String> written = Set.of();

    /**
     * Prepares to register. Nothing is done yet.
     *
     * @param surroundings what to register where
     * @param obstacle why nothing can be registered, with the remedy; empty if it can
     */
    public ServiceRegistries(Surroundings surroundings, String obstacle) {
        this.surroundings = surroundings;
        this.editors = RegistrationEditor.available(getClass().getClassLoader());
        this.obstacle = obstacle;
    }

    @Override
    public boolean single() {
        return true;
    }

    @Override
    public String obstacle() {
        return obstacle;
    }

    @Override
    public synchronized void register(ServiceInstance instance) {
        Map<String, String> metadata = RegistrationRecord.write(instance);
        int webPort = surroundings.webPort().getAsInt();
        boolean first = posts == null;
        List<Post> all = posts();
        for (Post post : all) {
            if (first) {
                surroundings.before().accept(post.registration());
            }
            post.editor()
                    .write(
                            post.registration(),
                            new RegistrationEditor.Change(metadata, written, webPort, instance.port()));
            post.registry().register(post.registration());
            if (first) {
                logger.info(
                        "Registered {} with {}: port {}{}",
                        instance.id(),
                        post.registry().getClass().getSimpleName(),
                        post.registration().getPort(),
                        webPort > 0 ? " of the web server, gRPC port " + instance.port() + " in the metadata" : "");
            }
        }
        current = instance.id();
        written = metadata.keySet();
        posts = all;
        if (first) {
            all.forEach(post -> surroundings.after().accept(post.registration()));
        }
    }

    @Override
    public synchronized void deregister(ServiceInstance instance) {
        // A server that started again since then has taken the place.
        if (posts != null && Objects.equals(current, instance.id())) {
            posts.forEach(post -> post.registry().deregister(post.registration()));
            current = null;
        }
    }

    private List<Post> posts() {
        if (posts != null) {
            return posts;
        }
        List<Registration> registrations = surroundings.registrations().get();
        List<Post> found = surroundings.registries().get().stream()
                .flatMap(registry -> registrations.stream()
                        .filter(registration -> takes(registry, registration))
                        .map(registration -> post(registry, registration)))
                .toList();
        if (found.isEmpty()) {
            throw new DiscoveryException(
                    "spring-cloud: no ServiceRegistry of this application takes one of its registrations "
                            + registrations,
                    null);
        }
        return found;
    }

    private static boolean takes(ServiceRegistry<?> registry, Registration registration) {
        Class<?> taken = GenericTypeResolver.resolveTypeArgument(registry.getClass(), ServiceRegistry.class);
        return taken == null || taken.isInstance(registration);
    }

    @SuppressWarnings("unchecked")
    private Post post(ServiceRegistry<?> registry, Registration registration) {
        RegistrationEditor editor = editors.stream()
                .filter(each -> each.edits(registration))
                .findFirst()
                .orElseThrow();
        return new Post((ServiceRegistry<Registration>) registry, registration, editor);
    }
}
