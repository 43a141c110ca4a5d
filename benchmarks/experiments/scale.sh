# what a cluster of thousands costs: picks, updates, churn, memory (about 3 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	echo "Picks and updates at 10 to 10,000 instances (about 1 minute)" >&2
	"$java" -Xmx1g -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "$classpath" io.clusterrpc.benchmarks.scale.PickCost "$results" \
		>"$results/picks.log" 2>&1 || die "see $results/picks.log" "$(tail -n 5 "$results/picks.log")"
	echo "1,000 instances of which 100 a second are replaced (about 2 minutes)" >&2
	"$java" -Xmx512m -cp "$classpath" io.clusterrpc.benchmarks.scale.ChurnRun "$results" \
		>"$results/consumer.log" 2>&1 || die "see $results/consumer.log" "$(tail -n 5 "$results/consumer.log")"
}
