# Linkerd's experiment: how many calls succeed while one of eleven backends is stuck (about 6 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	echo "Calling (about 6 minutes)" >&2
	timeout 600 "$java" -Xmx1g -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$classpath" \
		io.clusterrpc.benchmarks.linkerd.LinkerdRun "$results" >"$results/client.log" 2>&1 ||
		die "see $results/client.log" "$(tail -n 5 "$results/client.log")"
}
