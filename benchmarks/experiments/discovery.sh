# how soon changes are known, and what a registry that fails or is large costs: Consul, Kubernetes' API, nginx, Eureka, ZooKeeper (about 16 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	local consul nginx folder=$results/nginx port registry own
	consul=$(config/consul.sh) || die "an executable of Consul is needed: see above"
	nginx=$(config/nginx.sh) || die "an executable of nginx is needed: see above"
	./mvnw -q -B -Dquick -DskipTests -pl rpc-discovery-consul,benchmarks/registries -am package >&2 || die "the backends were not built"
	port=$((20000 + RANDOM % 10000))
	mkdir -p "$folder/tmp"
	# As it is deployed, but for paths and port.
	sed -e "s#^worker_processes auto;#worker_processes 2; pid $folder/pid;#" -e "s#/var/lib/rpc/upstreams.conf#$folder/upstreams.conf#" \
		-e "s#127.0.0.1:8090#127.0.0.1:$port#" \
		-e "s#^    server_tokens off;#    client_body_temp_path tmp/b; proxy_temp_path tmp/p; fastcgi_temp_path tmp/f; uwsgi_temp_path tmp/u; scgi_temp_path tmp/s;#" \
		deploy/nginx/nginx.conf >"$folder/nginx.conf"
	echo "Joins, leaves, kills and outages with Consul $("$consul" version | sed -n '1s/.* v//p') and $("$nginx" -v 2>&1) (about 10 minutes)" >&2
	"$java" -Xmx512m -cp "$root/rpc-discovery-consul/target/classes:$classpath" io.clusterrpc.benchmarks.discovery.DiscoveryRun \
		"$results" "$consul" "$nginx" "$folder" "$port" \
		>"$results/consumer.log" 2>&1 || die "see $results/consumer.log" "$(tail -n 5 "$results/consumer.log")"
	# Each with a process and a class path of its own.
	own=$root/benchmarks/registries/target/classes:$(cat benchmarks/registries/target/class-path)
	for registry in kubernetes zookeeper eureka; do
		echo "Joins and leaves with $registry (1 to 4 minutes)" >&2
		mkdir -p "$results/$registry"
		"$java" -Xmx512m -cp "$own" io.clusterrpc.benchmarks.registries.RegistriesRun "$results/$registry" "$registry" \
			>"$results/$registry/consumer.log" 2>&1 ||
			die "see $results/$registry/consumer.log" "$(tail -n 5 "$results/$registry/consumer.log")"
	done
}
