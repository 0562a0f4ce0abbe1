; A network, and what else has a block, sees its own names; everything sees those at the top.
(source_file) @local.scope
(network (body) @local.scope)
(existing (body) @local.scope)

(param name: (name) @local.definition.parameter)
(let name: (name) @local.definition.constant)
(use name: (name) @local.definition.namespace)
(key name: (name) @local.definition.constant)
(image name: (name) @local.definition.type)

(network name: (name) @local.definition.type)
(subnet name: (name) @local.definition.type)
(node name: (name) @local.definition.type)
(gateway name: (name) @local.definition.type)
(customer name: (name) @local.definition.type)
(vpn name: (name) @local.definition.type)
(peer name: (name) @local.definition.type)
(endpoint name: (name) @local.definition.type)
(flow_log name: (name) @local.definition.type)
(existing name: (name) @local.definition.type)
(network (body (elastic (path . (name) @local.definition.type))))
(sg name: (name) @local.definition.type)
(acl name: (name) @local.definition.type)
(routes name: (name) @local.definition.type)

(path . (name) @local.reference)
