//! What may stand at the cursor, by what stands before it.

use super::cursor::Cursor;
use crate::syntax::forms::Place;

/// A kind of thing that may be written at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A statement.
    Statement,
    /// One of these words.
    Words(&'static [&'static str]),
    /// The name of a thing of one of these kinds.
    Names(&'static [&'static str]),
    /// A region.
    Region,
    /// The letter of a zone.
    Zone,
    /// An instance type.
    InstanceType,
    /// A port.
    Port,
    /// The block of a new network.
    NetworkBlock,
    /// The block of a new subnet.
    SubnetBlock,
    /// An address in the subnet that the statement names.
    Address,
    /// What is known of a thing, behind its name.
    Attribute,
    /// A file, most likely one whose name ends so.
    File(&'static str),
}

use Slot::{
    Address, Attribute, File, InstanceType, Names, NetworkBlock, Port, Region, Statement, SubnetBlock, Words, Zone,
};

const PROTOCOLS: Slot = Words(&["tcp", "udp", "icmp", "icmpv6", "all"]);
const SWITCH: Slot = Words(&["on", "off"]);
const BLOCKS: Slot = Names(&["a set of blocks", "a parameter", "a network", "a subnet"]);
const SUBNETS: Slot = Names(&["a subnet"]);
const GROUPS: Slot = Names(&["a security group"]);
const CLAIMED: Slot = Names(&["a network", "a subnet", "a security group", "a node"]);
/// The services that VPC endpoints lead to most often.
const SERVICES: Slot = Words(&[
    "s3",
    "dynamodb",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
]);
const VOLUMES: Slot = Words(&["gp3", "gp2", "io1", "io2", "st1", "sc1", "standard", "unencrypted"]);

/// What may stand at the cursor.
pub(super) fn slots(cursor: &Cursor<'_>) -> Vec<Slot> {
    if cursor.in_text {
        return file(cursor).into_iter().collect();
    }
    let [keyword, words @ ..] = cursor.before.as_slice() else {
        return if cursor.in_entries() { Vec::new() } else { vec![Statement] };
    };
    if cursor.in_entries() {
        let env = cursor.outer.last().is_some_and(|outer| outer.keyword == "env");
        return if env {
            vec![Attribute, Names(&["a node", "a subnet", "a network", "a parameter"])]
        } else {
            Vec::new()
        };
    }
    statement(cursor, keyword, words)
}

/// The file that a text in quotes names, if that is what it does.
fn file(cursor: &Cursor<'_>) -> Option<Slot> {
    match (cursor.before.as_slice(), cursor.place()) {
        (["key", _], Place::File) => Some(File(".pub")),
        (["use"], Place::File) => Some(File(".vpc")),
        (["boot"], Place::Node | Place::Defaults) => Some(File("")),
        (["policy"], Place::Endpoint) => Some(File(".json")),
        _ => None,
    }
}

fn statement(cursor: &Cursor<'_>, keyword: &str, words: &[&str]) -> Vec<Slot> {
    let (place, previous) = (cursor.place(), cursor.previous());
    let first = words.is_empty();
    let used = |word: &str| words.contains(&word);
    match (keyword, place) {
        ("region", _) if first => vec![Region],
        ("tenancy", _) if first => vec![Words(&["dedicated", "default"])],
        ("hostnames" | "support", _) if first => vec![SWITCH],
        ("dns", Place::Endpoint) if first => vec![SWITCH],
        ("imds", _) if first => vec![Words(&["optional", "required"])],
        ("traffic", _) if first => vec![Words(&["all", "accept", "reject"])],
        ("every", _) if first => vec![Words(&["60", "600"])],
        ("type", _) if first => vec![InstanceType],
        ("key", Place::Node | Place::Defaults) if first => vec![Names(&["a key"])],
        ("elastic", Place::Node) if first => vec![Names(&["an Elastic IP"])],
        ("acl", Place::Subnet) if first => vec![Names(&["a network ACL"])],
        ("routes", Place::Subnet) if first => vec![Names(&["a route table"])],
        ("routes", Place::Network) if first => vec![Words(&["main"])],
        ("propagate", _) if first => vec![Names(&["a gateway"])],
        ("sg", Place::Node | Place::Defaults | Place::Endpoint) if first || previous == "," => vec![GROUPS],
        ("image", Place::Node | Place::Defaults) if previous == "by" => {
            vec![Words(&["amazon", "self", "aws-marketplace", "aws-backup-vault"])]
        }
        ("image", Place::Node | Place::Defaults) if words.len() == 1 && previous.starts_with('"') => {
            vec![Words(&["by"])]
        }
        ("image", Place::Node | Place::Defaults) if first => vec![Names(&["an image"])],
        ("image", Place::File) => {
            after(words, previous, &[("from", Names(&["a node", "an image"])), ("in", Region)], &["from", "in"])
        }
        ("existing", _) if first => vec![Words(&["network", "subnet", "sg"])],
        ("param", _) if words.len() == 1 => vec![Words(&["cidr", "zones"])],
        ("let", _) if previous == "=" || previous == "," => vec![Names(&["a set of blocks", "a parameter"])],
        ("use", _) if words.len() == 1 => vec![Words(&["as"])],
        ("use", _) if previous == "=" => vec![Names(&["a set of blocks", "a parameter"])],
        ("output", _) if previous == "=" => {
            vec![Attribute, Names(&["a node", "a subnet", "a network", "a gateway", "an Elastic IP"])]
        }
        ("network", _) if words.len() == 1 => vec![NetworkBlock],
        ("cidr", _) if first => vec![NetworkBlock],
        ("subnet", _) => subnet(words, previous),
        ("gateway", _) if words.len() == 1 => vec![Words(&["internet", "nat", "egress", "vpn"])],
        ("gateway", _) if words.len() > 1 => after(
            words,
            previous,
            &[("in", SUBNETS), ("elastic", Names(&["an Elastic IP"]))],
            &["in", "elastic", "asn"],
        ),
        ("elastic", _) if used("across") => vec![Zone],
        ("elastic", _) if words.len() == 1 => vec![Words(&["across"])],
        ("vpn", _) if words.len() == 1 => vec![Names(&["a gateway"])],
        ("vpn", _) if words.len() > 1 => after(words, previous, &[("to", Names(&["a customer gateway"]))], &["to"]),
        ("customer", _) if words.len() == 2 => vec![Words(&["asn"])],
        ("peer", _) if words.len() == 1 || previous == "," => vec![Names(&["a network"])],
        ("flow-log", _) if words.len() == 1 => vec![Words(&["to"])],
        ("node", _) if !first => after(words, previous, &[("in", SUBNETS), ("at", Address)], &["in", "at"]),
        ("endpoint", _) => match words.len() {
            0 => Vec::new(),
            1 => vec![Words(&["gateway", "interface"])],
            2 => vec![SERVICES],
            _ if previous == "," => vec![SUBNETS],
            _ => after(words, previous, &[("in", SUBNETS)], &["in"]),
        },
        ("route", _) => match previous {
            "via" => vec![Names(&["a gateway", "a node", "a peering"])],
            _ if first => vec![Words(&["any", "0.0.0.0/0", "::/0"]), BLOCKS],
            _ if words.len() == 1 => vec![Words(&["via"])],
            _ => Vec::new(),
        },
        ("ingress" | "egress", Place::Sg) => rule(keyword, words, previous),
        ("assert", _) => claim(words, previous),
        ("disk", _) if !first => vec![VOLUMES],
        (number, Place::Acl) if number.starts_with(|c: char| c.is_ascii_digit()) => entry(words, previous),
        _ => Vec::new(),
    }
}

/// What stands behind each of some connecting words, or those that are still to come.
fn after(words: &[&str], previous: &str, behind: &[(&str, Slot)], connectors: &'static [&'static str]) -> Vec<Slot> {
    if let Some((_, slot)) = behind.iter().find(|(word, _)| *word == previous) {
        return vec![*slot];
    }
    let open = (0..connectors.len())
        .find(|at| connectors.get(*at..).is_some_and(|rest| !rest.iter().any(|word| words.contains(word))));
    open.and_then(|at| connectors.get(at..)).map_or_else(Vec::new, |rest| vec![Words(rest)])
}

fn subnet(words: &[&str], previous: &str) -> Vec<Slot> {
    match previous {
        "az" | "across" => vec![Zone],
        "," if words.contains(&"across") => vec![Zone],
        "each" => vec![Words(&["/20", "/22", "/24", "/26", "/28"])],
        _ if words.contains(&"across") && !words.contains(&"each") => vec![Words(&["each"])],
        _ if words.len() == 1 => vec![SubnetBlock],
        _ if words.len() == 2 => vec![Words(&["az", "across"])],
        _ => Vec::new(),
    }
}

fn rule(keyword: &str, words: &[&str], previous: &str) -> Vec<Slot> {
    const PEERS: [Slot; 3] = [
        Words(&["any", "self"]),
        Names(&["a set of blocks", "a parameter", "a network", "a subnet", "a security group"]),
        Words(&["0.0.0.0/0"]),
    ];
    let connector = if keyword == "ingress" { Words(&["from"]) } else { Words(&["to"]) };
    let connected = words.contains(&"from") || words.contains(&"to");
    match words {
        [] if keyword == "egress" => vec![PROTOCOLS, Words(&["none"])],
        [] => vec![PROTOCOLS],
        _ if previous == "from" || previous == "to" || connected && previous == "," => PEERS.to_vec(),
        _ if connected => Vec::new(),
        _ => traffic(words, previous, connector),
    }
}

/// What follows a protocol: ports, and then a connecting word.
fn traffic(words: &[&str], previous: &str, connector: Slot) -> Vec<Slot> {
    match previous {
        "tcp" | "udp" => vec![Port, Words(&["all"])],
        "icmp" | "icmpv6" => vec![Words(&["echo", "all"]), connector],
        "," if words.contains(&"tcp") || words.contains(&"udp") => vec![Port],
        _ => vec![connector],
    }
}

fn entry(words: &[&str], previous: &str) -> Vec<Slot> {
    match words {
        [] => vec![Words(&["allow", "deny"])],
        [_] => vec![Words(&["ingress", "egress"])],
        [_, _] => vec![PROTOCOLS],
        _ if previous == "from" || previous == "to" => {
            vec![Words(&["any", "0.0.0.0/0", "::/0"]), Names(&["a parameter"])]
        }
        [_, direction, rest @ ..] if !rest.contains(&"from") && !rest.contains(&"to") => {
            traffic(rest, previous, if *direction == "egress" { Words(&["to"]) } else { Words(&["from"]) })
        }
        _ => Vec::new(),
    }
}

fn claim(words: &[&str], previous: &str) -> Vec<Slot> {
    let end = vec![Words(&["internet"]), CLAIMED];
    match previous {
        "reach" => end,
        "can" | "cannot" => vec![Words(&["reach"])],
        "on" => vec![PROTOCOLS],
        _ if words.is_empty() => end,
        _ if words.len() == 1 => vec![Words(&["can", "cannot"])],
        "tcp" | "udp" => vec![Port],
        "," if words.contains(&"on") => vec![Port],
        _ if words.len() == 4 => vec![Words(&["on"])],
        _ => Vec::new(),
    }
}
