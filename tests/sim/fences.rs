//! Network ACLs on the embedded cloud.

use super::embedded::{apply, plan, text};
use super::programs::{change_into_each_other, edited, told};
use vpcc_core::call::{Call, Map, Value};
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

const ACLS: &str = include_str!("../../examples/acls.vpc");
const LOCKDOWN: &str = include_str!("../../examples/lockdown.vpc");

#[tokio::test(start_paused = true)]
async fn acls_change_into_each_other() {
    let acls = |edits: &[(&str, &str)]| edited(ACLS, edits);
    change_into_each_other(&[
        acls(&[]),
        acls(&[("    acl edge\n", "")]),
        acls(&[("    acl edge\n", "    acl inner\n")]),
        acls(&[("acl edge", "acl outer")]),
        acls(&[("    acl edge\n", ""), ("acl inner }", "}"), ("  acl inner {", "  acl unused {")]),
        acls(&[("110 allow ingress", "115 allow ingress"), ("90  deny  egress", "95  deny  egress")]),
        acls(&[("100 allow ingress tcp 443", "100 deny ingress udp 443"), ("tier \"web\"", "tier \"front\"")]),
        acls(&[("10.40.", "10.41.")]),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn changed_entries_are_told_in_these_words() {
    let sim = Sim::new();
    let program = edited(ACLS, &[]);
    apply(&sim, Some(&program)).await;
    let changed = edited(
        ACLS,
        &[
            ("110 allow ingress tcp 80", "110 deny ingress tcp 80"),
            ("    120 allow ingress tcp 22         from office\n", ""),
        ],
    );
    told("changed-acls", &text(&plan(&sim, Some(&changed)).await));
}

/// Networks that say in all sorts of ways how what they come with is to be.
fn with_defaults() -> Vec<String> {
    let lockdown = |edits: &[(&str, &str)]| edited(LOCKDOWN, edits);
    let group = "sg default { ingress tcp 443 from guards; ingress all from self; egress tcp 443 to keepers }";
    let acl =
        "acl default { 90 deny ingress tcp 22 from any; 100 allow ingress all from any; 100 allow egress all to any }";
    vec![
        lockdown(&[]),
        lockdown(&[("  lockdown\n", ""), ("{ acl inside }", ""), ("acl inside {", "acl unused {")]),
        lockdown(&[("  lockdown\n", group)]),
        lockdown(&[("  lockdown\n", acl), ("{ acl inside }", "{ acl default }"), ("acl inside {", "acl unused {")]),
        lockdown(&[("  lockdown\n", &format!("{group}\n{acl}\ntags {{ owner \"me\" }}\n"))]),
        lockdown(&[
            ("  lockdown\n", "sg default { }"),
            ("{ sg guards }", ""),
            ("{ sg keepers }", "{ sg default, keepers }"),
        ]),
        lockdown(&[("  lockdown\n", "  ipv6\n  lockdown\n")]),
        lockdown(&[(
            "  lockdown\n",
            &format!(
                "  ipv6\n{group}\nacl default {{ 100 deny ingress tcp 22 from any; 101 allow egress all to ::/0 }}\n"
            ),
        )]),
        lockdown(&[("  lockdown\n", "  ipv6\n"), ("{ acl inside }", ""), ("acl inside {", "acl unused {")]),
        lockdown(&[("10.60.", "10.61.")]),
        lockdown(&[("10.60.", "10.61."), ("  lockdown\n", group)]),
        lockdown(&[("network vault", "network safe was vault")]),
        "stack dahak\nregion us-west-2\n".to_owned(),
    ]
}

#[tokio::test(start_paused = true)]
async fn what_networks_come_with_changes_and_is_given_back() {
    change_into_each_other(&with_defaults()).await;
}

/// A value with its lists in an order that does not depend on how they came about.
fn sorted(value: Value) -> Value {
    match value {
        Value::List(list) => {
            let mut list: Vec<Value> = list.into_iter().map(sorted).collect();
            list.sort_by_key(|value| format!("{value:?}"));
            list.into()
        }
        Value::Map(mut map) => {
            map.values_mut().for_each(|value| *value = sorted(value.clone()));
            map.into()
        }
        value => value,
    }
}

/// What the VPCs in a cloud came with, as it is now.
async fn defaults(sim: &Sim) -> Vec<Value> {
    let mut all = Vec::new();
    for (action, name, value, list) in [
        ("DescribeNetworkAcls", "default", "true", "NetworkAcls"),
        ("DescribeSecurityGroups", "group-name", "default", "SecurityGroups"),
    ] {
        let filters = [Map::new().with("Name", name).with("Values", [value])];
        let answer = sim.call("us-west-2", &Call::new(action, Map::new().with("Filters", filters))).await.unwrap();
        let mut items: Vec<Map> = answer.list(list).iter().filter_map(Value::as_map).cloned().collect();
        // Every association is a new one.
        items.iter_mut().for_each(|item| drop(item.remove("Associations")));
        all.push(sorted(items.into()));
    }
    all
}

#[tokio::test(start_paused = true)]
async fn what_a_network_comes_with_is_given_back_as_it_was() {
    let plain = &with_defaults()[1];
    for program in with_defaults().iter().take(6) {
        let sim = Sim::new();
        apply(&sim, Some(plain)).await;
        let before = defaults(&sim).await;
        apply(&sim, Some(program)).await;
        apply(&sim, Some(plain)).await;
        assert_eq!(before, defaults(&sim).await, "{program}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lockdown_is_told_in_these_words() {
    let programs = with_defaults();
    let sim = Sim::new();
    let fresh = text(&plan(&sim, Some(&programs[0])).await);
    apply(&sim, Some(&programs[1])).await;
    let on = text(&plan(&sim, Some(&programs[0])).await);
    apply(&sim, Some(&programs[0])).await;
    let off = text(&plan(&sim, Some(&programs[1])).await);
    let gone = text(&plan(&sim, None).await);
    told("lockdown", &format!("{fresh}\n{on}\n{off}\n{gone}"));
}
