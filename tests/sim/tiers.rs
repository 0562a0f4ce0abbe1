//! What lives in several zones and tiers: one that comes, goes or changes its place in the text leaves the others alone.

use super::embedded::{apply, is_empty, plan, text};
use super::programs::{edited, of};
use vpcc_core::plan::{Action, Plan};
use vpcc_runtime::sim::Sim;

const THREE_TIERS: &str = include_str!("../../examples/three-tiers.vpc");
const ONE_NAT: &str = include_str!("../../examples/one-nat.vpc");
const TIERS: [&str; 3] = ["web 10.20.0.0/18", "app 10.20.64.0/18", "data 10.20.128.0/18"];
/// The tier of databases, statement by statement.
const DATABASES: [&str; 3] = [
    "  subnet data 10.20.128.0/18 across a, b, c each /20\n",
    "  sg storing \"The databases\" {\n    ingress tcp 5432 from serving \"queries\"\n    egress none\n  }\n",
    "  node db in data at .10 {\n    type  t3.micro\n    image ami-04681a1dbd79675a5\n    sg    storing\n  }\n",
];
const CACHES: &str = r#"
  subnet cache 10.20.192.0/18 across a, b, c each /20

  sg keeping "Caches" { ingress tcp 6379 from serving }

  node cache-node in cache at .10 { sg keeping; type t3.micro; image ami-04681a1dbd79675a5 }

  sg serving"#;

/// An example with other zones for some of its tiers. A rule that names a tier speaks of all its zones, and follows them:
/// it is given the whole block instead.
fn across(example: &str, tiers: &[&str], zones: &str) -> String {
    let edits: Vec<(String, String)> = tiers
        .iter()
        .map(|tier| (format!("subnet {tier} across a, b, c"), format!("subnet {tier} across {zones}")))
        .collect();
    let edits: Vec<(&str, &str)> = edits.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    edited(&example.replace("from web \"requests\"", "from 10.20.0.0/18 \"requests\""), &edits)
}

/// The plan from one program to another, which is then carried out, re-planned, and taken back.
async fn change(from: &str, to: &str) -> Plan {
    let sim = Sim::new();
    apply(&sim, Some(from)).await;
    let plan_of_change = apply(&sim, Some(to)).await;
    assert!(plan(&sim, Some(to)).await.is_empty(), "{to}");
    apply(&sim, Some(from)).await;
    assert!(plan(&sim, Some(from)).await.is_empty(), "{from}");
    apply(&sim, None).await;
    is_empty(&sim);
    plan_of_change
}

/// Asserts that a plan does one thing, and that to what `changes` says alone.
#[track_caller]
fn only(plan: &Plan, action: Action, changes: impl Fn(&str) -> bool) {
    let touched = of(plan, action);
    assert!(!touched.is_empty() && touched.len() == plan.steps.len(), "{}", text(plan));
    assert!(touched.iter().all(|address| changes(address)), "{}", text(plan));
}

fn in_zone(zone: char) -> impl Fn(&str) -> bool {
    move |address| address.contains(&format!("[{zone}]")) || address.contains(&format!("[{zone},"))
}

/// The lists of zones that can change alone: where each zone has a NAT gateway, `app` needs the zones of `web`.
fn lists() -> Vec<(&'static str, Vec<&'static str>)> {
    let [web, app, data] = TIERS;
    let mut lists: Vec<_> = TIERS.map(|tier| (ONE_NAT, vec![tier])).into();
    lists.extend([(THREE_TIERS, vec![web, app]), (THREE_TIERS, vec![data]), (THREE_TIERS, TIERS.to_vec())]);
    lists
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_is_added_to_any_list_leaves_the_others_alone() {
    for (example, tiers) in lists() {
        let before = across(example, &tiers, "a, b, c");
        for zones in ["a, b, c, d", "d, a, b, c", "c, d, a, b"] {
            only(&change(&before, &across(example, &tiers, zones)).await, Action::Create, in_zone('d'));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_is_taken_from_any_list_leaves_the_others_alone() {
    for (example, tiers) in lists() {
        let before = across(example, &tiers, "a, b, c");
        // The only NAT gateway stands in zone a.
        for (zones, gone) in [("a, c", 'b'), ("a, b", 'c'), ("b, a", 'c')] {
            only(&change(&before, &across(example, &tiers, zones)).await, Action::Delete, in_zone(gone));
        }
    }
    let all = across(THREE_TIERS, &TIERS, "b, c");
    only(&change(&across(THREE_TIERS, &[], ""), &all).await, Action::Delete, in_zone('a'));
}

#[tokio::test(start_paused = true)]
async fn the_order_of_the_zones_in_any_list_changes_nothing() {
    for (example, tiers) in lists() {
        let sim = Sim::new();
        apply(&sim, Some(&across(example, &tiers, "a, b, c"))).await;
        for zones in ["a, c, b", "b, a, c", "b, c, a", "c, a, b", "c, b, a"] {
            let plan = plan(&sim, Some(&across(example, &tiers, zones))).await;
            assert!(plan.is_empty(), "{}", text(&plan));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_tier_that_is_added_or_taken_away_leaves_the_others_alone() {
    for example in [THREE_TIERS, ONE_NAT] {
        let three = edited(example, &[]);
        let four = edited(example, &[("\n  sg serving", CACHES)]);
        let new = |address: &str| ["shop.cache", "shop.keeping"].iter().any(|name| address.starts_with(name));
        only(&change(&three, &four).await, Action::Create, new);
        only(&change(&four, &three).await, Action::Delete, new);
    }
    let two = edited(ONE_NAT, &DATABASES.map(|statement| (statement, "")));
    let gone = |address: &str| ["shop.data", "shop.storing", "shop.db"].iter().any(|name| address.starts_with(name));
    only(&change(&edited(ONE_NAT, &[]), &two).await, Action::Delete, gone);
}
