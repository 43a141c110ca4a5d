# A Consul agent for providers and consumers of one host, with access control on. Start it beside the applications:
#   consul agent -config-file=agent.hcl -data-dir=/var/lib/consul -retry-join=CONSUL_SERVER
# The agent's own token belongs into a file of its own: acl { tokens { agent = "..." } }

# Applications of this host only; they have no business with each other's agents.
client_addr = "127.0.0.1"

# Each followed service holds one connection, and all applications of this host share one address.
limits {
  http_max_conns_per_client = 1000
}

acl {
  enabled        = true
  default_policy = "deny"
  # Goes on with what it knows while the servers are away.
  down_policy    = "extend-cache"
}

# A registration survives a restart of the agent; without it providers would register again within a second.
leave_on_terminate = false
