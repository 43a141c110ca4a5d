# calls a second beside Dubbo, Boot's own client and net.devh's starter (about 5 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	echo "Building the peers" >&2
	./mvnw -q -B -Dquick -Dmaven.test.skip -pl benchmarks/dubbo,benchmarks/net-devh -am package >&2
	./mvnw -q -B -f benchmarks/net-devh/runtime/pom.xml package >&2
	echo "Letting the clients take turns" >&2
	"$java" -cp "$classpath" io.clusterrpc.benchmarks.peers.PeersRun "$results" "$target/classes" \
		"$(cat "$target/class-path-without-starter")" "$(cat "$target/class-path-with-starter")" \
		"$root/benchmarks/dubbo/target/classes:$(cat benchmarks/dubbo/target/class-path)" \
		"$root/benchmarks/net-devh/target/classes:$root/demo-api/target/classes:$(cat benchmarks/net-devh/target/class-path)" \
		>&2 || die "see $results"
}
