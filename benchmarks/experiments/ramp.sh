# simulated clusters: adaptive beside round robin, A58 weights, least request, peak EWMA and C3 (about 3 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	echo "Simulating (about 3 minutes on two cores)" >&2
	timeout 480 "$java" -Xmx2g -XX:+UseParallelGC -cp "$classpath" io.clusterrpc.benchmarks.ramp.RampRun "$results" >&2 ||
		die "the simulation did not end"
}
