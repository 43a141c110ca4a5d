/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery;

import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend.Catalog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Several catalogs as one. Tells nothing as long as a catalog that has not answered yet might be the only one to know an
 * application: an early "nobody offers it" would be wrong.
 */
final class MergedCatalog implements Catalog {

    private final List<Catalog> catalogs;

    MergedCatalog(List<Catalog> catalogs) {
        this.catalogs = List.copyOf(catalogs);
    }

    @Override
    public Subscription watch(String grpcService, Consumer<List<String>> listener) {
        Answers answers = new Answers(grpcService, listener);
        List<Subscription> watches = catalogs.stream()
                .map(catalog -> catalog.watch(grpcService, names -> answers.answered(catalog, names)))
                .toList();
        return () -> {
            answers.outbox.close();
            watches.forEach(Subscription::close);
        };
    }

    private final class Answers {

        private final Map<Catalog, List<String>> names = new HashMap<>();
        private final Outbox<List<String>> outbox;
        private @Nullable List<String> told;

        Answers(String grpcService, Consumer<List<String>> listener) {
            this.outbox = new Outbox<>("the applications that offer " + grpcService, listener, closing -> {});
        }

        void answered(Catalog catalog, List<String> applications) {
            synchronized (this) {
                names.put(catalog, applications);
                TreeSet<String> all = new TreeSet<>();
                names.values().forEach(all::addAll);
                List<String> next = List.copyOf(all);
                boolean tooEarly = next.isEmpty() && names.size() < catalogs.size();
                if (tooEarly || next.equals(told)) {
                    return;
                }
                told = next;
                outbox.put(next);
            }
            outbox.deliver();
        }
    }
}
