//! What statements there are, where each may stand, and how each is written: the table behind "expected …",
//! "did you mean …?" and what editors offer. The grammar decides what is read; a test holds the two together.

/// What a statement stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The top level of a file.
    File,
    /// `network … { }`
    Network,
    /// `subnet … { }`
    Subnet,
    /// `routes NAME { }`
    Routes,
    /// `sg NAME { }`
    Sg,
    /// `acl NAME { }`
    Acl,
    /// `node … { }`
    Node,
    /// `defaults { }`
    Defaults,
    /// `dns { }`
    Dns,
    /// `endpoint … { }`
    Endpoint,
    /// `flow-log … { }`
    FlowLog,
    /// `image … { }` at the top level.
    Image,
    /// The block of anything else that is declared: a gateway, a key, an Elastic IP.
    Other,
    /// The block of what is no statement, or of nothing: whatever stands in it may be right.
    Unknown,
}

impl Place {
    /// How a message names it.
    pub fn phrase(self) -> &'static str {
        match self {
            Place::File => "at the top level",
            Place::Network => "in a network",
            Place::Subnet => "in a subnet",
            Place::Routes => "in a `routes` block",
            Place::Sg => "in an sg",
            Place::Acl => "in an acl",
            Place::Node => "in a node",
            Place::Defaults => "in `defaults`",
            Place::Dns => "in a `dns` block",
            Place::Endpoint => "in an endpoint",
            Place::FlowLog => "in a flow-log",
            Place::Image => "in an image",
            Place::Other | Place::Unknown => "in this block",
        }
    }

    /// What the block of a statement is, given its keyword and what it stands in itself.
    pub fn inside(self, keyword: &str) -> Place {
        match keyword {
            "network" | "existing" => Place::Network,
            "subnet" => Place::Subnet,
            "routes" => Place::Routes,
            "sg" => Place::Sg,
            "acl" => Place::Acl,
            "node" => Place::Node,
            "defaults" => Place::Defaults,
            "dns" => Place::Dns,
            "endpoint" => Place::Endpoint,
            "flow-log" => Place::FlowLog,
            "image" => Place::Image,
            _ if FORMS.iter().any(|form| form.keyword == keyword) => Place::Other,
            _ => Place::Unknown,
        }
    }
}

/// A kind of statement.
#[derive(Debug)]
pub struct Form {
    /// The word it starts with.
    pub keyword: &'static str,
    /// Where it may stand.
    pub places: &'static [Place],
    /// How it is written. Capitals stand for what the user puts there.
    pub form: &'static str,
    /// What it means, in a line.
    pub about: &'static str,
    /// Whether its second word is a name that it declares.
    pub declares: bool,
}

use Place::{Acl, Defaults, Dns, Endpoint, File, FlowLog, Image, Network, Node, Other, Routes, Sg, Subnet};

const fn form(keyword: &'static str, places: &'static [Place], form: &'static str, about: &'static str) -> Form {
    Form { keyword, places, form, about, declares: false }
}

const fn declaration(keyword: &'static str, places: &'static [Place], form: &'static str, about: &'static str) -> Form {
    Form { keyword, places, form, about, declares: true }
}

/// Every kind of statement, in the order of the language reference.
pub const FORMS: &[Form] = &[
    form("stack", &[File], "stack NAME", "the deployment's identity in the account"),
    form("region", &[File, Network], "region us-west-2", "where networks live"),
    form("account", &[File], "account 123456789012", "with credentials of any other account nothing is read or done"),
    declaration(
        "param",
        &[File],
        "param NAME 0..254 = 117",
        "an input: an integer range, one of some strings, or `cidr`",
    ),
    declaration("let", &[File], "let NAME = BLOCK, BLOCK", "names a set of address blocks"),
    declaration("key", &[File], "key NAME \"file.pub\"", "imports an SSH public key"),
    form(
        "tags",
        &[File, Network, Subnet, Routes, Sg, Acl, Node, Endpoint, FlowLog, Image, Other],
        "tags { NAME \"value\" }",
        "tags put on what it stands in",
    ),
    declaration("network", &[File], "network NAME BLOCK { … }", "one VPC"),
    form("quota", &[File], "quota NAME NUMBER", "a raised EC2 quota"),
    declaration("peer", &[File], "peer NAME NETWORK, NETWORK", "VPC peering between two networks"),
    form("assert", &[File, Network], "assert A can reach B on tcp 443", "a claim the compiler proves or refutes"),
    declaration("use", &[File], "use \"file.vpc\" as NAME (PARAM = VALUE)", "takes in another program under a name"),
    form("output", &[File], "output NAME = node[0].public_ip", "names something to print after an apply"),
    form(
        "existing",
        &[File, Network],
        "existing network NAME vpc-ID BLOCK { … }",
        "something that lives already: used, never changed",
    ),
    form("share", &[Image], "share 123456789012", "lets another account launch the image"),
    form("cidr", &[Network], "cidr BLOCK", "a further block of the network"),
    form(
        "ipv6",
        &[Network, Subnet],
        "ipv6",
        "IPv6: in a network an Amazon-provided /56, in a subnet `ipv6 N`, its Nth /64",
    ),
    form("tenancy", &[Network], "tenancy dedicated", "the tenancy of the network's instances"),
    form("dns", &[Network], "dns \"domain\"", "the DHCP option set and the VPC's DNS switches"),
    declaration("gateway", &[Network], "gateway NAME internet", "a way out: internet, nat, egress or vpn"),
    declaration("elastic", &[Network], "elastic NAME", "an Elastic IP that outlives what uses it"),
    declaration("customer", &[Network], "customer NAME ADDRESS asn NUMBER", "the far end of a site-to-site VPN"),
    declaration("vpn", &[Network], "vpn NAME GATEWAY to CUSTOMER", "a site-to-site VPN connection"),
    declaration("routes", &[Network], "routes NAME { route … }", "a route table that several subnets share"),
    declaration(
        "subnet",
        &[Network],
        "subnet NAME BLOCK az ZONE { … }",
        "one subnet in a zone, or with `across ZONES each /20` one a zone",
    ),
    declaration("sg", &[Network], "sg NAME \"description\" { … }", "a security group"),
    declaration("acl", &[Network], "acl NAME { … }", "a network ACL of numbered entries"),
    declaration(
        "endpoint",
        &[Network],
        "endpoint NAME gateway SERVICE in SUBNETS",
        "a VPC endpoint, gateway or interface",
    ),
    declaration("flow-log", &[Network, Subnet], "flow-log NAME to \"arn:…\"", "flow logs of the network or subnet"),
    declaration("node", &[Network], "node NAME[0..2] in SUBNET at .100 { … }", "one instance, or a range of them"),
    form("lockdown", &[Network], "lockdown", "empties the default security group and the default network ACL"),
    form("defaults", &[Network], "defaults { type …; image … }", "what the network's nodes are where they don't say"),
    form(
        "keep",
        &[Network, Subnet, Routes, Sg, Acl, Node, Endpoint, FlowLog, Image, Other],
        "keep",
        "refuses every plan that would delete or replace it",
    ),
    form("public", &[Subnet, Node, Defaults], "public", "instances get a public address"),
    form("private", &[Node, Defaults], "private", "the instance gets no public address"),
    form("route", &[Subnet, Routes], "route DESTINATION via TARGET", "where traffic for a destination goes"),
    form("routes", &[Subnet], "routes NAME", "the shared route table that the subnet uses"),
    form("acl", &[Subnet], "acl NAME", "the network ACL that the subnet uses"),
    form("propagate", &[Routes, Subnet], "propagate GATEWAY", "takes in the routes that a VPN gateway learns"),
    form("ingress", &[Sg], "ingress PROTOCOL PORTS from SOURCES \"why\"", "lets traffic in"),
    form(
        "egress",
        &[Sg],
        "egress PROTOCOL PORTS to DESTINATIONS \"why\"",
        "lets traffic out; without any, all may go out",
    ),
    form("type", &[Node, Defaults], "type t3.micro", "the instance type"),
    form("image", &[Node, Defaults], "image ami-ID", "the machine image"),
    declaration("image", &[File], "image NAME from NODE", "an image made from a node, or copied from another image"),
    form("sg", &[Node, Defaults, Endpoint], "sg NAME, NAME", "the security groups it is in"),
    form("key", &[Node, Defaults], "key NAME", "the SSH key that it admits"),
    form("boot", &[Node, Defaults], "boot \"file\"", "the script it runs at its first boot"),
    form("disk", &[Node, Defaults], "disk 20GiB gp3", "the root disk; with a name, a further one"),
    form("env", &[Node, Defaults], "env { NAME value }", "what the boot script finds in its environment"),
    form("role", &[Node, Defaults], "role \"instance-profile\"", "the IAM instance profile"),
    form("role", &[FlowLog], "role \"arn:…\"", "the IAM role that writes the logs"),
    form(
        "imds",
        &[Node, Defaults],
        "imds optional",
        "whether instance metadata needs a token (it does unless told otherwise)",
    ),
    form("elastic", &[Node], "elastic NAME", "the Elastic IP of the node"),
    form("at", &[Endpoint], "at .10", "the addresses of the endpoint's interfaces"),
    form("dns", &[Endpoint], "dns off", "whether the service's own name leads to the endpoint"),
    form("policy", &[Endpoint], "policy \"file.json\"", "the endpoint policy"),
    form("domain", &[Dns], "domain \"example.internal\"", "the DNS domain that instances are given"),
    form("servers", &[Dns], "servers ADDRESS, ADDRESS", "the DNS servers that instances are given"),
    form("ntp", &[Dns], "ntp ADDRESS", "the time servers that instances are given"),
    form("hostnames", &[Dns], "hostnames off", "whether instances with public addresses get public names"),
    form("support", &[Dns], "support off", "whether Amazon's DNS server answers"),
    form("traffic", &[FlowLog], "traffic all", "what is logged: all, accept or reject"),
    form("every", &[FlowLog], "every 60", "how many seconds of traffic make up a record: 60 or 600"),
];

/// The form of the entries in an `acl`, which start with their number.
pub const ACL_ENTRY: Form =
    form("NUMBER", &[Acl], "100 allow ingress tcp 443 from any", "a numbered entry of a network ACL");

/// Further ways to write some statements, and where they stand.
pub const MORE: &[(&str, &[Place], &str)] = &[
    ("param", &[File], "param NAME \"dev\", \"prod\" = \"dev\""),
    ("param", &[File], "param NAME cidr = BLOCK"),
    ("param", &[File], "param NAME zones"),
    ("peer", &[File], "peer NAME NETWORK to \"vpc-ID\" account NUMBER region REGION"),
    ("existing", &[File, Network], "existing subnet NAME subnet-ID BLOCK az ZONE"),
    ("existing", &[File, Network], "existing sg NAME sg-ID"),
    ("gateway", &[Network], "gateway NAME nat in SUBNET elastic NAME"),
    ("gateway", &[Network], "gateway NAME egress"),
    ("gateway", &[Network], "gateway NAME vpn asn NUMBER"),
    ("elastic", &[Network], "elastic NAME across ZONES"),
    ("subnet", &[Network], "subnet NAME BLOCK across ZONES each PREFIX"),
    ("endpoint", &[Network], "endpoint NAME interface SERVICE in SUBNETS"),
    ("node", &[Network], "node NAME in SUBNET at ADDRESS"),
    ("egress", &[Sg], "egress none"),
    ("image", &[Node, Defaults], "image \"PATTERN\" by OWNER"),
    ("image", &[File], "image NAME from IMAGE in REGION"),
    ("disk", &[Node, Defaults], "disk NAME 100GiB gp3"),
];

/// The form of `keyword` where it may stand in `place`, or else the first of it anywhere.
pub fn of(keyword: &str, place: Place) -> Option<&'static Form> {
    let all = || FORMS.iter().filter(|form| form.keyword == keyword);
    all().find(|form| form.places.contains(&place)).or_else(|| all().next())
}

/// The keywords of the statements that may stand in `place`.
pub fn keywords(place: Place) -> impl Iterator<Item = &'static str> {
    FORMS.iter().filter(move |form| form.places.contains(&place)).map(|form| form.keyword)
}

/// Where a keyword may stand, as a phrase: "in a subnet or in a `routes` block".
pub fn homes(keyword: &str) -> String {
    let mut phrases: Vec<&str> = Vec::new();
    for form in FORMS.iter().filter(|form| form.keyword == keyword) {
        phrases.extend(form.places.iter().map(|place| place.phrase()));
    }
    phrases.dedup();
    phrases.join(" or ")
}
