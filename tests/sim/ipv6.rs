//! IPv6 on the embedded cloud: names that stand for blocks which Amazon chooses, and nodes that come to have addresses.

use super::embedded::{apply, is_empty, plan, text};
use super::programs::{change_into_each_other, edited, of};
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::plan::Action;
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

/// Two networks that speak of their own and of each other's blocks wherever one can.
const NAMES: &str = r#"
stack dahak
region us-west-2
peer link left, right
network left 10.1.0.0/16 {
  ipv6
  lockdown
  subnet lan 10.1.0.0/24 az a { ipv6 3; route right via link; acl edge }
  subnet two 10.1.16.0/20 across a, b each /24 { ipv6 16; acl edge }
  acl edge {
    100 allow ingress tcp 22 from lan
    110 allow ingress tcp 1024-65535 from right.lan
    120 deny ingress icmpv6 from lan
    100 allow egress tcp 1024-65535 to left
    110 allow egress tcp 22 to right.lan
  }
  sg web { ingress tcp 80 from lan, two, right; ingress tcp 22 from two[b] "ssh"; egress tcp 443 to left }
  node one in lan at .10 { type t3.micro; image ami-04681a1dbd79675a5; sg web }
}
network right 10.2.0.0/16 {
  ipv6
  routes main { route left via link; route left.lan via fw }
  subnet lan 10.2.0.0/24 az a { ipv6 0 }
  sg default { ingress tcp 22 from left, right }
  node fw in lan at .10 { type t3.micro; image ami-04681a1dbd79675a5 }
}
"#;

/// A network in which nodes live without IPv6, and the same with it.
const BEFORE: &str = r#"
stack dahak
region us-west-2
network n 10.1.0.0/16 {
  gateway igw internet
  subnet lan 10.1.0.0/24 az a { public; route any via igw }
  node web[0..1] in lan { type t3.micro; image ami-04681a1dbd79675a5 }
}
"#;

fn after() -> String {
    edited(BEFORE, &[("  gateway", "  ipv6\n  gateway"), ("az a { public", "az a { ipv6 0; public")])
}

/// What an action lists.
async fn listed(sim: &Sim, action: &'static str, list: &str) -> Vec<Map> {
    let answer = sim.call("us-west-2", &Call::new(action, Map::new())).await.unwrap();
    answer.list(list).iter().filter_map(Value::as_map).cloned().collect()
}

fn member<'m>(maps: &'m [Map], tag: &str) -> &'m Map {
    let is = |map: &&Map| {
        let tags = map.list("Tags").iter().filter_map(Value::as_map);
        tags.clone().any(|found| found.text("Key") == "vpcc:address" && found.text("Value") == tag)
    };
    maps.iter().find(is).unwrap()
}

/// All texts of a member, wherever they are in what was listed.
fn texts(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::List(list) => list.iter().for_each(|value| texts(value, name, found)),
        Value::Map(map) => map.iter().for_each(|(key, value)| match value.as_text() {
            Some(text) if key == name => found.push(text.to_owned()),
            _ => texts(value, name, found),
        }),
        _ => {}
    }
}

fn sorted(value: impl Into<Value>, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    texts(&value.into(), name, &mut found);
    found.sort();
    found
}

/// The start of a network's block, which ends in two zeros: `2600:1f00:0:1`.
async fn start(sim: &Sim, network: &str) -> String {
    let vpcs = listed(sim, "DescribeVpcs", "Vpcs").await;
    let block = sorted(member(&vpcs, network).clone(), "Ipv6CidrBlock").remove(0);
    block.strip_suffix("00::/56").unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn names_stand_for_ipv6_blocks_too() {
    let sim = Sim::new();
    apply(&sim, Some(NAMES)).await;
    let (left, right) = (start(&sim, "left").await, start(&sim, "right").await);
    let groups = listed(&sim, "DescribeSecurityGroups", "SecurityGroups").await;
    let mut peers =
        vec![format!("{left}03::/64"), format!("{left}10::/64"), format!("{left}11::/64"), format!("{right}00::/56")];
    peers.extend([format!("{left}11::/64"), format!("{left}00::/56")]);
    peers.sort();
    assert_eq!(sorted(member(&groups, "left.web").clone(), "CidrIpv6"), peers);
    let mut both = vec![format!("{left}00::/56"), format!("{right}00::/56")];
    both.extend((!sorted(member(&groups, "right/default-sg").clone(), "CidrIpv6").is_empty()).then(|| "::/0".into()));
    both.sort();
    assert_eq!(sorted(member(&groups, "right/default-sg").clone(), "CidrIpv6"), both);
    let acls = listed(&sim, "DescribeNetworkAcls", "NetworkAcls").await;
    let mut entries = vec![format!("{left}03::/64"), format!("{right}00::/64"), format!("{left}03::/64")];
    entries.extend([format!("{left}00::/56"), format!("{right}00::/64"), "::/0".into(), "::/0".into()]);
    entries.sort();
    assert_eq!(sorted(member(&acls, "left.edge").clone(), "Ipv6CidrBlock"), entries);
    let tables = listed(&sim, "DescribeRouteTables", "RouteTables").await;
    let destinations = sorted(member(&tables, "left.lan/table").clone(), "DestinationIpv6CidrBlock");
    assert!(destinations.contains(&format!("{right}00::/56")), "{destinations:?}");
    assert!(plan(&sim, Some(NAMES)).await.is_empty());
    let literal = NAMES.replace("from lan, two, right", &format!("from 10.1.0.0/24, {left}03::/64, two, right"));
    let same = plan(&sim, Some(&literal)).await;
    assert!(same.is_empty(), "{}", text(&same));
    apply(&sim, None).await;
    is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn programs_with_and_without_ipv6_change_into_each_other() {
    let without = NAMES.replace("  ipv6\n", "").replace("ipv6 3; ", "").replace("ipv6 16; ", "").replace("ipv6 0", "");
    let without = edited(&without, &[("    120 deny ingress icmpv6 from lan\n", "")]);
    change_into_each_other(&[
        NAMES.to_owned(),
        without,
        edited(NAMES, &[("ipv6 3", "ipv6 4")]),
        edited(NAMES, &[("10.1.0.0/16", "10.3.0.0/16"), ("10.1.0.0/24", "10.3.0.0/24"), ("10.1.16.0", "10.3.16.0")]),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn nodes_get_addresses_when_their_subnet_gets_a_block() {
    let sim = Sim::new();
    apply(&sim, Some(BEFORE)).await;
    let ids = sorted(listed(&sim, "DescribeInstances", "Reservations").await, "InstanceId");
    let gained = apply(&sim, Some(&after())).await;
    assert!(of(&gained, Action::Replace).is_empty(), "{}", text(&gained));
    assert!(of(&gained, Action::Update).contains(&"n.web[0]".to_owned()), "{}", text(&gained));
    let reservations = listed(&sim, "DescribeInstances", "Reservations").await;
    assert_eq!(sorted(reservations.clone(), "InstanceId"), ids);
    assert_eq!(reservations.len(), 2);
    let block = format!("{}00:", start(&sim, "n").await);
    for reservation in reservations {
        let own = sorted(reservation, "Ipv6Address");
        assert!(!own.is_empty() && own.iter().all(|address| address.starts_with(&block)), "{own:?}");
    }
    assert!(plan(&sim, Some(&after())).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_loses_ipv6_is_made_anew() {
    let sim = Sim::new();
    apply(&sim, Some(&after())).await;
    let lost = apply(&sim, Some(BEFORE)).await;
    assert_eq!(of(&lost, Action::Replace), ["n.lan", "n.web[0]", "n.web[1]"], "{}", text(&lost));
    assert!(plan(&sim, Some(BEFORE)).await.is_empty());
    apply(&sim, None).await;
    is_empty(&sim);
}
