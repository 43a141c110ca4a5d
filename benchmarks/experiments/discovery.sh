# how soon changes are known, and what a registry that fails or is large costs: Consul, nginx (about 7 minutes)
# Copyright 2026 the original author or authors.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

experiment() {
	local consul nginx folder=$results/nginx port
	consul=$(config/consul.sh) || die "an executable of Consul is needed: see above"
	nginx=$(config/nginx.sh) || die "an executable of nginx is needed: see above"
	./mvnw -q -B -Dquick -pl rpc-discovery-consul -am compile >&2 || die "the backend of Consul was not built"
	port=$((20000 + RANDOM % 10000))
	mkdir -p "$folder/tmp"
	# As it is deployed, but for paths and port.
	sed -e "s#^worker_processes auto;#worker_processes 2; pid $folder/pid;#" -e "s#/var/lib/rpc/upstreams.conf#$folder/upstreams.conf#" \
		-e "s#127.0.0.1:8090#127.0.0.1:$port#" \
		-e "s#^    server_tokens off;#    client_body_temp_path tmp/b; proxy_temp_path tmp/p; fastcgi_temp_path tmp/f; uwsgi_temp_path tmp/u; scgi_temp_path tmp/s;#" \
		deploy/nginx/nginx.conf >"$folder/nginx.conf"
	echo "Joins, leaves, kills and outages with Consul $("$consul" version | sed -n '1s/.* v//p') and $("$nginx" -v 2>&1) (about 7 minutes)" >&2
	"$java" -Xmx512m -cp "$root/rpc-discovery-consul/target/classes:$classpath" io.clusterrpc.benchmarks.discovery.DiscoveryRun \
		"$results" "$consul" "$nginx" "$folder" "$port" \
		>"$results/consumer.log" 2>&1 || die "see $results/consumer.log" "$(tail -n 5 "$results/consumer.log")"
}
