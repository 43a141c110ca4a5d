# consistent-hash: keys that move, bounded load, look-ups, builds, memory (about 3 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	echo "Moving keys (about 3 minutes)" >&2
	timeout 300 "$java" -Xmx1g -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "$classpath" \
		io.clusterrpc.benchmarks.hash.HashRun "$results" >&2 || die "the experiment did not end"
}
