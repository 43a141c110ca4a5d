#!/usr/bin/env bash
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
#
# Injects faults into real provider processes under load and judges what the consumer noticed: builds what it needs, writes raw
# samples to benchmarks/results/faults-TIME, one folder a fault, then computes the verdict from them. The last line is
# "N held, N missed, N skipped"; exit code 0 only with none missed.
set -euo pipefail

usage() {
	cat <<-EOT
		Usage: ./faults.sh                all faults, each takes about a minute
		       ./faults.sh NAME [NAME..]  these faults
		       ./faults.sh verdict DIR    the verdict again, from the samples in DIR
		Faults: $(sed -n 's/^            new \(.*\)()[,)].*/\1/p' benchmarks/src/main/java/io/clusterrpc/benchmarks/faults/Faults.java |
		sed -E 's/([a-z])([A-Z])/\1-\2/g' | tr '[:upper:]' '[:lower:]' | paste -sd ' ')
	EOT
}

cd "$(dirname "$0")"
# shellcheck source=config/setup.sh
. config/setup.sh

die() {
	printf 'faults.sh: %s\n' "$@" >&2
	exit 2
}

case "${1:-}" in
	-h | --help) usage && exit 0 ;;
esac
set_up
java=$JAVA_HOME/bin/java
target=benchmarks/target
echo "Building" >&2
./mvnw -q -B -Dquick -Dmaven.test.skip -pl benchmarks -am package >&2
./mvnw -q -B -Dquick -pl rpc-discovery-consul -am compile >&2
classpath=$target/classes:$(cat "$target/class-path-without-starter"):$(cat "$target/class-path-with-starter"):rpc-discovery-consul/target/classes
if [ "${1:-}" = verdict ]; then
	results=${2:-}
	[ -d "$results" ] || die "no such folder: $results"
else
	results=benchmarks/results/faults-$(date +%Y%m%d-%H%M%S)
	mkdir -p "$results"
	describe_machine >"$results/machine.txt"
	echo "Raw samples: $results" >&2
	"$java" -Xmx512m -XX:MaxDirectMemorySize=1g -cp "$classpath" io.clusterrpc.benchmarks.faults.FaultsRun "$results" "$@" >"$results/consumer.log" 2>&1 ||
		die "see $results/consumer.log" "$(tail -n 5 "$results/consumer.log")"
fi
"$java" -cp "$classpath" io.clusterrpc.benchmarks.faults.FaultsVerdict "$results" | tee "$results/verdict.txt"
