#!/usr/bin/env bash
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
#
# Prints the path of libfaketime for a fault of the suite: an installed one, the one in .cache from an earlier call, or else Debian's,
# unpacked into .cache and installed nowhere. Says on standard error why there is none.
set -euo pipefail

fail() {
	echo "no libfaketime: $*" >&2
	exit 1
}

works() { # library
	[ -f "$1" ] && [ "$(LD_PRELOAD=$1 FAKETIME='2001-01-01 12:00:00' date +%Y 2>/dev/null)" = 2001 ]
}

cache=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.cache/faketime
for library in /usr/lib/*/faketime/libfaketimeMT.so.1 "$cache/libfaketimeMT.so.1"; do
	if works "$library"; then
		echo "$library"
		exit
	fi
done
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "this is not Debian: install libfaketime"
mkdir -p "$cache"
(
	cd "$cache"
	timeout 120 apt-get -qq -o "APT::Sandbox::User=$(id -un)" download libfaketime || {
		timeout 120 apt-get -qq update && timeout 120 apt-get -qq -o "APT::Sandbox::User=$(id -un)" download libfaketime
	}
	dpkg-deb -x libfaketime_*.deb unpacked
	cp unpacked/usr/lib/*/faketime/libfaketimeMT.so.1 .
	rm -rf unpacked libfaketime_*.deb
) >"$cache/download.log" 2>&1 || fail "the package could not be fetched, see $cache/download.log"
works "$cache/libfaketimeMT.so.1" || fail "what was unpacked does not run"
echo "$cache/libfaketimeMT.so.1"
