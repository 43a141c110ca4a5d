# what a call costs with the starter, beside raw grpc-java and Boot's own client (about 27 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	echo "Calling three servers with one client after the other" >&2
	"$java" -cp "$classpath" io.clusterrpc.benchmarks.price.PriceRun "$results" "$target/classes" \
		"$(cat "$target/class-path-without-starter")" "$(cat "$target/class-path-with-starter")" \
		"$(cat "$target/class-path-with-tracer")" >&2 || die "see $results"
}
