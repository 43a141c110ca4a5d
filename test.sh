#!/usr/bin/env bash
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
#
# Everything that must hold: all gates and all tests on JDK 17, then the unit tests again on JDK 25 where there is one.
# Needs nothing but a network; as root on Debian or Ubuntu it installs what is missing. JAVA17_HOME and JAVA25_HOME
# say where the JDKs are, if not in the usual places. Arguments go to Maven, as in ./test.sh -pl rpc-spring-boot-starter -am
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

die() {
	echo "test.sh: $*" >&2
	exit 1
}

can_install() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

install_packages() {
	echo "Installing $*"
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq update && apt-get -qq -y --no-install-recommends install "$@" >/dev/null
}

# The home of a JDK of exactly this version: find_jdk 17 CANDIDATE...
find_jdk() {
	local version=$1 home
	shift
	for home in "$@"; do
		if [ -n "$home" ] && [ -x "$home/bin/javac" ] && [[ "$("$home/bin/javac" -version 2>&1)" =~ ^javac\ $version(\.|$) ]]; then
			(cd "$home" && pwd)
			return
		fi
	done
}

find_jdk_17() {
	local on_path
	on_path=$(readlink -f "$(command -v javac || true)" 2>/dev/null || true)
	find_jdk 17 "${JAVA17_HOME:-}" "${JAVA_HOME:-}" "${on_path%/bin/javac}" /usr/lib/jvm/*17*
}

jdk17=$(find_jdk_17)
if [ -z "$jdk17" ] && can_install; then
	install_packages openjdk-17-jdk-headless || true
	jdk17=$(find_jdk_17)
fi
[ -n "$jdk17" ] || die "no JDK 17 found: install one (openjdk-17-jdk-headless, Temurin 17 ...) or set JAVA17_HOME"
jdk25=$(find_jdk 25 "${JAVA25_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*25*)

export JAVA_HOME=$jdk17
# Fetches the pinned Maven. Without the Apache archive it needs some Maven to do so.
if ! ./mvnw -v >/dev/null; then
	can_install || die "Maven could not be fetched: see above"
	install_packages maven
	./mvnw -v >/dev/null || die "Maven could not be fetched: see above"
fi

find . -path '*/target/*-reports*/TEST-*.xml' -delete
failed_runs=()

echo "== JDK 17: $jdk17"
./mvnw -B -ntp -fae verify "$@" || failed_runs+=("JDK 17")

if [ -z "$jdk25" ]; then
	echo "== JDK 25: none found, its run is left out (JAVA25_HOME says where it is)"
elif [ ${#failed_runs[@]} -gt 0 ]; then
	echo "== JDK 25: left out after the failure above"
else
	echo "== JDK 25: $jdk25"
	JAVA_HOME=$jdk25 ./mvnw -B -ntp -fae -Pcompiled test "$@" || failed_runs+=("JDK 25")
fi

find . -path '*/target/*-reports*/TEST-*.xml' -exec grep -h '<testsuite ' {} + | awk -v builds="${failed_runs[*]-}" '
	function count(name) {
		return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0
	}
	{
		bad = count("failures") + count("errors")
		skipped += count("skipped")
		failed += bad
		passed += count("tests") - bad - count("skipped")
	}
	END {
		if (skipped) print skipped " skipped"
		if (builds) print "Build failed: " builds
		print passed + 0 " passed, " failed + 0 " failed"
		exit failed || builds || !passed
	}'
