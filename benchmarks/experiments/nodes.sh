# a node that fails fast, a slow one, and what they get of the traffic when they are well again (about 2 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	echo "Calling (about 2 minutes)" >&2
	timeout 240 "$java" -Xmx1g -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$classpath" \
		io.clusterrpc.benchmarks.nodes.NodesRun "$results" >"$results/client.log" 2>&1 ||
		die "see $results/client.log" "$(tail -n 5 "$results/client.log")"
}
