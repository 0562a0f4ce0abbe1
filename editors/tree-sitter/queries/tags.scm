(network name: (name) @name) @definition.module
(use name: (name) @name) @definition.module
(existing name: (name) @name) @definition.module

(subnet name: (name) @name) @definition.class
(node name: (name) @name) @definition.class
(gateway name: (name) @name) @definition.class
(customer name: (name) @name) @definition.class
(vpn name: (name) @name) @definition.class
(peer name: (name) @name) @definition.class
(endpoint name: (name) @name) @definition.class
(flow_log name: (name) @name) @definition.class
(network (body (elastic (path . (name) @name)) @definition.class))
(sg name: (name) @name) @definition.class
(acl name: (name) @name) @definition.class
(routes name: (name) @name) @definition.class
(image name: (name) @name) @definition.class

(param name: (name) @name) @definition.constant
(let name: (name) @name) @definition.constant
(key name: (name) @name) @definition.constant

(path . (name) @name) @reference.class
