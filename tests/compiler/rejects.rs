//! Everything that the language promises to reject, with the code under which it does: one mistake each, told once.

use vpcc_core::check::{Given, compile};
use vpcc_core::source::Memory;

/// What each mistake is called, a program that makes it, and its code. A program without a `stack` stands in a network.
const MISTAKES: &[(&str, &str, &str)] = &[
    // Syntax and names.
    ("syntax", "subnet lan 10.0.0.0/24 at a", "syntax"),
    ("unknown name", "gateway igw internet; subnet lan 10.0.0.0/24 az a { route any via igx; public }", "unknown-name"),
    ("unknown name of a table", "subnet lan 10.0.0.0/24 az a { routes none-such; public }", "unknown-name"),
    ("wrong kind of name", "sg web; subnet lan 10.0.0.0/24 az a { route any via web }", "wrong-kind"),
    ("declared twice", "subnet lan 10.0.0.0/24 az a; subnet lan 10.0.1.0/24 az a", "declared-twice"),
    ("parameter missing", "stack x\nregion us-west-2\nparam x 0..255\nnetwork n 10.{x}.0.0/16 {}", "parameter-missing"),
    (
        "parameter of the wrong type",
        "stack x\nregion us-west-2\nparam x 0..255 = a\nnetwork n 10.{x}.0.0/16 {}",
        "parameter-value",
    ),
    (
        "parameter out of range",
        "stack x\nregion us-west-2\nparam x 0..254 = 255\nnetwork n 10.{x}.0.0/16 {}",
        "parameter-value",
    ),
    // Addresses.
    ("malformed block", "subnet lan 10.0.0.300/24 az a", "malformed-block"),
    ("block not at its base", "subnet lan 10.0.0.5/24 az a", "block-not-at-base"),
    ("subnet outside its network's blocks", "subnet lan 10.9.0.0/24 az a", "subnet-outside-network"),
    ("subnet across two blocks", "cidr 10.1.0.0/16; subnet lan 10.0.0.0/15 az a", "subnet-size"),
    (
        "subnet across two small blocks",
        "stack x\nregion us-west-2\nnetwork n 10.4.0.0/24 { cidr 10.4.1.0/24; subnet lan 10.4.0.0/23 az a }",
        "subnet-outside-network",
    ),
    ("overlap with a sibling", "subnet lan 10.0.0.0/24 az a; subnet two 10.0.0.128/25 az a", "cidr-overlap"),
    ("overlap with a secondary block", "cidr 10.0.128.0/20", "cidr-overlap"),
    (
        "overlap with a peer",
        "stack x\nregion us-west-2\npeer link n, m\nnetwork n 10.0.0.0/16 { routes main { route m via link } }\n\
         network m 10.0.0.0/20 { routes main { route n via link } }",
        "cidr-overlap",
    ),
    ("network too large", "stack x\nregion us-west-2\nnetwork n 10.0.0.0/8 {}", "network-size"),
    ("network too small", "stack x\nregion us-west-2\nnetwork n 10.0.0.0/29 {}", "network-size"),
    ("subnet too small", "subnet lan 10.0.0.0/29 az a", "subnet-size"),
    ("reserved range", "stack x\nregion us-west-2\nnetwork n 169.254.0.0/16 {}", "reserved-range"),
    (
        "more than five blocks",
        "cidr 10.1.0.0/16; cidr 10.2.0.0/16; cidr 10.3.0.0/16; cidr 10.4.0.0/16; cidr 10.5.0.0/16",
        "quota-exceeded",
    ),
    ("zone not of the region", "subnet lan 10.0.0.0/24 az z", "unknown-zone"),
    ("no room for a zone's place", "subnet lan 10.0.0.0/23 across a, c each /24", "no-room-for-zone"),
    (
        "node outside its subnet",
        "subnet lan 10.0.0.0/24 az a; node one in lan at 10.0.1.9 { NODE }",
        "node-outside-subnet",
    ),
    ("node on the router's address", "subnet lan 10.0.0.0/24 az a; node one in lan at .1 { NODE }", "reserved-address"),
    (
        "node on the DNS server's address",
        "subnet lan 10.0.0.0/24 az a; node one in lan at .2 { NODE }",
        "reserved-address",
    ),
    ("node on the last address", "subnet lan 10.0.0.0/24 az a; node one in lan at .255 { NODE }", "reserved-address"),
    (
        "address taken twice",
        "subnet lan 10.0.0.0/24 az a; node one in lan at .9 { NODE }; node two in lan at .9 { NODE }",
        "address-taken",
    ),
    (
        "range past the subnet's end",
        "subnet lan 10.0.0.0/24 az a; node one[0..9] in lan at .250 { NODE }",
        "range-too-long",
    ),
    // Gateways and routes.
    (
        "two internet gateways",
        "IGW; gateway two internet; routes main { route any via two }",
        "second-internet-gateway",
    ),
    (
        "route to a gateway of another network",
        "stack x\nregion us-west-2\nnetwork n 10.0.0.0/16 { gateway igw internet; routes main { route any via igw } }\n\
         network m 10.1.0.0/16 { routes main { route any via n.igw } }",
        "foreign-gateway",
    ),
    (
        "two routes for one destination",
        "IGW; gateway e nat in pub; subnet two 10.0.8.0/24 az a { route any via e; route any via igw }",
        "duplicate-route",
    ),
    (
        "a subnet in two tables",
        "IGW; routes r { route any via igw }; subnet two 10.0.8.0/24 az a { routes r; route 10.9.0.0/16 via igw }",
        "two-route-tables",
    ),
    (
        "NAT gateway without an internet gateway",
        "subnet a 10.0.0.0/24 az a; subnet b 10.0.1.0/24 az a { route any via e }; gateway e nat in a",
        "nat-without-internet",
    ),
    (
        "NAT gateway in a subnet without a way out",
        "IGW; subnet a 10.0.8.0/24 az a; subnet b 10.0.1.0/24 az a { route any via e }; gateway e nat in a",
        "nat-without-internet",
    ),
    (
        "NAT gateway in the subnet that routes to it",
        "IGW; subnet a 10.0.8.0/24 az a { route any via e }; gateway e nat in a",
        "nat-loop",
    ),
    (
        "NAT gateway of no zone that the subnet has",
        "IGW; subnet p 10.0.16.0/20 across a, b each /24 { public; route any via igw }; gateway e nat in p\n\
         subnet a 10.0.32.0/20 across a, c each /24 { route any via e }",
        "not-in-zone",
    ),
    ("a public subnet without a route out", "IGW; subnet two 10.0.8.0/24 az a { public }", "public-without-route"),
    (
        "a public node without a route out",
        "IGW; subnet two 10.0.8.0/24 az a; node one in two { NODE; public }",
        "public-without-route",
    ),
    (
        "egress-only gateway without IPv6",
        "gateway e egress; subnet two 10.0.8.0/24 az a { route ::/0 via e }",
        "egress-without-ipv6",
    ),
    (
        "peering of a network with itself",
        "stack x\nregion us-west-2\npeer link n, n\nnetwork n 10.0.0.0/16 {}",
        "peer-with-itself",
    ),
    (
        "peering that is routed one way only",
        "stack x\nregion us-west-2\npeer link n, m\nnetwork n 10.0.0.0/16 { routes main { route m via link } }\n\
         network m 10.1.0.0/16 {}",
        "one-way-peer",
    ),
    // Groups and ACLs.
    ("unknown protocol", "GROUP { ingress tpc 443 from 10.0.0.0/8 }", "unknown-protocol"),
    ("port out of range", "GROUP { ingress tcp 70000 from 10.0.0.0/8 }", "bad-ports"),
    ("ports reversed", "GROUP { ingress tcp 90-80 from 10.0.0.0/8 }", "bad-ports"),
    ("ports on a protocol that has none", "GROUP { ingress 50 443 from 10.0.0.0/8 }", "bad-ports"),
    ("duplicate rule", "GROUP { ingress tcp 443 from 10.0.0.0/8; ingress tcp 443 from 10.0.0.0/8 }", "duplicate-rule"),
    (
        "group of a network that is no peer",
        "stack x\nregion us-west-2\nnetwork n 10.0.0.0/16 { SUBNET; sg g { ingress tcp 443 from m.g }; node a in lan { NODE; sg g } }\n\
         network m 10.1.0.0/16 { subnet lan 10.1.0.0/24 az a; sg g; node a in lan { NODE; sg g } }",
        "foreign-group",
    ),
    (
        "node with a group of another network",
        "stack x\nregion us-west-2\nnetwork n 10.0.0.0/16 { SUBNET; node a in lan { NODE; sg m.g } }\n\
         network m 10.1.0.0/16 { subnet lan 10.1.0.0/24 az a; sg g; node a in lan { NODE; sg g } }",
        "foreign-group",
    ),
    (
        "more than five groups on a node",
        "SUBNET; sg a; sg b; sg c; sg d; sg e; sg f; node one in lan { NODE; sg a, b, c, d, e, f }",
        "too-many-groups",
    ),
    (
        "two ACL entries with one number",
        "ACL { 100 deny ingress tcp 22 from any; 100 deny ingress tcp 23 from any }",
        "duplicate-entry",
    ),
    (
        "an entry that an earlier one hides",
        "ACL { 100 deny ingress tcp all from any; 110 allow ingress tcp 23 from any; 100 allow egress all to any }",
        "hidden-entry",
    ),
    (
        "an ACL that lets a request in and not its answer out",
        "ACL { 100 allow ingress tcp 443 from any }",
        "unanswered-entry",
    ),
    // The rest.
    (
        "a quota",
        "stack x\nregion us-west-2\nquota networks 1\nnetwork n 10.0.0.0/16 {}\nnetwork m 10.1.0.0/16 {}",
        "quota-exceeded",
    ),
    ("a name that EC2 refuses", "SUBNET; sg sg-web; node one in lan { NODE; sg sg-web }", "bad-name"),
    ("a description that EC2 refuses", "SUBNET; sg web \"ü\"; node one in lan { NODE; sg web }", "bad-name"),
    ("a tag that EC2 refuses", "tags { \"aws:x\" \"y\" }", "bad-tag"),
    (
        "unknown instance type",
        "SUBNET; node one in lan { type t3.mirco; image ami-04681a1dbd79675a5 }",
        "unknown-instance-type",
    ),
    (
        "unreadable key file",
        "stack x\nregion us-west-2\nkey me \"keys/none.pub\"\nnetwork n 10.0.0.0/16 { SUBNET; node a in lan { NODE; key me } }",
        "unreadable-file",
    ),
    ("unreadable boot file", "IGW; node one in pub { NODE; boot \"none.sh\" }", "unreadable-file"),
    (
        "private key",
        "stack x\nregion us-west-2\nkey me \"private\"\nnetwork n 10.0.0.0/16 { SUBNET; node a in lan { NODE; key me } }",
        "private-key",
    ),
    ("oversized user data", "IGW; node one in pub { NODE; boot \"large.sh\" }", "user-data-too-large"),
    (
        "refuted assertion",
        "SUBNET; node one in lan { NODE }; assert one can reach internet on tcp 443",
        "refuted-assertion",
    ),
    // Warnings.
    ("a port that is open to any", "OPEN { ingress tcp 8080 from any }", "open-port"),
    ("a database that is open to any", "OPEN { ingress tcp 5432 from any }", "open-admin-port"),
    ("SSH that is open to the world", "OPEN { ingress tcp 22 from 0.0.0.0/0 }", "open-admin-port"),
    ("RDP that is open to the world", "OPEN { ingress tcp 3389 from 0.0.0.0/0 }", "open-admin-port"),
    ("SSH from the world where no route leads", "GROUP { ingress tcp 22 from any }", "idle-rule"),
    ("a web port from the world where no route leads", "GROUP { ingress tcp 443 from any }", "idle-rule"),
    ("a rule for a block that is nowhere", "GROUP { ingress tcp 80, 443 from 10.9.0.0/16 }", "idle-rule"),
    ("a rule for a block of the network without a subnet", "GROUP { ingress tcp 80 from 10.0.9.0/24 }", "idle-rule"),
    ("a rule for IPv6 where there is none", "OPEN { ingress tcp 443 from ::/0 }", "idle-rule"),
    ("a rule out to where no route leads", "GROUP { egress tcp 443 to 203.0.113.0/24 }", "idle-rule"),
    (
        "a subnet called private with a way in",
        "IGW; subnet private 10.0.1.0/24 az a { route any via igw }",
        "misnamed-subnet",
    ),
    ("a subnet called public without a way in", "subnet public 10.0.1.0/24 az a", "misnamed-subnet"),
    (
        "an entry for the subnet itself",
        "ACL { 100 deny ingress all from lan; 110 allow ingress all from any; 110 allow egress all to any }",
        "idle-entry",
    ),
    ("an unused group", "sg web", "unused"),
    ("an unused gateway", "gateway igw internet", "unused"),
    ("an unused key", "stack x\nregion us-west-2\nkey me \"keys/me.pub\"\nnetwork n 10.0.0.0/16 {}", "unused"),
    ("an unused set", "stack x\nregion us-west-2\nlet office = 203.0.113.0/24\nnetwork n 10.0.0.0/16 {}", "unused"),
    (
        "a boot script without a way out",
        "IGW; subnet two 10.0.8.0/24 az a; node one in two { NODE; boot \"boot/node.sh\" }",
        "no-way-out",
    ),
    (
        "a shadowed route",
        "IGW; subnet two 10.0.8.0/24 az a { route any via igw; route 10.9.0.0/16 via igw }",
        "shadowed-route",
    ),
    ("a shadowed rule", "GROUP { ingress tcp 443 from 10.0.0.0/8; ingress tcp 443 from 10.1.0.0/16 }", "shadowed-rule"),
];

/// What stands for more in the programs above.
const SHORT: [(&str, &str); 6] = [
    ("IGW", "gateway igw internet; subnet pub 10.0.0.0/24 az a { public; route any via igw }"),
    ("SUBNET", "subnet lan 10.0.0.0/24 az a"),
    ("NODE", "type t3.micro; image ami-04681a1dbd79675a5"),
    ("GROUP", "SUBNET; node one in lan { NODE; sg web }; sg web"),
    ("OPEN", "IGW; node one in pub { NODE; sg web }; sg web"),
    ("ACL", "subnet lan 10.0.0.0/24 az a { acl edge }; acl edge"),
];

fn program(text: &str) -> String {
    let order = [3, 4, 5, 0, 1, 2];
    let whole =
        order.iter().map(|index| SHORT[*index]).fold(text.to_owned(), |text, (short, long)| text.replace(short, long));
    if whole.starts_with("stack ") {
        whole
    } else {
        format!("stack x\nregion us-west-2\nnetwork n 10.0.0.0/16 {{\n{whole}\n}}\n")
    }
}

#[test]
fn each_mistake_is_told_once_under_its_code() {
    let mut wrong = String::new();
    for (mistake, text, code) in MISTAKES {
        let program = program(text);
        let world = Memory::default()
            .with("keys/me.pub", include_bytes!("../../examples/keys/me.pub"))
            .with("boot/node.sh", include_bytes!("../../examples/boot/node.sh"))
            .with(
                "private",
                "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----\n",
            )
            .with("large.sh", format!("#!/bin/sh\n{}", "echo x\n".repeat(2500)))
            .with("program.vpc", program.as_bytes());
        let compiled = compile(&world, "program.vpc", &Given::new());
        let told: Vec<String> = compiled
            .checked
            .problems
            .iter()
            .map(|problem| format!("{}: {}", problem.code.slug, problem.message))
            .collect();
        if told.len() != 1 || !told[0].starts_with(&format!("{code}:")) {
            wrong += &format!("{mistake}: expected {code}, got {told:#?}\n{program}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
