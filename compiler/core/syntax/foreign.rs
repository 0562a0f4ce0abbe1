//! Words for things of EC2 that other tools and the console use, and what they are called here.

use super::forms::Place;
use Place::{Defaults, File, Network, Node, Routes, Sg, Subnet};

/// A word of others: where it would stand, the keyword that means the same here, and the form that says it.
const WORDS: &[(&[&str], &[Place], &str, &str)] = &[
    (&["vpc", "aws_vpc"], &[File], "network", "network NAME BLOCK { … }"),
    (&["variable", "var", "input", "parameter"], &[File], "param", "param NAME 0..254 = 117"),
    (&["locals", "local", "const", "set", "define"], &[File], "let", "let NAME = BLOCK, BLOCK"),
    (&["include", "import", "module"], &[File], "use", "use \"file.vpc\" as NAME"),
    (&["key_pair", "keypair", "key-pair", "ssh_key"], &[File], "key", "key NAME \"file.pub\""),
    (&["security_group", "security-group", "securitygroup", "firewall"], &[Network], "sg", "sg NAME { … }"),
    (&["security_groups", "security-groups", "security_group", "groups"], &[Node, Defaults], "sg", "sg NAME, NAME"),
    (&["internet_gateway", "internet-gateway", "igw"], &[Network], "gateway", "gateway NAME internet"),
    (&["nat_gateway", "nat-gateway", "nat"], &[Network], "gateway", "gateway NAME nat in SUBNET"),
    (&["route_table", "route-table", "routetable"], &[Network, Subnet], "routes", "routes NAME"),
    (&["network_acl", "network-acl", "nacl"], &[Network, Subnet], "acl", "acl NAME"),
    (
        &["instance", "instances", "server", "host", "machine", "vm", "ec2"],
        &[Network],
        "node",
        "node NAME in SUBNET { type …; image … }",
    ),
    (&["eip", "elastic_ip", "elastic-ip"], &[Network, Node], "elastic", "elastic NAME"),
    (&["vpc_endpoint", "vpce"], &[Network], "endpoint", "endpoint NAME gateway s3 in SUBNETS"),
    (&["allow", "inbound", "permit", "accept", "open", "port", "rule"], &[Sg], "ingress", "ingress tcp 22 from BLOCK"),
    (&["outbound"], &[Sg], "egress", "egress tcp 443 to BLOCK"),
    (&["ami"], &[Node, Defaults], "image", "image ami-ID"),
    (&["instance_type", "instance-type", "size", "flavor"], &[Node, Defaults], "type", "type t3.micro"),
    (&["user_data", "user-data", "userdata", "script", "init"], &[Node, Defaults], "boot", "boot \"file\""),
    (&["volume", "ebs", "root_volume", "storage"], &[Node, Defaults], "disk", "disk 20GiB gp3"),
    (&["key_name", "keypair", "key_pair"], &[Node, Defaults], "key", "key NAME"),
    (&["iam_role", "iam_instance_profile", "profile"], &[Node, Defaults], "role", "role \"instance-profile\""),
    (&["environment"], &[Node, Defaults], "env", "env { NAME value }"),
    (&["default_route", "default"], &[Subnet, Routes], "route", "route 0.0.0.0/0 via GATEWAY"),
];

/// A keyword, and how a statement with it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    pub(super) keyword: &'static str,
    pub(super) form: &'static str,
}

/// What a word of others is called in `place`.
pub(super) fn own(word: &str, place: Place) -> Option<Own> {
    let word = word.to_ascii_lowercase();
    let row = WORDS.iter().find(|(words, places, ..)| places.contains(&place) && words.contains(&word.as_str()));
    row.map(|(_, _, keyword, form)| Own { keyword, form })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::forms;

    #[test]
    fn every_word_leads_to_a_statement_that_may_stand_there_and_is_none_itself() {
        for (words, places, keyword, form) in WORDS {
            assert!(form.starts_with(keyword), "{form}");
            for place in *places {
                assert!(forms::keywords(*place).any(|other| other == *keyword), "{keyword} {place:?}");
                for word in *words {
                    assert!(!forms::keywords(*place).any(|other| other == *word), "{word} {place:?}");
                }
            }
        }
    }
}
