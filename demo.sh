#!/usr/bin/env bash
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
#
# Three providers and a consumer as separate JVMs: under load one provider is killed, a fourth joins, another is restarted.
# Ends with a table of what that cost. Exit code 0 only if no safe call failed, and no call at all during the restart.
set -euo pipefail

usage() {
	cat <<-EOF
		Usage: ./demo.sh [--keep]
		  --keep   leaves everything running at the end and prints the addresses to open
	EOF
}

keep=no
case "${1:-}" in
	'') ;;
	--keep) keep=yes ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
esac

cd "$(dirname "$0")"
work=$(mktemp -d "${TMPDIR:-/tmp}/rpc-demo.XXXXXX")
# Keeps this run apart from every other one on the machine.
namespace=demo-${work##*.}
rate=200
pids=() # of every process started here

say() {
	printf '[%3d s] %s\n' "$SECONDS" "$*"
}

die() {
	failure=$*
	exit 1
}

# Ends what was started here, by process id, however the script ends.
finish() {
	status=$?
	trap - EXIT INT TERM HUP
	for pid in ${pids[@]+"${pids[@]}"}; do
		kill "$pid" 2>/dev/null || true
	done
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -n "$(jobs -rp)" ] || break
		sleep 0.2
	done
	for pid in ${pids[@]+"${pids[@]}"}; do
		kill -9 "$pid" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	if [ "$status" = 0 ]; then
		rm -rf "$work"
	else
		[ -z "${failure:-}" ] || echo "demo.sh: $failure" >&2
		echo "demo.sh: the logs are in $work" >&2
	fi
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- what it takes -----------------------------------------------------------------------------------------------------

. config/setup.sh
set_up

say "Building the demo (the first time fetches Maven and its dependencies: some minutes)"
./mvnw -q -B -Dquick -Dmaven.test.skip -Dspring-boot.repackage.skip=false -pl demo-provider,demo-consumer -am package \
	>"$work/build.log" 2>&1 || {
	grep -m 20 ERROR "$work/build.log" >&2 || tail -n 20 "$work/build.log" >&2
	die "the build failed"
}

# --- processes ---------------------------------------------------------------------------------------------------------

launch() { # log, module, further arguments
	log=$work/$1.log module=$2
	shift 2
	: >"$log"
	"$JAVA_HOME/bin/java" -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$module"/target/"$module"-[0-9]*.jar \
		--rpc.discovery.local.namespace="$namespace" --server.port=0 "$@" >"$log" 2>&1 &
	launched=$!
	pids+=("$launched")
}

await() { # seconds, what is awaited, command
	local end=$((SECONDS + $1)) what=$2
	shift 2
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || die "$what: still not after a long wait"
		sleep 0.1
	done
}

started() { # log, pid
	kill -0 "$2" 2>/dev/null || die "the process of $1 ended at once: $(grep -m 1 -A 3 -E 'Description:|Exception' "$work/$1.log")"
	grep -q 'Started .*Application in' "$work/$1.log"
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

web_port() { # log
	sed -n 's/.*Tomcat started on port \([0-9]*\).*/\1/p' "$work/$1.log" | head -n 1
}

# Providers are numbered; provider[n] is its process now. The file "names" remembers which process had which name.
provider=(0 0 0 0 0)
logs=(- - - - -)
runs=0
launch_provider() { # number, name
	runs=$((runs + 1))
	logs[$1]=provider-$1-run-$runs
	launch "${logs[$1]}" demo-provider
	provider[$1]=$launched
	printf '%s\t%s\n' "$launched" "$2" >>"$work/names"
}

await_provider() { # number
	await 180 "start of provider $1" started "${logs[$1]}" "${provider[$1]}"
}

# --- load --------------------------------------------------------------------------------------------------------------

# The consumer counts; every phase gives one file "phase-N", see Tally.java.
begin_load() {
	phase=$((${phase:-0} + 1))
	curl -sSf -m 330 "$consumer_url/load?rate=$rate&seconds=300" >"$work/phase-$phase" 2>"$work/phase-$phase.err" &
	load=$!
	pids+=("$load")
}

end_load() {
	curl -sSf -m 10 -X DELETE "$consumer_url/load" || die "the consumer does not answer"
	wait "$load" || die "the load ended early: $(cat "$work/phase-$phase.err")"
	spread
}

# Who answered in this phase, with the pids of the answers turned into names.
spread() {
	awk -F '\t' -v q="'" '
		NR == FNR { name[$1] = $2; next }
		$1 == "instance" {
			split($2, word, /[ ,]+/)
			who[++n] = (word[2] in name) ? name[word[2]] : $2
			calls[n] = $3 + $4
			all += calls[n]
		}
		$1 == "error" { print "          failed: " $2 }
		END {
			for (i = 1; i <= n; i++)
				printf "          %-26s %5d calls  %3.0f %%\n", who[i], calls[i], 100 * calls[i] / all
		}' "$work/names" "$work/phase-$phase" | sort
}

# --- the story ---------------------------------------------------------------------------------------------------------

say "Starting three providers and a consumer"
for n in 1 2 3; do
	launch_provider "$n" "provider $n"
done
launch consumer demo-consumer
consumer=$launched
for n in 1 2 3; do
	await_provider "$n"
done
await 180 "start of the consumer" started consumer "$consumer"
consumer_url=http://127.0.0.1:$(web_port consumer)
say "All four run. The consumer was not told any address. Its first call:"
answer=$(curl -sSf -m 10 "$consumer_url/hello?name=world") || die "the first call failed: see consumer.log"
echo "          $answer"

say "A gentle start of the JVMs, not counted: 50 calls a second for 3 seconds"
curl -sSf -m 30 -o /dev/null "$consumer_url/load?rate=50&seconds=3" || die "no load: see consumer.log"

say "Load: $rate calls a second, half of them safe to repeat (SayHello), half not (PlaceOrder)"
begin_load
sleep 6
end_load

say "The same load; after three seconds provider 2 is killed (kill -9: no farewell, calls are cut off)"
begin_load
sleep 3
# Waiting for it here keeps bash from reporting its end itself.
{ kill -9 "${provider[2]}" && wait "${provider[2]}"; } 2>/dev/null || true
sleep 4
end_load

say "The same load while provider 4 joins"
begin_load
launch_provider 4 "provider 4"
await_provider 4
say "Provider 4 is ready"
sleep 6
end_load

say "The same load while provider 1 is restarted (SIGTERM: it leaves, finishes its calls, and goes)"
begin_load
sleep 1
old=${provider[1]}
kill "$old"
await 60 "end of provider 1" gone "$old"
say "Provider 1 has ended; starting it again"
launch_provider 1 "provider 1, restarted"
await_provider 1
say "Provider 1 is back"
sleep 4
end_load

# --- the result --------------------------------------------------------------------------------------------------------

echo
# The phases by number, then the instances by name.
result=$(awk -F '\t' '
	BEGIN {
		title[1] = "three providers"
		title[2] = "provider 2 killed"
		title[3] = "provider 4 joins"
		title[4] = "provider 1 restarted"
		row = "%-24s %10s %8s   %10s %8s\n"
	}
	FILENAME ~ /names$/ { name[$1] = $2; order[++names] = $1; next }
	{ match(FILENAME, /[0-9]+$/); p = substr(FILENAME, RSTART) }
	$1 == "calls" { safe[p] = $2; unsafe[p] = $3 }
	$1 == "failed" { safeFailed[p] = $2; unsafeFailed[p] = $3 }
	$1 == "instance" { split($2, word, /[ ,]+/); s[word[2]] += $3; u[word[2]] += $4 }
	END {
		printf row, "", "safe calls", "failed", "unsafe", "failed"
		for (p = 1; p <= 4; p++) {
			printf row, title[p], safe[p], safeFailed[p], unsafe[p], unsafeFailed[p]
			a += safe[p]; b += safeFailed[p]; c += unsafe[p]; d += unsafeFailed[p]
		}
		printf row, "together", a, b, c, d
		print ""
		printf row, "answered by", "safe calls", "", "unsafe", ""
		for (i = 1; i <= names; i++)
			printf row, name[order[i]], s[order[i]] + 0, "", u[order[i]] + 0, ""
		print ""
		if (unsafeFailed[2] > 0)
			print "The kill cost " unsafeFailed[2] " unsafe call(s): in flight to provider 2 when it died. The order may have been placed, so\n" \
				"nobody may send it again without asking; safe calls were repeated on another provider."
		else
			print "The kill cost nothing this time. An unsafe call in flight to the killed provider would have failed: it may have\n" \
				"been handled, so it is not sent again; safe calls are repeated on another provider."
		if (b > 0)
			print "FAILED: " b " safe call(s) failed (expected: none)."
		if (safeFailed[4] + unsafeFailed[4] > 0)
			print "FAILED: " safeFailed[4] + unsafeFailed[4] " call(s) failed during the restart (expected: none)."
		if (a == 0 || c == 0)
			print "FAILED: no calls were made."
	}' "$work/names" "$work"/phase-[0-9])
echo "$result"
case $result in
	*FAILED:*) verdict=1 ;;
	*) verdict=0 && echo "No safe call failed, and no call at all during the restart." ;;
esac

if [ "$keep" = yes ]; then
	cat <<-EOF

		Still running. To look at:
		  $consumer_url/hello?name=you            a call to the cluster over REST
		  $consumer_url/greetings?name=you        a streaming one
		  $consumer_url/actuator/rpc              what the consumer knows of its cluster
		  $consumer_url/actuator/health
		  $consumer_url/actuator/prometheus
		  http://127.0.0.1:$(web_port "${logs[1]}")/actuator/rpc              what provider 1 offers
		Logs: $work
		To try: kill -9 ${provider[3]} (provider 3), then look at the consumer's /actuator/rpc.
		To stop everything: Ctrl-C here, or kill $$
	EOF
	trap 'exit "$verdict"' INT TERM HUP
	while sleep 1; do :; done
fi
exit "$verdict"
