# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by demo.sh, faults.sh and benchmarks/run.sh from the project's folder: sets JAVA_HOME to a JDK, version 17 or newer, and makes
# sure of Maven and curl. As root on Debian or Ubuntu it installs what is missing. The caller defines die MESSAGE.

can_install() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

install_packages() {
	echo "Installing $*" >&2
	(apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@") \
		</dev/null >/dev/null || die "could not install $*"
}

find_jdk() {
	local home on_path version
	on_path=$(readlink -f "$(command -v javac || true)" 2>/dev/null || true)
	for home in "${JAVA_HOME:-}" "${on_path%/bin/javac}" /usr/lib/jvm/*; do
		if [ -n "$home" ] && [ -x "$home/bin/javac" ]; then
			version=$("$home/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
			if [ "${version:-0}" -ge 17 ]; then
				echo "$home"
				return
			fi
		fi
	done
}

set_up() {
	local jdk
	jdk=$(find_jdk)
	if [ -z "$jdk" ] && can_install; then
		install_packages openjdk-17-jdk-headless
		jdk=$(find_jdk)
	fi
	[ -n "$jdk" ] || die "no JDK from version 17 on found: install one (openjdk-17-jdk-headless, Temurin ...) or set JAVA_HOME"
	export JAVA_HOME=$jdk
	if ! command -v curl >/dev/null; then
		can_install || die "curl is missing: install it"
		install_packages curl ca-certificates
	fi
	# The wrapper fetches the pinned Maven; where the Apache archive is out of reach it needs some Maven to do so.
	if ! ./mvnw -v >/dev/null 2>&1; then
		can_install || ./mvnw -v >/dev/null || die "Maven could not be fetched: see above"
		install_packages maven
		./mvnw -v >/dev/null || die "Maven could not be fetched: see above"
	fi
}

# Where and of what samples come from. The caller is in the project's folder and has set java.
describe_machine() {
	date -u +%Y-%m-%dT%H:%M:%SZ
	uname -srm
	nproc 2>/dev/null | sed 's/$/ cores/' || true
	# shellcheck disable=SC2154
	"$java" -version 2>&1 | head -n 1
	git describe --always --dirty 2>/dev/null || true
}
