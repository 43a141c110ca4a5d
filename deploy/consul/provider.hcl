# What a provider may do: register, keep and withdraw its own name, and nothing else. One policy and token an application:
#   consul acl policy create -name greeter -rules @provider.hcl
#   consul acl token create -description greeter -policy-name greeter
service "greeter" {
  policy = "write"
}
