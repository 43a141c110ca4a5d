# What a consumer may do: read who offers what. Consul shows an instance only to those who may see its node, too.
service_prefix "" {
  policy = "read"
}

node_prefix "" {
  policy = "read"
}
