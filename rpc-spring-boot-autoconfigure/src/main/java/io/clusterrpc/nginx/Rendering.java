/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Source;
import io.clusterrpc.nginx.NginxSettings.ServerOptions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the file should say.
 *
 * @param text the whole file
 * @param upstreams its upstreams by the service
 */
record Rendering(String text, Map<String, Upstream> upstreams) {

    private static final String HEADER = """
            # Kept in step with the service registry by Cluster RPC (rpc.nginx.upstream-file); changes made by hand are lost.
            """;

    private static final Pattern BLOCK = Pattern.compile("^upstream (\\S+) \\{\\n(?:[^}]*\\n)?}\\n", Pattern.MULTILINE);

    /**
     * Renders what is known. A service of which nobody has said anything yet keeps what stands in the file: the registry may be
     * down while this application starts, and nginx must go on with what it has.
     */
    static Rendering of(
            Map<String, String> services,
            Map<String, ClusterSnapshot> known,
            @Nullable String before,
            ServerAddresses addresses,
            ServerOptions options) {
        Map<String, String> kept = before == null ? Map.of() : blocks(before);
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder(HEADER);
        services.forEach((name, service) -> {
            Upstream upstream = upstream(name, known.get(service), kept.get(name), addresses, options);
            upstreams.put(service, upstream);
            text.append('\n').append(upstream.text());
        });
        return new Rendering(text.toString(), upstreams);
    }

    private static Upstream upstream(
            String name,
            @Nullable ClusterSnapshot snapshot,
            @Nullable String kept,
            ServerAddresses addresses,
            ServerOptions options) {
        if (snapshot != null && snapshot.source() != Source.UNKNOWN) {
            return Upstream.of(name, snapshot, addresses, options);
        }
        return kept == null ? Upstream.unknown(name, options) : Upstream.kept(name, kept);
    }

    private static Map<String, String> blocks(String text) {
        Map<String, String> blocks = new HashMap<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.put(matcher.group(1), matcher.group());
        }
        return blocks;
    }
}
