; Every word gets exactly one capture, so that it doesn't matter whether an editor lets the first or the last one win.

(comment) @comment @spell

; ---- Words of the language

[
  "account" "acl" "assert" "at" "boot" "cidr" "customer" "defaults" "disk" "dns" "domain" "egress"
  "elastic" "endpoint" "env" "every" "existing" "flow-log" "gateway" "hostnames" "image" "imds"
  "ingress" "ipv6" "key" "let" "network" "node" "ntp" "output" "param" "peer" "policy" "propagate"
  "quota" "region" "role" "route" "routes" "servers" "sg" "share" "stack" "subnet" "support" "tags"
  "tenancy" "traffic" "type" "use" "vpn"
] @keyword

[
  (keep)
  (lockdown)
  (private)
  (public)
] @keyword

(egress "none" @constant.builtin)
"interface" @type.builtin
(traffic "all" @constant.builtin)

[
  "across" "allow" "as" "asn" "az" "by" "can" "cannot" "deny" "each" "from" "in" "reach" "to"
  "via" "was"
] @keyword.operator

(assert "on" @keyword.operator)
(switch) @constant.builtin
(constant) @constant.builtin
(gateway_kind) @type.builtin
(tenancy "dedicated" @constant.builtin)
(tenancy (name) @constant.builtin)
(disk "unencrypted" @constant.builtin)
(protocol) @type.builtin
(ports "all" @constant.builtin)
(ports (name) @constant.builtin)
(param_type) @type.builtin
(existing kind: (name) @keyword)

; ---- Names

(stack name: (name) @module)
(use name: (name) @module)
(param name: (name) @variable.parameter)
(argument name: (name) @variable.parameter)
(key name: (name) @constant)
(let name: (name) @constant)
(output name: (name) @constant)
(quota quota: (name) @property)
(entry name: (name) @property)

[
  (acl name: (name) @type)
  (customer name: (name) @type)
  (endpoint name: (name) @type)
  (existing name: (name) @type)
  (flow_log name: (name) @type)
  (gateway name: (name) @type)
  (image name: (name) @type)
  (network name: (name) @type)
  (node name: (name) @type)
  (peer name: (name) @type)
  (routes name: (name) @type)
  (sg name: (name) @type)
  (subnet name: (name) @type)
  (vpn name: (name) @type)
]

(disk name: (name) @constant)
(was (name) @constant)
(index (name) @constant.builtin)
((path (name) @variable)
  (#not-match? @variable "^(ami|eipalloc|igw|pl|rtb|sg|subnet|vpc)-[0-9a-f]+$"))
((path (name) @constant)
  (#match? @constant "^(ami|eipalloc|igw|pl|rtb|sg|subnet|vpc)-[0-9a-f]+$"))

; ---- Literals

(string) @string
(escape) @string.escape
(interpolation) @string.special

[
  (address)
  (block)
  (host)
  (icmp_type)
  (number)
  (port_range)
  (prefix)
  (range)
  (size)
] @number

(word) @constant

(disk type: (name) @constant)
(imds (name) @constant.builtin)
(traffic (name) @constant.builtin)

[ "{" "}" "[" "]" "(" ")" ] @punctuation.bracket
[ "," ";" "." ] @punctuation.delimiter
"=" @operator
