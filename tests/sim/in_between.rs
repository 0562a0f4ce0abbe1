//! On the way from one program to another, nothing is open that neither opens, and nothing shut that both open.
//!
//! That is held from end to end, and for each filter by itself: a node's groups, the ACL of its subnet, and its way to the
//! internet, each in both directions. There are edits for which no order of single calls does it, such as two nodes that move
//! to groups with other rules while they talk to each other: of these the plan tells, and they are few.

use super::embedded::{apply, plan, text};
use super::generated::Change;
use super::programs::edited;
use super::seeds::seeds;
use std::collections::BTreeMap;
use std::sync::Mutex;
use tokio::sync::watch;
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::net::Block;
use vpcc_core::plan::Plan;
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Answer, Cloud, Patient, run};

const TIERS: &str = include_str!("../../examples/three-tiers.vpc");
const ACLS: &str = include_str!("../../examples/acls.vpc");
const BASTION: &str = include_str!("../../examples/bastion.vpc");

/// Groups that name each other, and themselves.
const GROUPS: &str = r#"
stack dahak
region us-west-2
network shop 10.0.0.0/16 {
  gateway igw internet
  subnet lan 10.0.0.0/24 az a { public; route any via igw }
  sg web "Web servers" { ingress tcp 443 from any; ingress tcp 8080 from self; ingress tcp 9090 from store }
  sg store "Databases" { ingress tcp 5432 from web; ingress tcp 27017 from self; egress tcp 9090 to web; egress tcp 27017 to self }
  sg spare "Neither" { ingress tcp 443 from any; ingress tcp 8080, 3000 from self; ingress tcp 9090 from store }
  defaults { type t3.micro; image ami-04681a1dbd79675a5 }
  node a[0..1] in lan { sg web }
  node b[0..1] in lan { sg store }
  node c in lan { sg spare }
}
"#;

/// Places on the internet: anywhere, the office of the examples, and what their ACLs deny.
const OUTSIDE: [&str; 3] = ["8.8.8.8", "203.0.113.9", "198.51.100.9"];
const PORTS: [i64; 8] = [22, 80, 443, 3000, 5432, 8080, 9090, 27017];
/// Where answers go.
const ANSWERED: i64 = 50_000;

/// What lives, as packets see it: by IPv4, with TCP.
struct Net {
    nodes: Vec<Map>,
    groups: BTreeMap<String, Map>,
    tables: Vec<Map>,
    acls: Vec<Map>,
    gateways: Vec<Map>,
}

async fn list(sim: &Sim, action: &'static str, list: &str) -> Vec<Map> {
    let answer = sim.call("us-west-2", &Call::new(action, Map::new())).await.unwrap();
    answer.list(list).iter().filter_map(Value::as_map).cloned().collect()
}

fn maps<'m>(map: &'m Map, list: &str) -> impl Iterator<Item = &'m Map> {
    map.list(list).iter().filter_map(Value::as_map)
}

fn int(map: &Map, name: &str) -> Option<i64> {
    map.get(name)?.as_int()
}

fn holds(block: &str, address: &str) -> bool {
    let (block, address): (Result<Block, _>, Result<Block, _>) = (block.parse(), format!("{address}/32").parse());
    block.is_ok_and(|block| address.is_ok_and(|address| block.contains(address)))
}

impl Net {
    async fn of(sim: &Sim) -> Net {
        let reservations = list(sim, "DescribeInstances", "Reservations").await;
        let nodes = reservations.iter().flat_map(|reservation| maps(reservation, "Instances")).cloned();
        let nodes = nodes.filter(|node| node.map("State").unwrap().text("Name") == "running").collect();
        let groups = list(sim, "DescribeSecurityGroups", "SecurityGroups").await;
        Net {
            nodes,
            groups: groups.into_iter().map(|group| (group.text("GroupId").to_owned(), group)).collect(),
            tables: list(sim, "DescribeRouteTables", "RouteTables").await,
            acls: list(sim, "DescribeNetworkAcls", "NetworkAcls").await,
            gateways: list(sim, "DescribeNatGateways", "NatGateways").await,
        }
    }

    /// Whether a node's groups let something through; the other side is an address, or a node too.
    fn group_passes(&self, node: &Map, direction: &str, port: i64, other: &str, peer: Option<&Map>) -> bool {
        let own = maps(node, "SecurityGroups").filter_map(|group| self.groups.get(group.text("GroupId")));
        let theirs: Vec<&str> =
            peer.iter().flat_map(|peer| maps(peer, "SecurityGroups")).map(|group| group.text("GroupId")).collect();
        own.flat_map(|group| maps(group, direction)).any(|rule| {
            let all = rule.text("IpProtocol") == "-1";
            let tcp = rule.text("IpProtocol") == "tcp"
                && (int(rule, "FromPort").unwrap()..=int(rule, "ToPort").unwrap()).contains(&port);
            let by_block = maps(rule, "IpRanges").any(|range| holds(range.text("CidrIp"), other));
            let by_group = maps(rule, "UserIdGroupPairs").any(|pair| theirs.contains(&pair.text("GroupId")));
            (all || tcp) && (by_block || by_group)
        })
    }

    fn acl_passes(&self, subnet: &str, egress: bool, port: i64, other: &str) -> bool {
        let acl = self.acls.iter().find(|acl| maps(acl, "Associations").any(|found| found.text("SubnetId") == subnet));
        let mut entries: Vec<&Map> =
            acl.iter().flat_map(|acl| maps(acl, "Entries")).filter(|entry| entry.is_true("Egress") == egress).collect();
        entries.sort_by_key(|entry| int(entry, "RuleNumber"));
        let first = entries.into_iter().find(|entry| {
            let ports = entry.map("PortRange").and_then(|range| Some(int(range, "From")?..=int(range, "To")?));
            let meant = entry.text("Protocol") == "-1" || ports.is_none_or(|ports| ports.contains(&port));
            meant && matches!(entry.text("Protocol"), "-1" | "6") && holds(entry.text("CidrBlock"), other)
        });
        first.is_some_and(|entry| entry.text("RuleAction") == "allow")
    }

    /// How a node gets to the internet.
    fn way_out(&self, node: &Map) -> Option<&str> {
        let (subnet, vpc) = (node.text("SubnetId"), node.text("VpcId"));
        let own = |table: &&Map| maps(table, "Associations").any(|found| found.text("SubnetId") == subnet);
        let main =
            |table: &&Map| table.text("VpcId") == vpc && maps(table, "Associations").any(|found| found.is_true("Main"));
        let table = self.tables.iter().find(own).or_else(|| self.tables.iter().find(main))?;
        let route = maps(table, "Routes")
            .find(|route| route.text("DestinationCidrBlock") == "0.0.0.0/0" && route.text("State") == "active")?;
        match (route.text("GatewayId"), route.text("NatGatewayId")) {
            ("", nat) => {
                let gateway = self.gateways.iter().find(|gateway| gateway.text("NatGatewayId") == nat)?;
                (gateway.text("State") == "available").then_some("nat")
            }
            (gateway, _) => gateway.starts_with("igw-").then_some("internet"),
        }
    }

    /// What each filter lets through, with the nodes that it is about.
    fn open(&self) -> BTreeMap<String, Vec<String>> {
        let mut open = BTreeMap::new();
        for node in &self.nodes {
            let (own, subnet) = (name(node), node.text("SubnetId"));
            if let Some(way) = self.way_out(node) {
                open.insert(format!("the way of {own} by {way}"), vec![own.clone()]);
            }
            let outside = OUTSIDE.into_iter().map(|address| (address.to_owned(), address, None));
            let inside = self.nodes.iter().filter(|peer| peer.text("VpcId") == node.text("VpcId") && *peer != node);
            let inside = inside.map(|peer| (name(peer), peer.text("PrivateIpAddress"), Some(peer)));
            for (other, address, peer) in outside.chain(inside) {
                for port in PORTS.into_iter().chain([ANSWERED]) {
                    let filters = [
                        ("groups in", self.group_passes(node, "IpPermissions", port, address, peer)),
                        ("groups out", self.group_passes(node, "IpPermissionsEgress", port, address, peer)),
                        ("ACL in", self.acl_passes(subnet, false, port, address)),
                        ("ACL out", self.acl_passes(subnet, true, port, address)),
                    ];
                    for (filter, _) in filters.into_iter().filter(|(_, passes)| *passes) {
                        let about = [own.clone()].into_iter().chain(peer.map(name)).collect();
                        open.insert(format!("{filter} of {own} for {other} on {port}"), about);
                    }
                }
            }
        }
        open
    }

    /// What reaches what: from a node or a place on the internet to a node, and from a node to such a place, with the
    /// nodes that it is about.
    fn flows(&self) -> BTreeMap<String, Vec<String>> {
        let filters = self.open();
        let is = |filter: String| filters.contains_key(&filter);
        let passes =
            |filter: &str, node: &str, other: &str, port: i64| is(format!("{filter} of {node} for {other} on {port}"));
        let answers =
            |node: &str, other: &str, out: bool| passes(if out { "ACL out" } else { "ACL in" }, node, other, ANSWERED);
        let mut flows = BTreeMap::new();
        let names: Vec<(String, &str)> = self.nodes.iter().map(|node| (name(node), node.text("SubnetId"))).collect();
        for ((one, subnet), port) in names.iter().flat_map(|node| PORTS.map(|port| (node, port))) {
            for (other, far) in names.iter().filter(|(other, _)| other != one) {
                let groups = passes("groups out", one, other, port) && passes("groups in", other, one, port);
                let acls = far == subnet
                    || passes("ACL out", one, other, port)
                        && passes("ACL in", other, one, port)
                        && answers(other, one, true)
                        && answers(one, other, false);
                if groups && acls {
                    flows.insert(format!("{one} to {other} on {port}"), vec![one.clone(), other.clone()]);
                }
            }
            let way = |by: &str| is(format!("the way of {one} by {by}"));
            let internet = way("internet");
            for place in OUTSIDE {
                let out = passes("groups out", one, place, port) && passes("ACL out", one, place, port);
                if (internet || way("nat")) && out && answers(one, place, false) {
                    flows.insert(format!("{one} to {place} on {port}"), vec![one.clone()]);
                }
                let into = passes("groups in", one, place, port) && passes("ACL in", one, place, port);
                if internet && into && answers(one, place, true) {
                    flows.insert(format!("{place} to {one} on {port}"), vec![one.clone()]);
                }
            }
        }
        flows
    }

    /// The ids of the nodes that run, by address.
    fn ids(&self) -> BTreeMap<String, String> {
        self.nodes.iter().map(|node| (name(node), node.text("InstanceId").to_owned())).collect()
    }
}

fn name(node: &Map) -> String {
    let address = maps(node, "Tags").find(|tag| tag.text("Key") == "vpcc:address");
    address.map_or("", |tag| tag.text("Value")).to_owned()
}

/// A cloud that looks after each changing call what is open.
struct Watched<'s> {
    sim: &'s Sim,
    seen: Mutex<Vec<(&'static str, Net)>>,
}

impl Cloud for Watched<'_> {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move {
            let answer = self.sim.call(region, call).await;
            if !call.reads() {
                let net = Net::of(self.sim).await;
                self.seen.lock().unwrap().push((call.action, net));
            }
            answer
        })
    }

    fn throttles(&self) -> bool {
        false
    }
}

/// Whether a plan tells that something reaches something for a while, or doesn't.
fn is_told(change: &Plan, flow: &str, opens: bool) -> bool {
    let Some(((from, to), port)) =
        flow.split_once(" on ").and_then(|(ends, port)| Some((ends.split_once(" to ")?, port)))
    else {
        return false;
    };
    let port: i64 = port.parse().unwrap();
    let is = |told: &String, also: &[String], end: &str| {
        [told].into_iter().chain(also).any(|told| told == end || holds(told, end))
    };
    let speaks =
        |traffic: &str| match traffic.strip_prefix("tcp ").map(|ports| ports.split_once('-').unwrap_or((ports, ports)))
        {
            Some(("all", _)) => true,
            Some((first, last)) => (first.parse().unwrap()..=last.parse().unwrap()).contains(&port),
            None => false,
        };
    change.moments.iter().any(|moment| {
        moment.opens == opens
            && is(&moment.from, &moment.also_from, from)
            && is(&moment.to, &moment.also_to, to)
            && moment.traffic.split(", ").any(speaks)
    })
}

/// The way from one program to another.
struct Way {
    from: String,
    to: String,
    change: Plan,
    before: Net,
    after: Net,
    /// What there was after each changing call.
    seen: Vec<(&'static str, Net)>,
}

async fn way(from: &str, to: &str) -> Way {
    let sim = Sim::new();
    apply(&sim, Some(from)).await;
    let before = Net::of(&sim).await;
    let change = plan(&sim, Some(to)).await;
    let watched = Watched { sim: &sim, seen: Mutex::default() };
    let stop = watch::Sender::new(false);
    let outcome = run(&change, &Patient::new(&watched, stop.subscribe()), &|_| {}).await;
    assert!(outcome.is_complete(), "{outcome:?}\n{}", text(&change));
    let (after, seen) = (Net::of(&sim).await, watched.seen.into_inner().unwrap());
    Way { from: from.to_owned(), to: to.to_owned(), change, before, after, seen }
}

impl Way {
    /// What is wrong on it: what is open that neither program opens, what is shut that both open; of what reaches what, but
    /// for that which the plan tells.
    fn wrongs(&self, look: fn(&Net) -> BTreeMap<String, Vec<String>>) -> Vec<String> {
        let (old, new) = (look(&self.before), look(&self.after));
        let (old_ids, new_ids) = (self.before.ids(), self.after.ids());
        let stays = |node: &String| old_ids.get(node) == new_ids.get(node);
        let is_told = |key: &&String, opens: bool| is_told(&self.change, key, opens);
        let mut wrongs = Vec::new();
        for (action, net) in &self.seen {
            let (open, ids) = (look(net), net.ids());
            let known = |key: &String| old.contains_key(key) || new.contains_key(key);
            // What is on its way out may be reached as those are that it stood with.
            let keeps = |nodes: &[String]| nodes.iter().all(|node| new_ids.get(node) == ids.get(node));
            let exposed = open.iter().filter(|(key, nodes)| !known(key) && keeps(nodes));
            let exposed: Vec<&String> = exposed.map(|(key, _)| key).filter(|key| !is_told(key, true)).collect();
            if !exposed.is_empty() {
                wrongs.push(format!("open is {exposed:?} after {action} of\n{self}"));
            }
            let runs = |node: &String| ids.contains_key(node) && stays(node);
            let both = old.iter().filter(|(key, nodes)| new.contains_key(*key) && nodes.iter().all(runs));
            let cut = both.map(|(key, _)| key).filter(|key| !open.contains_key(*key) && !is_told(key, false));
            let cut: Vec<&String> = cut.collect();
            if !cut.is_empty() {
                wrongs.push(format!("cut is {cut:?} after {action} of\n{self}"));
            }
        }
        wrongs
    }
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", text(&self.change))?;
        self.change.steps.iter().try_for_each(|step| writeln!(f, "{} after {:?}", step.address, step.needs))?;
        write!(f, "\nfrom\n{}\nto\n{}", self.from, self.to)
    }
}

async fn neither_exposes_nor_cuts(from: &str, to: &str) {
    let wrongs = way(from, to).await.wrongs(Net::open);
    assert!(wrongs.is_empty(), "{}", wrongs[0]);
}

/// A program without what it claims: not all that programs change to here is as the examples want to have it.
fn without_claims(program: &str) -> String {
    let lines = program.lines().filter(|line| !line.trim_start().starts_with("assert "));
    lines.map(|line| format!("{line}\n")).collect()
}

async fn between_all(programs: &[String]) {
    let programs: Vec<String> = programs.iter().map(|program| without_claims(program)).collect();
    for from in &programs {
        for to in programs.iter().filter(|to| *to != from) {
            neither_exposes_nor_cuts(from, to).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_filters_let_through_is_told_from_what_they_do_not() {
    let sim = Sim::new();
    apply(&sim, Some(&edited(ACLS, &[]))).await;
    let open = Net::of(&sim).await.open();
    for (filter, passes) in [
        ("groups in of shop.front[a] for 8.8.8.8 on 443", true),
        ("groups in of shop.front[a] for 8.8.8.8 on 22", false),
        ("groups in of shop.db[b] for shop.front[a] on 5432", true),
        ("groups in of shop.db[b] for shop.db[a] on 5432", false),
        ("groups out of shop.db[a] for 8.8.8.8 on 443", true),
        ("ACL in of shop.front[b] for 203.0.113.9 on 22", true),
        ("ACL in of shop.front[b] for 8.8.8.8 on 22", false),
        ("ACL in of shop.front[a] for 198.51.100.9 on 443", false),
        ("ACL out of shop.db[a] for 8.8.8.8 on 443", false),
        ("the way of shop.front[a] by internet", true),
        ("the way of shop.db[a] by internet", false),
    ] {
        assert_eq!(open.contains_key(filter), passes, "{filter} in {open:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_program_changes_into_the_next_and_back_with_nothing_open_or_shut_in_between() {
    // Nodes that are called otherwise on the way are not told apart here.
    let mut programs = super::programs();
    programs.retain(|program| !program.contains("node worker[0..2]"));
    for pair in programs.windows(2) {
        between_all(pair).await;
    }
}

#[tokio::test(start_paused = true)]
async fn tiers_change_with_nothing_open_or_shut_in_between() {
    let tiers = |edits: &[(&str, &str)]| edited(TIERS, edits);
    between_all(&[
        tiers(&[]),
        tiers(&[("\"The databases\"", "\"What keeps\"")]),
        tiers(&[("egress none", "egress tcp 443 to any")]),
        tiers(&[("from any \"the world\"", "from 203.0.113.0/24 \"the office\"")]),
        tiers(&[("80, 443 from any", "443, 8080 from any"), ("tcp 5432 from serving", "tcp 5432 from 10.20.64.0/18")]),
        tiers(&[("route any via out", "route any via out[a]")]),
        tiers(&[("t3.micro", "t3.small")]),
    ])
    .await;
    between_all(&[tiers(&[]), tiers(&[("    sg storing\n", "    sg storing, serving\n")])]).await;
}

#[tokio::test(start_paused = true)]
async fn groups_that_rules_name_change_with_nothing_open_or_shut_in_between() {
    let groups = |edits: &[(&str, &str)]| edited(GROUPS, edits);
    between_all(&[
        groups(&[]),
        groups(&[("\"Web servers\"", "\"Servers\"")]),
        groups(&[("\"Web servers\"", "\"Servers\""), ("\"Databases\"", "\"Stores\"")]),
        groups(&[("web", "front")]),
        groups(&[("web", "front"), ("store", "store-2")]),
        groups(&[("sg web }", "sg web, spare }")]),
        groups(&[("sg web }", "sg spare }"), ("from web", "from spare")]),
        groups(&[("sg web }", "sg spare }"), ("5432 from web", "5432 from spare")]),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn acls_change_with_nothing_open_or_shut_in_between() {
    let acls = |edits: &[(&str, &str)]| edited(ACLS, edits);
    between_all(&[
        acls(&[]),
        acls(&[("    acl edge\n", "")]),
        acls(&[("acl edge", "acl outer")]),
        acls(&[("90  deny  ingress", "95  deny  ingress")]),
        acls(&[
            ("100 allow ingress tcp 443 ", "101 allow ingress tcp 443 "),
            ("100 allow egress  tcp 1024-65535 to any", "102 allow egress  tcp 1024-65535 to any"),
        ]),
        // Entries swap their numbers.
        acls(&[
            ("90  deny  ingress", "91  deny  ingress"),
            ("100 allow ingress tcp 443 ", "110 allow ingress tcp 443 "),
            ("110 allow ingress tcp 80 ", "100 allow ingress tcp 80 "),
        ]),
        // No number is free beside the old entries.
        acls(&[
            ("90  deny  ingress", "99  deny  ingress"),
            ("110 allow ingress", "101 allow ingress"),
            ("120 allow ingress", "102 allow ingress"),
        ]),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn gateways_change_with_nothing_open_or_shut_in_between() {
    let bastion = |edits: &[(&str, &str)]| edited(BASTION, edits);
    between_all(&[
        bastion(&[]),
        bastion(&[("gateway out nat in edge", "gateway exit nat in edge"), ("via out", "via exit")]),
        bastion(&[("    route any via out\n", "")]),
        bastion(&[("22 from office", "22 from 198.51.100.0/24")]),
    ])
    .await;
}

/// What is wrong on the way between the programs of a seed.
struct Tried {
    seed: u64,
    /// Filter by filter.
    filters: Option<String>,
    /// From end to end, but for what the plan tells.
    flows: Option<String>,
    /// Whether the plan tells of something.
    tells: bool,
}

fn try_seed(seed: u64, change: Change, counts: fn(&str) -> bool) -> Tried {
    let (from, to) = super::generated::edited(seed, change);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let way = runtime.block_on(way(&from, &to));
    let filters = way.wrongs(Net::open).into_iter().find(|wrong| counts(wrong));
    let flows = way.wrongs(Net::flows).into_iter().next();
    Tried { seed, filters, flows, tells: !way.change.moments.is_empty() }
}

/// Of so many small generated edits one may be such that no order avoids what the plan tells.
const TELLS_ONE_IN: usize = 20;

/// Tries many edits, and prints the line that repeats each that goes wrong; for a filter by itself, if it counts. One in
/// so many may go wrong for a filter by itself, while another one stops what it lets through.
fn try_generated(name: &str, change: Change, counts: fn(&str) -> bool, one_in: usize) {
    let many = if change == Change::Large { 12 } else { 200 };
    let seeds: Vec<u64> = seeds("EDITS", many).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let tried: Vec<Tried> = std::thread::scope(|scope| {
        let work = |part: usize| {
            let own = seeds.iter().copied().skip(part).step_by(threads);
            own.map(|seed| try_seed(seed, change, counts)).collect::<Vec<_>>()
        };
        let running: Vec<_> = (0..threads).map(|part| scope.spawn(move || work(part))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    for Tried { seed, filters, flows, .. } in &tried {
        for what in flows.iter().chain(filters) {
            println!("EDITS={seed}..{} cargo test --test sim {name}\n{what}", seed + 1);
        }
    }
    let count = |is: fn(&Tried) -> bool| tried.iter().filter(|tried| is(tried)).count();
    let (flows, filters) = (count(|tried| tried.flows.is_some()), count(|tried| tried.filters.is_some()));
    let tells = count(|tried| tried.tells);
    println!(
        "{} edits: {flows} go wrong, {filters} for one filter, {tells} plans tell what cannot be avoided",
        seeds.len()
    );
    assert_eq!(flows, 0);
    assert!(filters * one_in <= seeds.len());
    assert!(change == Change::Large || tells * TELLS_ONE_IN <= seeds.len());
}

/// A program in which `b` goes over to a group that opens at the same time to everything: before it is there, `c` must be
/// reached from the old group's rules; once both are, `a` reaches it by rules of which each is only of one side.
fn that_opens(b: &str) -> [String; 2] {
    let program = |rules: &str, group: &str| {
        format!(
            "stack dahak\nregion us-west-2\nnetwork n 10.0.0.0/16 {{\n  subnet lan 10.0.0.0/24 az a\n  \
             defaults {{ type t3.micro; image ami-04681a1dbd79675a5 }}\n  sg g {{ {rules} }}\n  \
             sg h {{ ingress tcp 8080 from 10.0.0.0/16; egress tcp 8080 to 10.0.0.0/16 }}\n  \
             node a in lan {{ sg g }}\n  node {b} in lan {{ sg {group} }}\n  node c in lan {{ sg h }}\n}}\n"
        )
    };
    [program("egress tcp 443 to self", "h"), program("egress all to any", "g")]
}

#[tokio::test(start_paused = true)]
async fn what_no_order_avoids_is_told() {
    for (b, line) in [
        ("b", "\n    n.a reaches n.b on tcp 8080\n"),
        ("b[0..2]", "\n    n.a reaches n.b[0] and 2 like it on tcp 8080\n"),
    ] {
        let [from, to] = that_opens(b);
        let way = way(&from, &to).await;
        let (change, told) = (&way.change, text(&way.change));
        assert!(told.contains("For a moment on the way, by the best order that was found:\n"), "{told}");
        assert!(told.contains(line), "{told}");
        assert_eq!(change.moments.len(), 1, "{told}");
        assert!(vpcc_core::plan::to_json(change).contains(r#""moments":[{"from":"n."#));
        assert!(way.wrongs(Net::flows).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn nodes_that_change_alike_take_a_call_each() {
    let few = [("a[0..1]", "a[0..5]"), ("b[0..1]", "b[0..4]"), ("ingress tcp 8080, 3000 from self; ", "")];
    let many = |edits: &[(&str, &str)]| edited(GROUPS, &[&few, edits].concat());
    let (from, to) = (many(&[]), many(&[("sg web }", "sg spare }"), ("5432 from web", "5432 from spare")]));
    let way = way(&from, &to).await;
    let change = &way.change;
    assert_eq!(change.steps.iter().filter(|step| step.kind.joins.is_some()).count(), 6);
    assert_eq!(change.calls(), 8, "{}", text(change));
    assert!(way.wrongs(Net::open).is_empty());
}

#[test]
fn generated_edits_lay_nothing_open_and_cut_nothing_off_but_what_is_told() {
    try_generated("generated_edits_lay", Change::OneTurn, |_| true, 100);
}

#[test]
fn generated_edits_of_anything_do_neither() {
    try_generated("generated_edits_of_anything", Change::Anything, |wrong| wrong.starts_with("cut"), 100);
}

#[test]
fn generated_edits_of_ranges_do_neither() {
    try_generated("generated_edits_of_ranges", Change::Ranges, |wrong| wrong.starts_with("cut"), 50);
}

/// Here filters by themselves don't count: nearly every such edit has one that another one makes up for.
#[test]
fn generated_edits_of_large_networks_do_neither() {
    try_generated("generated_edits_of_large", Change::Large, |_| false, 1);
}
