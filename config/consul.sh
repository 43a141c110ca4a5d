#!/usr/bin/env bash
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
#
# Prints the path of a Consul executable for tests and benchmarks: the one that CONSUL names, the one in .cache from an earlier call,
# the one on the PATH, or else Debian's 1.8.7, unpacked into .cache and installed nowhere. Says on standard error why there is none.
set -euo pipefail

consul_fail() {
	echo "no Consul: $*" >&2
	exit 1
}

consul_works() {
	[ -x "$1" ] && "$1" version >/dev/null 2>&1
}

consul_path() {
	local cache
	if [ -n "${CONSUL:-}" ]; then
		consul_works "$CONSUL" || consul_fail "CONSUL=$CONSUL does not run"
		echo "$CONSUL"
		return
	fi
	cache=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.cache/consul
	if consul_works "$cache/consul"; then
		echo "$cache/consul"
		return
	fi
	if command -v consul >/dev/null; then
		command -v consul
		return
	fi
	mkdir -p "$cache"
	(
		flock 9
		consul_works "$cache/consul" || consul_download "$cache"
	) 9>"$cache/lock"
	consul_works "$cache/consul" || consul_fail "what was unpacked does not run"
	echo "$cache/consul"
}

# From the Debian archive that this machine uses, with lists and packages in a folder of their own.
consul_download() { # folder
	local cache=$1 work mirror options
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
		consul_fail "this is not Debian: install Consul, or set CONSUL to an executable"
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sort -u | grep -v security | grep debian | head -n 1 || true)
	[ -n "$mirror" ] || consul_fail "apt names no Debian archive: install Consul, or set CONSUL to an executable"
	work=$cache/work
	rm -rf "$work"
	mkdir -p "$work/lists/partial" "$work/archives/partial"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" >"$work/sources.list"
	options=(-qq -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=-" -o "Dir::State::lists=$work/lists"
		-o "Dir::Cache=$work" -o "APT::Sandbox::User=$(id -un)")
	(
		cd "$work"
		timeout 120 apt-get "${options[@]}" update && timeout 120 apt-get "${options[@]}" download consul &&
			dpkg-deb -x consul_*.deb unpacked && mv unpacked/usr/bin/consul "$cache/consul"
	) >"$cache/download.log" 2>&1 || consul_fail "the package could not be fetched, see $cache/download.log"
	rm -rf "$work"
}

consul_path
