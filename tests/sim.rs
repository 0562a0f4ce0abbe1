//! Programs on the embedded cloud: they come to life, stay as they are, change to each other, and go away.

#[path = "sim/disks.rs"]
mod disks;
#[path = "support/sim.rs"]
mod embedded;
#[path = "sim/endpoints.rs"]
mod endpoints;
#[path = "sim/fences.rs"]
mod fences;
#[path = "sim/gateways.rs"]
mod gateways;
#[path = "sim/generated.rs"]
mod generated;
#[path = "sim/handover.rs"]
mod handover;
#[path = "sim/identity.rs"]
mod identity;
#[path = "sim/images.rs"]
mod images;
#[path = "sim/in_between.rs"]
mod in_between;
#[path = "sim/ipv6.rs"]
mod ipv6;
#[path = "sim/look.rs"]
mod look;
#[path = "sim/made_images.rs"]
mod made_images;
#[path = "sim/main_table.rs"]
mod main_table;
#[path = "sim/programs.rs"]
mod programs;
#[path = "sim/regions.rs"]
mod regions;
#[path = "sim/rings.rs"]
mod rings;
#[path = "support/seeds.rs"]
mod seeds;
#[path = "sim/tiers.rs"]
mod tiers;

use embedded::{apply, carry_out, plan, text};
use programs::{change_into_each_other, changes_into, edited, of};
use proptest::prelude::*;
use std::fmt::Write;
use std::time::Duration;
use tokio::time::Instant;
use vpcc_core::plan::Action;
use vpcc_runtime::StepEnd;
use vpcc_runtime::sim::{Quota, Sim, Timing};

const CLUSTER: &str = include_str!("../examples/cluster.vpc");

const OFFICE: &str = r#"
stack dahak
region us-west-2
key me "keys/me.pub"
tags { owner "data-eng" }
network cluster 10.117.0.0/16 {
  dns { domain "b.internal"; servers 10.117.0.2, 10.117.0.3; ntp 169.254.169.123; hostnames off; support on }
  gateway igw internet
  routes shared { route 0.0.0.0/0 via igw }
  subnet lan 10.117.0.0/24 az a { public; routes shared }
  subnet back 10.117.1.0/24 az b
  sg web "web servers" { ingress tcp 443 from any; egress tcp 5432 to db; ingress icmp echo from any; ingress 50 from 10.0.0.0/8 "esp" }
  sg db { ingress tcp 5432 from web "sql"; ingress all from self; egress none }
  node node[0..1] in lan at .100 { type t3.small; image ami-04681a1dbd79675a5; sg web; key me; boot "boot/node.sh"; disk 20GiB gp3; role "web-role" }
  node d in back { type t4g.micro; image ami-04681a1dbd79675a6; sg db, web; private }
}
"#;

/// Programs of one stack, each a small or large step from the others.
fn programs() -> Vec<String> {
    let mut programs = vec![
        CLUSTER.to_owned(),
        OFFICE.to_owned(),
        edited(CLUSTER, &[("10.117.", "10.118.")]),
        edited(CLUSTER, &[("Dashboards", "Boards")]),
        edited(CLUSTER, &[("at .100", "at .101")]),
        edited(CLUSTER, &[("at .100", "at .102")]),
        edited(CLUSTER, &[("10.117.0.0/24", "10.117.0.0/25")]),
        edited(CLUSTER, &[("10.117.0.0/24", "10.117.4.0/24")]),
        edited(CLUSTER, &[("az a", "az b")]),
        edited(CLUSTER, &[("  dns \"dahak.internal\"\n", "")]),
        edited(CLUSTER, &[("key me ", "key you "), ("key   me", "key   you")]),
        edited(
            CLUSTER,
            &[
                ("    sg    monitoring\n", ""),
                ("    public\n", ""),
                ("boot  ", "# boot "),
                ("  assert node can reach internet on tcp 443\n", ""),
            ],
        ),
        edited(CLUSTER, &[("gateway igw", "gateway gw"), ("via igw", "via gw")]),
        edited(CLUSTER, &[("subnet lan", "subnet net"), ("in lan", "in net")]),
        edited(
            CLUSTER,
            &[
                ("node node[0..2]", "node worker[0..2]"),
                ("assert node can", "assert worker can"),
                ("cannot reach node", "cannot reach worker"),
            ],
        ),
        edited(
            CLUSTER,
            &[("t2.micro", "t3.nano"), ("    key ", "    imds optional\n    disk 9GiB gp2 unencrypted\n    key ")],
        ),
        edited(OFFICE, &[("lan 10.117.0.0/24 az a", "lan 10.117.8.0/24 az c")]),
        edited(OFFICE, &[("egress tcp 5432 to db; ", ""), ("ingress tcp 5432 from web \"sql\"; ", "")]),
        edited(OFFICE, &[("node d in back { type t4g.micro", "node d in back at .9 { type t4g.small")]),
        edited(OFFICE, &[("routes shared {", "tenancy dedicated\n  routes shared {")]),
        identity::ZONES.to_owned(),
        edited(
            identity::ZONES,
            &[("across a, b each", "across c, a each"), ("ipv6 8", "ipv6 9"), ("  cidr 10.118.0.0/16\n", "")],
        ),
        edited(
            identity::ZONES,
            &[("  ipv6\n", ""), ("ipv6 0; ", ""), ("ipv6 8; ", ""), ("10.117.128.0/24", "10.118.0.0/24")],
        ),
        "stack dahak\nregion us-west-2\nnetwork x 10.0.0.0/16 {}\n\
         network y 10.0.0.0/16 { subnet s 10.0.0.0/24 az a; dns { support off; hostnames off } }\n"
            .to_owned(),
    ];
    programs.extend(made_images::programs());
    programs
}

#[tokio::test(start_paused = true)]
async fn every_program_changes_into_every_other_and_goes_away() {
    change_into_each_other(&programs()).await;
}

#[tokio::test(start_paused = true)]
async fn the_cluster_is_built_as_fast_as_its_longest_chain_of_calls() {
    let latency = Duration::from_millis(50);
    let at_once = Timing { vpc: Duration::ZERO, subnet: Duration::ZERO, start: Duration::ZERO, ..Timing::QUICK };
    let sim = Sim::new().with_latency(latency).with_timing(at_once);
    let start = Instant::now();
    apply(&sim, Some(CLUSTER)).await;
    // A look at what lives and at the image; the VPC, a look at it, and its switch; the subnet, a look at it, its
    // switch and its table; the launch, and a look at the instances.
    let chain = 2 + 3 + 4 + 2;
    assert!(start.elapsed() <= (latency * chain).mul_f64(1.2), "{:?}", start.elapsed());
    assert!(sim.calls().len() <= 33, "{} calls", sim.calls().len());
}

#[tokio::test(start_paused = true)]
async fn plans_of_edits_are_told_in_these_words() {
    let edits: [(&str, &[(&str, &str)]); 12] = [
        ("a node is added", &[("node[0..2]", "node[0..3]")]),
        ("many nodes are added", &[("node[0..2]", "node[0..99]")]),
        ("a port is closed", &[("    ingress tcp 8080  from cluster \"mongoexpress\"\n", "")]),
        ("a rule is reworded", &[("\"netdata\"", "\"netdata, for all\"")]),
        ("the type changes", &[("t2.micro", "t3.large")]),
        ("the image changes", &[("ami-04681a1dbd79675a5", "ami-0b301ce3ce347599c")]),
        ("the description of a group changes", &[("Dashboards and databases", "Databases and dashboards")]),
        ("the subnet moves", &[("10.117.0.0/24", "10.117.1.0/24")]),
        ("the disk gets a size", &[("    key   me", "    disk  30GiB gp3\n    key   me")]),
        ("tags are added", &[("region us-west-2", "region us-west-2\ntags { owner \"me\" }")]),
        ("a gateway gets another name", &[("gateway igw", "gateway gw"), ("via igw", "via gw")]),
        ("the domain changes", &[("dahak.internal", "other.internal")]),
    ];
    let mut told = String::new();
    for (name, edits) in edits {
        let sim = Sim::new();
        apply(&sim, Some(CLUSTER)).await;
        let edited = edits.iter().fold(CLUSTER.to_owned(), |program, (from, to)| program.replace(from, to));
        let plan = plan(&sim, Some(&edited)).await;
        told += &format!("#### {name}\n\n{}\n", text(&plan));
    }
    let sim = Sim::new();
    apply(&sim, Some(CLUSTER)).await;
    told += &format!("#### everything is removed\n\n{}", text(&plan(&sim, None).await));
    insta::with_settings!({ snapshot_path => "plans", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("edits", told);
    });
}

#[tokio::test(start_paused = true)]
async fn what_fails_leaves_the_rest_done_and_the_next_run_finishes_it() {
    let sim = Sim::new().with_quota(Quota::KeyPairs, 0);
    let first = plan(&sim, Some(CLUSTER)).await;
    let outcome = carry_out(&sim, &first).await;
    let ended = |address: &str| &outcome.ends.iter().find(|(other, _)| other.as_str() == address).unwrap().1;
    assert!(matches!(ended("me"), StepEnd::Failed(fault) if fault.code == "KeyPairLimitExceeded"), "{:?}", ended("me"));
    assert_eq!(*ended("cluster.lan"), StepEnd::Done);
    assert!(matches!(ended("cluster.node[0]"), StepEnd::Left(first) if first.as_str() == "me"));
    let sim = sim.with_quota(Quota::KeyPairs, 10);
    let rest = apply(&sim, Some(CLUSTER)).await;
    assert_eq!(of(&rest, Action::Create), ["me", "cluster.node[0]", "cluster.node[1]", "cluster.node[2]"]);
    assert!(plan(&sim, Some(CLUSTER)).await.is_empty());
}

/// A network of a generated program. Everything in it is named and numbered by its place.
#[derive(Clone, Debug)]
struct Net {
    domain: Option<u8>,
    subnets: Vec<Lan>,
    groups: Vec<Vec<(u16, usize)>>,
    nodes: Vec<Range>,
}

#[derive(Clone, Debug)]
struct Lan {
    zone: char,
    public: bool,
    shared: bool,
}

#[derive(Clone, Debug)]
struct Range {
    subnet: usize,
    last: u32,
    fixed: bool,
    group: usize,
    kind: usize,
}

fn net() -> impl Strategy<Value = Net> {
    let lan = (prop::sample::select(vec!['a', 'b', 'c']), any::<bool>(), any::<bool>());
    let lan = lan.prop_map(|(zone, public, shared)| Lan { zone, public, shared });
    let rules = prop::collection::vec((8000u16..8004, 0usize..6), 0..4);
    let range = (0usize..8, 0u32..3, any::<bool>(), 0usize..8, 0usize..3);
    let range = range.prop_map(|(subnet, last, fixed, group, kind)| Range { subnet, last, fixed, group, kind });
    let (subnets, groups) = (prop::collection::vec(lan, 1..4), prop::collection::vec(rules, 1..4));
    (prop::option::of(0u8..3), subnets, groups, prop::collection::vec(range, 0..4))
        .prop_map(|(domain, subnets, groups, nodes)| Net { domain, subnets, groups, nodes })
}

fn program(nets: &[Net]) -> String {
    let mut out = "stack dahak\nregion us-west-2\n".to_owned();
    for (number, net) in nets.iter().enumerate() {
        write_net(&mut out, number, net).unwrap();
    }
    out
}

fn write_net(out: &mut String, number: usize, net: &Net) -> std::fmt::Result {
    writeln!(
        out,
        "network n{number} 10.{number}.0.0/16 {{\n  gateway igw internet\n  routes out {{ route any via igw }}"
    )?;
    if let Some(domain) = net.domain {
        writeln!(out, "  dns \"d{domain}.internal\"")?;
    }
    for (index, lan) in net.subnets.iter().enumerate() {
        let routes = match (lan.public, lan.shared) {
            (true, true) => "public; routes out",
            (true, false) => "public; route any via igw",
            (false, true) => "routes out",
            (false, false) => "",
        };
        writeln!(out, "  subnet s{index} 10.{number}.{index}.0/24 az {} {{ {routes} }}", lan.zone)?;
    }
    for (index, rules) in net.groups.iter().enumerate() {
        writeln!(out, "  sg g{index} {{")?;
        let mut said: Vec<&(u16, usize)> = Vec::new();
        for rule in rules {
            if said.contains(&rule) {
                continue;
            }
            said.push(rule);
            let (port, peer) = rule;
            let peer = if *peer < net.groups.len() { format!("g{peer}") } else { format!("10.{peer}.0.0/16") };
            writeln!(out, "    ingress tcp {port} from {peer}")?;
        }
        writeln!(out, "  }}")?;
    }
    for (index, range) in net.nodes.iter().enumerate() {
        let subnet = range.subnet % net.subnets.len();
        let start = if range.fixed { format!(" at .{}", 10 + 20 * index) } else { String::new() };
        let kind = ["t3.micro", "t3.small", "m5.large"][range.kind];
        let group = range.group % net.groups.len();
        let last = range.last;
        writeln!(
            out,
            "  node m{index}[0..{last}] in s{subnet}{start} {{ type {kind}; image ami-04681a1dbd79675a5; sg g{group} }}"
        )?;
    }
    writeln!(out, "}}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_program_changes_into_any_other_and_goes_away(
        before in prop::collection::vec(net(), 1..3),
        after in prop::collection::vec(net(), 1..3),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (before, after) = (program(&before), program(&after));
            changes_into(&before, &before).await;
            changes_into(&before, &after).await;
        });
    }
}
