#!/usr/bin/env bash
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
#
# Prints the path of an nginx executable for tests and benchmarks: the one that NGINX names, the one in .cache from an earlier call,
# the one on the PATH, or else Debian's, unpacked into .cache and installed nowhere. Says on standard error why there is none.
set -euo pipefail

nginx_fail() {
	echo "no nginx: $*" >&2
	exit 1
}

nginx_works() {
	[ -x "$1" ] && "$1" -v >/dev/null 2>&1
}

nginx_path() {
	local cache installed
	if [ -n "${NGINX:-}" ]; then
		nginx_works "$NGINX" || nginx_fail "NGINX=$NGINX does not run"
		echo "$NGINX"
		return
	fi
	cache=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.cache/nginx
	if nginx_works "$cache/nginx"; then
		echo "$cache/nginx"
		return
	fi
	# Often in a folder that only root has on the path.
	installed=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx || true)
	if [ -n "$installed" ]; then
		echo "$installed"
		return
	fi
	mkdir -p "$cache"
	(
		flock 9
		nginx_works "$cache/nginx" || nginx_download "$cache"
	) 9>"$cache/lock"
	nginx_works "$cache/nginx" || nginx_fail "what was unpacked does not run: $("$cache/nginx" -v 2>&1 | head -n 1)"
	echo "$cache/nginx"
}

# From the archive that this machine uses, with lists and packages in a folder of their own.
nginx_download() { # folder
	local cache=$1 work options
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
		nginx_fail "this is not Debian: install nginx, or set NGINX to an executable"
	work=$cache/work
	rm -rf "$work"
	mkdir -p "$work/lists/partial" "$work/archives/partial"
	options=(-qq -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work" -o "APT::Sandbox::User=$(id -un)")
	(
		cd "$work"
		timeout 120 apt-get "${options[@]}" update && timeout 120 apt-get "${options[@]}" download nginx &&
			dpkg-deb -x nginx_*.deb unpacked && mv unpacked/usr/sbin/nginx "$cache/nginx"
	) >"$cache/download.log" 2>&1 || nginx_fail "the package could not be fetched, see $cache/download.log"
	rm -rf "$work"
}

nginx_path
