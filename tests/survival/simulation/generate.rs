//! Programs from seeds, and changes of them as people make them.

use super::program::{Acl, EndpointForm, Group, Id, Name, Nat, Network, Node, Peer, Program, Rule, Subnet, Way};
use fastrand::Rng;

const FORMS: [&str; 3] = ["t3.micro", "t3.small", "t2.micro"];
const PORTS: [&str; 6] = ["tcp 22", "tcp 80, 443", "tcp 8000-8080", "udp 53", "icmp echo", "all"];
const NAMES: [&str; 12] =
    ["anna", "bert", "cleo", "dora", "emil", "fritz", "gerd", "hugo", "ida", "jule", "kai", "lena"];

/// Whether something that happens once in `times` does.
pub fn once_in(chance: &mut Rng, times: u32) -> bool {
    chance.u32(..times) == 0
}

fn one<T: Copy>(chance: &mut Rng, of: &[T]) -> T {
    of[chance.usize(..of.len())]
}

fn sometimes(chance: &mut Rng, times: u32, most: u8) -> Option<u8> {
    once_in(chance, times).then(|| chance.u8(..most))
}

/// A program of one or two networks.
pub fn program(chance: &mut Rng) -> Program {
    let mut program = Program { settled: once_in(chance, 6), tag: sometimes(chance, 6, 3), ..Program::default() };
    let networks = if once_in(chance, 3) { 2 } else { 1 };
    for index in 0..networks {
        let network = network(chance, &mut program, index);
        program.networks.push(network);
    }
    program.peered = networks == 2 && chance.bool();
    program
}

fn network(chance: &mut Rng, program: &mut Program, index: u8) -> Network {
    let ipv6 = once_in(chance, 4);
    let mut network = Network {
        name: Name::new(if index == 0 { "west" } else { "east" }),
        octet: 20 + index * 30 + chance.u8(..20),
        second_block: once_in(chance, 6),
        ipv6,
        dns: sometimes(chance, 4, 3),
        lockdown: once_in(chance, 8),
        keep: once_in(chance, 8),
        internet: (!once_in(chance, 4)).then(|| Name::new("igw")),
        egress: ipv6 && chance.bool(),
        elastic: once_in(chance, 5),
        shared_table: once_in(chance, 4),
        main_table: once_in(chance, 6),
        tag: sometimes(chance, 6, 3),
        flow_log: sometimes(chance, 8, 3),
        ..Network::default()
    };
    network.acl = once_in(chance, 4).then(|| Acl { name: Name::new("fence"), denied: vec![10, 20] });
    for _ in 0..chance.usize(1..4) {
        add_subnet(chance, program, &mut network);
    }
    for _ in 0..chance.usize(0..4) {
        add_group(chance, program, &mut network);
    }
    for _ in 0..chance.usize(0..5) {
        add_rule(chance, &mut network);
    }
    for _ in 0..chance.usize(0..3) {
        add_node(chance, program, &mut network);
    }
    if once_in(chance, 3) {
        add_nat(chance, &mut network);
    }
    network.endpoint = once_in(chance, 6).then(|| one(chance, &[EndpointForm::Gateway, EndpointForm::Interface]));
    network
}

fn fresh(chance: &mut Rng, program: &mut Program, kind: &str) -> (Id, Name) {
    let id = program.id();
    (id, Name::new(&format!("{kind}-{}{id}", one(chance, &NAMES))))
}

fn add_subnet(chance: &mut Rng, program: &mut Program, network: &mut Network) {
    let (id, name) = fresh(chance, program, "net");
    let free: Vec<u8> = (0..15)
        .map(|place| place * 16)
        .filter(|place| network.subnets.iter().all(|other| other.place != *place))
        .collect();
    let ways = [Way::None, Way::Internet, Way::Internet, Way::Nat, Way::Shared];
    let zoned = once_in(chance, 3);
    let zones = if zoned {
        one(chance, &[&['a'][..], &['a', 'b'], &['b', 'c']]).to_vec()
    } else {
        vec![one(chance, &['a', 'b'])]
    };
    network.subnets.push(Subnet {
        id,
        name,
        place: one(chance, &free),
        zones,
        zoned,
        way: one(chance, &ways),
        ipv6: network.ipv6 && chance.bool(),
        acl: network.acl.is_some() && chance.bool(),
        to_peer: chance.bool(),
        tag: sometimes(chance, 8, 3),
    });
}

fn add_group(chance: &mut Rng, program: &mut Program, network: &mut Network) {
    let (id, name) = fresh(chance, program, "group");
    let silent = once_in(chance, 5);
    network.groups.push(Group { id, name, description: chance.u8(..3), rules: Vec::new(), silent });
}

fn add_rule(chance: &mut Rng, network: &mut Network) {
    let groups: Vec<Id> = network.groups.iter().map(|group| group.id).collect();
    let peer = match chance.u32(..8) {
        0 => Peer::Any,
        1 => Peer::Itself,
        2 => Peer::Network,
        3 => network.subnets.first().map_or(Peer::Any, |subnet| Peer::Subnet(subnet.id)),
        4 => Peer::Block(chance.u8(..)),
        _ => chance.choice(&groups).map_or(Peer::Any, |id| Peer::Group(*id)),
    };
    let rule =
        Rule { egress: once_in(chance, 3), ports: one(chance, &PORTS).to_owned(), peer, why: sometimes(chance, 2, 3) };
    if let Some(group) = chance.choice(network.groups.iter_mut()) {
        group.rules.push(rule);
    }
}

fn add_node(chance: &mut Rng, program: &mut Program, network: &mut Network) {
    let (id, name) = fresh(chance, program, "node");
    let Some(subnet) = chance.choice(network.subnets.iter().map(|subnet| subnet.id)) else { return };
    let groups = network.groups.iter().map(|group| group.id).filter(|_| chance.bool()).take(3).collect();
    // Ranges of different numbers never meet.
    let at = chance.bool().then(|| 10 + (id % 20) as u8 * 12);
    network.nodes.push(Node {
        name,
        subnet,
        count: sometimes(chance, 2, 3),
        at,
        form: one(chance, &FORMS),
        groups,
        key: once_in(chance, 4),
        boot: once_in(chance, 4),
        root: once_in(chance, 4).then(|| chance.u8(10..20)),
        disk: once_in(chance, 4).then(|| chance.u8(10..20)),
        elastic: chance.bool(),
        role: once_in(chance, 6),
        lax: once_in(chance, 6),
        tag: sometimes(chance, 6, 3),
    });
}

fn add_nat(chance: &mut Rng, network: &mut Network) {
    network.nat = Some(Nat { name: Name::new("out"), named_address: once_in(chance, 3) });
}

/// What people make of a program: a few changes at once.
pub fn edited(chance: &mut Rng, before: &Program) -> Program {
    let mut program = before.clone();
    forget_former_names(&mut program);
    for _ in 0..chance.usize(1..4) {
        if once_in(chance, 12) {
            whole(chance, &mut program);
        } else {
            let index = chance.usize(..program.networks.len());
            let mut network = program.networks.remove(index);
            change(chance, &mut program, &mut network);
            program.networks.insert(index, network);
        }
    }
    program
}

fn names(network: &mut Network) -> Vec<&mut Name> {
    let subnets = network.subnets.iter_mut().map(|subnet| &mut subnet.name);
    let groups = network.groups.iter_mut().map(|group| &mut group.name);
    let nodes = network.nodes.iter_mut().map(|node| &mut node.name);
    let gateways = network.internet.iter_mut().chain(network.nat.iter_mut().map(|nat| &mut nat.name));
    let acl = network.acl.iter_mut().map(|acl| &mut acl.name);
    subnets.chain(groups).chain(nodes).chain(gateways).chain(acl).chain([&mut network.name]).collect()
}

/// Once a plan is carried out, nobody needs to know what something was called before.
fn forget_former_names(program: &mut Program) {
    program.networks.iter_mut().flat_map(names).for_each(|name| name.was = None);
}

fn whole(chance: &mut Rng, program: &mut Program) {
    match chance.u32(..4) {
        0 => program.tag = sometimes(chance, 2, 3),
        1 => program.peered = !program.peered,
        2 if program.networks.len() == 2 => drop(program.networks.remove(chance.usize(..2))),
        2 | 3 if program.networks.len() == 1 => {
            let index = u8::from(program.networks[0].name.now.starts_with('w'));
            let network = network(chance, program, index);
            program.networks.push(network);
        }
        _ => program.settled = !program.settled,
    }
}

fn rename(chance: &mut Rng, name: &mut Name, number: Id) {
    let stem = name.now.split('-').next().unwrap_or_default();
    let now = format!("{stem}-{}{number}", one(chance, &NAMES));
    let was = chance.bool().then(|| std::mem::take(&mut name.now));
    *name = Name { now, was };
}

fn change(chance: &mut Rng, program: &mut Program, network: &mut Network) {
    match chance.u32(..24) {
        0..4 => {
            let number = program.id();
            if let Some(name) = chance.choice(names(network)) {
                rename(chance, name, number);
            }
        }
        4 => network.octet = network.octet / 30 * 30 + chance.u8(..20),
        5 => network.second_block = !network.second_block,
        6 => network.dns = sometimes(chance, 2, 3),
        7 => network.lockdown = !network.lockdown,
        8 => network.internet = if network.internet.is_some() { None } else { Some(Name::new("igw")) },
        9 if network.nat.is_some() => network.nat = None,
        9 => add_nat(chance, network),
        10 => network.elastic = !network.elastic,
        11 => network.shared_table = !network.shared_table,
        12 => network.main_table = !network.main_table,
        13 => network.flow_log = sometimes(chance, 2, 3),
        14 => network.endpoint = chance.bool().then(|| one(chance, &[EndpointForm::Gateway, EndpointForm::Interface])),
        15 => network.tag = sometimes(chance, 2, 3),
        16 => change_acl(chance, network),
        17 | 18 => change_subnets(chance, program, network),
        19 | 20 => change_groups(chance, program, network),
        21 => network.keep = !network.keep,
        _ => change_nodes(chance, program, network),
    }
}

fn change_acl(chance: &mut Rng, network: &mut Network) {
    match &mut network.acl {
        None => network.acl = Some(Acl { name: Name::new("fence"), denied: vec![chance.u8(1..100)] }),
        Some(_) if once_in(chance, 4) => network.acl = None,
        Some(acl) if once_in(chance, 3) && !acl.denied.is_empty() => drop(acl.denied.pop()),
        Some(acl) => acl.denied.extend(Some(chance.u8(1..100)).filter(|number| !acl.denied.contains(number))),
    }
    let every = chance.bool();
    network.subnets.iter_mut().for_each(|subnet| subnet.acl |= every);
}

fn change_subnets(chance: &mut Rng, program: &mut Program, network: &mut Network) {
    if once_in(chance, 3) {
        return add_subnet(chance, program, network);
    }
    let (has_ipv6, index) = (network.ipv6, chance.usize(..network.subnets.len()));
    if once_in(chance, 4) && network.subnets.len() > 1 {
        network.subnets.remove(index);
        return;
    }
    let subnet = &mut network.subnets[index];
    match chance.u32(..6) {
        0 => subnet.place = 240,
        1 => subnet.way = one(chance, &[Way::None, Way::Internet, Way::Nat, Way::Shared]),
        2 => subnet.tag = sometimes(chance, 2, 3),
        3 if subnet.zoned => {
            subnet.zones = one(chance, &[&['a'][..], &['a', 'b'], &['a', 'b', 'c'], &['b', 'c']]).to_vec()
        }
        3 => subnet.zones = vec![one(chance, &['a', 'b', 'c'])],
        4 => subnet.ipv6 = has_ipv6 && !subnet.ipv6,
        _ => subnet.acl = !subnet.acl,
    }
}

fn change_groups(chance: &mut Rng, program: &mut Program, network: &mut Network) {
    if network.groups.is_empty() || once_in(chance, 4) {
        add_group(chance, program, network);
        return add_rule(chance, network);
    }
    if once_in(chance, 3) {
        return add_rule(chance, network);
    }
    let index = chance.usize(..network.groups.len());
    let group = &mut network.groups[index];
    match chance.u32(..5) {
        0 => drop(network.groups.remove(index)),
        1 => group.description = chance.u8(..3),
        2 => group.silent = !group.silent,
        3 => drop(group.rules.pop()),
        _ => group.rules.iter_mut().for_each(|rule| rule.why = sometimes(chance, 2, 3)),
    }
}

fn change_nodes(chance: &mut Rng, program: &mut Program, network: &mut Network) {
    if network.nodes.is_empty() || once_in(chance, 4) {
        return add_node(chance, program, network);
    }
    let index = chance.usize(..network.nodes.len());
    let (subnets, groups): (Vec<Id>, Vec<Id>) = (
        network.subnets.iter().map(|subnet| subnet.id).collect(),
        network.groups.iter().map(|group| group.id).collect(),
    );
    let node = &mut network.nodes[index];
    match chance.u32(..12) {
        0 => drop(network.nodes.remove(index)),
        1 | 2 => node.count = node.count.map_or(Some(1), |count| chance.bool().then_some((count + 1) % 4)),
        3 => node.form = one(chance, &FORMS),
        4 => node.groups = groups.into_iter().filter(|_| chance.bool()).take(3).collect(),
        5 => node.key = !node.key,
        6 => node.boot = !node.boot,
        7 => node.root = once_in(chance, 2).then(|| chance.u8(10..20)),
        8 => node.disk = once_in(chance, 2).then(|| chance.u8(10..20)),
        9 => node.subnet = one(chance, &subnets),
        10 => (node.role, node.lax) = (chance.bool(), chance.bool()),
        _ => (node.elastic, node.tag) = (!node.elastic, sometimes(chance, 2, 3)),
    }
}
