//! Fabrics of small programs, and questions as people write them.

use vpcc_core::check::{Given, compile};
use vpcc_core::model::{Id, Protocol, Traffic};
use vpcc_core::net::Block;
use vpcc_core::problem::codes;
use vpcc_core::reach::fabric::{Fabric, Interface};
use vpcc_core::reach::{Analysis, Endpoint, Query, Verdict, draw};
use vpcc_core::source::Memory;

/// The fabric of a network `n`, 10.0.0.0/16, with these statements in it.
pub fn network(inside: &str) -> Fabric {
    program(&format!("network n 10.0.0.0/16 {{\n{DEFAULTS}\n{inside}\n}}"))
}

pub const DEFAULTS: &str = "defaults { type t3.micro; image ami-04681a1dbd79675a5 }";

/// The fabric of a program. What is wrong with it in other ways does not matter.
pub fn program(text: &str) -> Fabric {
    let world = Memory::default().with("t.vpc", format!("stack t\nregion us-west-2\n{text}"));
    let compiled = compile(&world, "t.vpc", &Given::new());
    for problem in &compiled.checked.problems {
        let unread = [codes::SYNTAX, codes::UNKNOWN_NAME, codes::UNKNOWN_STATEMENT, codes::MISPLACED_STATEMENT];
        assert!(!unread.contains(&problem.code), "{problem:?}");
    }
    draw(&compiled.checked.value).fabric
}

/// The interfaces whose names are this, or one of a range of this.
pub fn interfaces(fabric: &Fabric, name: &str) -> Vec<Id<Interface>> {
    let named = |interface: &Interface| {
        let full = interface.origin.name.as_str();
        let rest = full.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
            || interface.names.iter().any(|other| other == name)
    };
    let ids: Vec<_> = fabric.interfaces.iter().filter(|(_, interface)| named(interface)).map(|(id, _)| id).collect();
    assert!(!ids.is_empty(), "there is no {name}");
    ids
}

fn end(fabric: &Fabric, name: &str) -> Endpoint {
    if name == "internet" {
        return Endpoint::Internet;
    }
    if let Ok(block) = name.parse::<Block>() {
        return Endpoint::Block(block);
    }
    if let Ok(address) = name.parse() {
        return Endpoint::Block(Block::host(address));
    }
    if let Some((id, _)) = fabric.services.iter().find(|(_, service)| service.origin.name == name) {
        return Endpoint::Service(id);
    }
    Endpoint::Interfaces(interfaces(fabric, name))
}

fn traffic(on: &str) -> Option<Traffic> {
    let (protocol, ports) = on.split_once(' ').unwrap_or((on, ""));
    let protocol = match protocol {
        "" => return None,
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "icmp" => Protocol::Icmp,
        "icmpv6" => Protocol::Icmpv6,
        "all" => Protocol::All,
        number => Protocol::Number(number.parse().unwrap()),
    };
    let number = |text: &str| text.parse::<i32>().unwrap();
    let ports = match (ports, ports.split_once(['-', '/'])) {
        ("echo", _) => Some((8, -1)),
        ("", _) => None,
        (_, Some((first, last))) => Some((number(first), number(last))),
        (port, None) => Some((number(port), number(port))),
    };
    Some(Traffic { protocol, ports })
}

/// A question: `a -> b tcp 443`.
pub fn query(fabric: &Fabric, text: &str) -> Query {
    let (from, rest) = text.split_once(" -> ").unwrap();
    let (to, on) = rest.split_once(' ').unwrap_or((rest, ""));
    Query {
        from: end(fabric, from),
        to: end(fabric, to),
        traffic: traffic(on),
        source_ports: None,
        source: None,
        destination: None,
    }
}

/// Whether all of one end reach all of the other: `reachable`, or why not.
pub fn all(fabric: &Fabric, text: &str) -> String {
    words(Analysis::new(fabric).trace(&query(fabric, text)))
}

/// Whether some of one end reach some of the other.
pub fn some(fabric: &Fabric, text: &str) -> String {
    words(Analysis::new(fabric).leak(&query(fabric, text)))
}

pub fn words(verdict: Verdict) -> String {
    match verdict {
        Verdict::Reachable(_) => "reachable".into(),
        Verdict::Blocked(blocked) => blocked.reason.name().into(),
        Verdict::NotModelled(what) => format!("not modelled: {}", what.what),
        Verdict::Empty(_) => "nobody".into(),
    }
}

/// The places on the way of a packet and of its answer, as `kind name`.
pub fn hops(fabric: &Fabric, text: &str) -> (Vec<String>, Vec<String>) {
    let Verdict::Reachable(path) = Analysis::new(fabric).trace(&query(fabric, text)) else {
        panic!("{text} is not reachable")
    };
    let words = |hops: &[vpcc_core::reach::Hop]| {
        hops.iter().map(|hop| format!("{} {}", hop.kind.name(), hop.place.name)).collect::<Vec<_>>()
    };
    (words(&path.forward), words(&path.back))
}
