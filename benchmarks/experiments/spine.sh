# what members that die, restart and join cost; start-up (about 13 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	echo "Killing, restarting and adding providers under load (about 2 minutes)" >&2
	"$java" -Xmx512m -cp "$classpath" io.clusterrpc.benchmarks.spine.SpineRun "$results" "$provider" \
		>"$results/consumer.log" 2>&1 || die "see $results/consumer.log" "$(tail -n 5 "$results/consumer.log")"
	echo "Starting applications without and with the starter (about 10 minutes)" >&2
	"$java" -cp "$target/classes" io.clusterrpc.benchmarks.startup.StartUpRun "$results" "$target/classes" \
		"$target/class-path-without-starter" "$target/class-path-with-starter" >&2 || die "the applications did not start"
}
