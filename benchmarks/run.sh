#!/usr/bin/env bash
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
#
# Runs an experiment: builds what it needs, writes raw samples to benchmarks/results/NAME-TIME, then computes the verdict from
# them. The last line says whether every bar held; exit code 0 only if so. Each experiment is a file in benchmarks/experiments
# and a Java package that holds its verdict.
set -euo pipefail

started_in=$PWD
root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/benchmarks/target
cd "$root"
# shellcheck source=config/setup.sh
. config/setup.sh

usage() {
	echo "Usage: benchmarks/run.sh NAME [NAME ...]      run experiments, one after the other"
	echo "       benchmarks/run.sh all                  run all of them"
	echo "       benchmarks/run.sh verdict DIR          the verdict again, from the samples in DIR"
	echo "       benchmarks/run.sh page [DIR ...]       docs/performance.md and docs/reliability.md from the newest runs, or these"
	echo "Experiments:"
	local file
	for file in benchmarks/experiments/*.sh; do
		printf '  %-10s %s\n' "$(basename "$file" .sh)" "$(sed -n '1s/^# //p' "$file")"
	done
}

# The demo's provider as a jar, our classes, and the class paths without and with the starter.
build() {
	echo "Building" >&2
	./mvnw -q -B -Dquick -Dmaven.test.skip -Dspring-boot.repackage.skip=false -pl demo-provider,benchmarks -am package >&2
	paths
}

paths() {
	classpath=$target/classes:$(cat "$target/class-path-without-starter"):$(cat "$target/class-path-with-starter")
	# For the experiments' files.
	# shellcheck disable=SC2034
	provider=$(find demo-provider/target -name 'demo-provider-*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' | head -n 1)
	provider=$root/$provider
}

# The folder for this run's samples, with a note of where they come from.
new_results() { # name
	results=$root/benchmarks/results/$1-$(date +%Y%m%d-%H%M%S)
	mkdir -p "$results"
	describe_machine >"$results/machine.txt"
	echo "Raw samples: $results" >&2
}

run() { # name
	# shellcheck source=/dev/null
	. "benchmarks/experiments/$1.sh"
	new_results "$1"
	experiment
	verdict "$results"
}

verdict() { # folder
	local name
	name=$(basename "$1")
	name=${name%%-*}
	[ -f "benchmarks/experiments/$name.sh" ] || die "$1 is not a folder of samples of a known experiment"
	if [ -d "$target/classes" ]; then paths; else build; fi
	"$java" -cp "$classpath" "io.clusterrpc.benchmarks.$name.${name^}Verdict" "$1" | tee "$1/verdict.txt"
}

die() {
	printf 'run.sh: %s\n' "$@" >&2
	exit 2
}

case "${1:-}" in
	-h | --help) usage && exit 0 ;;
	"") usage >&2 && exit 2 ;;
	verdict | page) ;;
	all) set -- $(basename -s .sh benchmarks/experiments/*.sh) ;;
	*)
		for name; do
			[ -f "benchmarks/experiments/$name.sh" ] || { usage >&2 && exit 2; }
		done
		;;
esac
set_up
java=$JAVA_HOME/bin/java
if [ "$1" = verdict ]; then
	samples=$(cd "$started_in" && cd "${2:-}" 2>/dev/null && pwd) || die "no such folder: ${2:-}"
	verdict "$samples"
elif [ "$1" = page ]; then
	folders=()
	for folder in "${@:2}"; do
		folders+=("$(cd "$started_in" && cd "$folder" 2>/dev/null && pwd)") || die "no such folder: $folder"
	done
	build
	"$java" -cp "$classpath" io.clusterrpc.benchmarks.page.Page "$root" ${folders[@]+"${folders[@]}"}
else
	build
	missed=0
	lines=()
	for name; do
		if (run "$name"); then :; else missed=1; fi
		last=$(find benchmarks/results -maxdepth 2 -path "*/$name-*/verdict.txt" | sort | tail -n 1)
		lines+=("$(tail -n 1 "$last" 2>/dev/null)")
	done
	[ $# -eq 1 ] || printf '%s\n' "${lines[@]}"
	exit "$missed"
fi
