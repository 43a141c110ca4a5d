#!/usr/bin/env bash
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
#
# Runs an experiment: builds what it needs, writes raw samples to benchmarks/results/NAME-TIME, then computes the verdict from
# them. The last line says whether every bar held; exit code 0 only if so.
set -euo pipefail

usage() {
	cat <<-EOF
		Usage: benchmarks/run.sh spine                what members that die, restart and join cost; start-up (about 6 minutes)
		       benchmarks/run.sh verdict DIR          the verdict again, from the samples in DIR
	EOF
}

started_in=$PWD
root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/benchmarks/target
cd "$root"
# shellcheck source=config/setup.sh
. config/setup.sh

# The demo's provider as a jar, our classes, and the class paths without and with the starter.
build() {
	echo "Building" >&2
	./mvnw -q -B -Dquick -Dmaven.test.skip -Dspring-boot.repackage.skip=false -pl demo-provider,benchmarks -am package >&2
	classpath=$target/classes:$(cat "$target/class-path-without-starter"):$(cat "$target/class-path-with-starter")
	provider=$(ls "$root"/demo-provider/target/demo-provider-*.jar | grep -v -e -sources -e -javadoc | head -n 1)
}

# The folder for this run's samples, with a note of where they come from.
new_results() { # name
	results=$root/benchmarks/results/$1-$(date +%Y%m%d-%H%M%S)
	mkdir -p "$results"
	{
		date -u +%Y-%m-%dT%H:%M:%SZ
		uname -srm
		nproc 2>/dev/null | sed 's/$/ cores/' || true
		"$java" -version 2>&1 | head -n 1
		git -C "$root" describe --always --dirty 2>/dev/null || true
	} >"$results/machine.txt"
	echo "Raw samples: $results" >&2
}

spine() {
	build
	new_results spine
	echo "Killing, restarting and adding providers under load (about 2 minutes)" >&2
	"$java" -Xmx512m -cp "$classpath" io.clusterrpc.benchmarks.spine.SpineRun "$results" "$provider" \
		>"$results/consumer.log" 2>&1 || die "see $results/consumer.log" "$(tail -n 5 "$results/consumer.log")"
	echo "Starting applications without and with the starter (about 4 minutes)" >&2
	"$java" -cp "$target/classes" io.clusterrpc.benchmarks.startup.StartUpRun "$results" "$target/classes" \
		"$target/class-path-without-starter" "$target/class-path-with-starter" >&2 || die "the applications did not start"
	verdict "$results"
}

verdict() { # folder
	local name
	[ -d "$target/classes" ] || build
	name=$(basename "$1")
	case ${name%%-*} in
		spine) "$java" -cp "$target/classes" io.clusterrpc.benchmarks.spine.SpineVerdict "$1" | tee "$1/verdict.txt" ;;
		*) die "$1 is not a folder of samples of a known experiment" ;;
	esac
}

die() {
	printf 'run.sh: %s\n' "$@" >&2
	exit 2
}

case "${1:-}" in
	spine | verdict) ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
esac
set_up
java=$JAVA_HOME/bin/java
if [ "$1" = verdict ]; then
	samples=$(cd "$started_in" && cd "${2:-}" 2>/dev/null && pwd) || die "no such folder: ${2:-}"
	verdict "$samples"
else
	"$1"
fi
