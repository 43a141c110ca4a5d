/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.ClusterSnapshot;
import io.clusterrpc.discovery.ClusterSnapshot.Member;
import io.clusterrpc.nginx.NginxSettings.ServerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One service as nginx sees it.
 *
 * <ul>
 *   <li>What the registry lists is a server, with its weight. A weight of 0 makes it {@code down}.
 *   <li>What vanished from the list without leaving is a {@code backup}: asked when no listed one can be reached. If nothing is listed
 *       at all, the registry lost its data rather than the cluster all its instances: then these are servers like others.
 *   <li>If there is nobody, one server that is always {@code down} keeps the file valid, and nginx answers for it.
 * </ul>
 *
 * @param name name of the upstream
 * @param servers how many nginx may hand calls to
 * @param leftOut instances that cannot be written, with the reason
 * @param text the block
 */
record Upstream(String name, int servers, Set<String> leftOut, String text) {

    private static final String NOBODY = "    server 127.0.0.1:9 down;\n";

    static Upstream of(String name, ClusterSnapshot snapshot, ServerAddresses addresses, ServerOptions options) {
        Set<String> leftOut = new TreeSet<>();
        List<Member> members = new ArrayList<>();
        TreeMap<String, Member> byAddress = new TreeMap<>();
        for (Member member : snapshot.members()) {
            List<String> found = addresses.of(member.instance());
            if (found == null || found.isEmpty()) {
                leftOut.add(reason(member.instance(), found == null));
                continue;
            }
            members.add(member);
            // Where two claim an address, a listed one counts.
            found.forEach(address ->
                    byAddress.merge(address, member, (one, other) -> one.listed() || !other.listed() ? one : other));
        }
        boolean noneListed = members.stream().noneMatch(Member::listed);
        StringBuilder lines = new StringBuilder();
        int servers = 0;
        for (var entry : byAddress.entrySet()) {
            Member member = entry.getValue();
            int weight = member.instance().weight();
            servers += weight == 0 ? 0 : 1;
            lines.append("    server ").append(entry.getKey());
            if (weight == 0) {
                lines.append(" down;\n");
                continue;
            }
            lines.append(" weight=").append(weight).append(" max_fails=").append(options.maxFails());
            lines.append(" fail_timeout=")
                    .append(options.failTimeout().toSeconds())
                    .append('s');
            lines.append(member.listed() || noneListed ? ";\n" : " backup;\n");
        }
        return new Upstream(name, servers, leftOut, block(name, lines.isEmpty() ? NOBODY : lines.toString(), options));
    }

    /** Of a service of which nothing is known yet. */
    static Upstream unknown(String name, ServerOptions options) {
        return new Upstream(name, 0, Set.of(), block(name, NOBODY, options));
    }

    /** Of a service of which nothing is known yet but what stands in the file. */
    static Upstream kept(String name, String text) {
        int servers = (int) text.lines()
                .filter(line -> line.startsWith("    server ") && !line.endsWith(" down;"))
                .count();
        return new Upstream(name, servers, Set.of(), text);
    }

    private static String block(String name, String servers, ServerOptions options) {
        String keepalive = options.keepalive() == 0 ? "" : "    keepalive " + options.keepalive() + ";\n";
        return "upstream " + name + " {\n" + servers + keepalive + "}\n";
    }

    private static String reason(ServiceInstance instance, boolean malformed) {
        return "instance " + quoted(instance.id()) + " of " + instance.service() + " is left out: host "
                + quoted(instance.host())
                + (malformed ? " is neither an IP address that nginx knows nor a host name" : " is not found");
    }

    /** Both come from a registry, and into a log. */
    private static String quoted(String text) {
        String plain = text.replaceAll("[^ -~]", "?");
        return "'" + (plain.length() > 100 ? plain.substring(0, 100) + "..." : plain) + "'";
    }
}
