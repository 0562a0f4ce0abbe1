//! What a look at what lives costs: a few calls for each kind of thing, however many of them there are.

use super::embedded::{STACK, apply, plan, text, wanted};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use vpcc_core::kinds::Kind;
use vpcc_runtime::sim::Sim;

/// Calls for a kind in use, besides further pages.
const PER_KIND: u64 = 3;

/// The attributes of a VPC are told by a call each, and only there.
const OF_ONE_VPC: &str = "DescribeVpcAttribute";

/// Every example, by name, as a program of the tests' stack.
fn examples() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let programs = paths.filter(|path| path.extension().is_some_and(|ending| ending == "vpc"));
    programs
        .map(|path| {
            let program = fs::read_to_string(&path).unwrap();
            let stack = program.lines().find(|line| line.starts_with("stack ")).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, program.replacen(stack, &format!("stack {STACK}"), 1))
        })
        .collect()
}

/// The calls of a plan without changes, by action.
async fn look(program: &str) -> BTreeMap<String, u64> {
    let sim = Sim::new();
    apply(&sim, Some(program)).await;
    let before = sim.counts();
    let again = plan(&sim, Some(program)).await;
    assert!(again.is_empty(), "{program}\nleaves\n{}", text(&again));
    let calls = |(action, count): (String, u64)| {
        let count = count - before.get(&action).copied().unwrap_or(0);
        (count > 0).then_some((action, count))
    };
    sim.counts().into_iter().filter_map(calls).collect()
}

/// The kinds of which a program has something, those that are listed with another one aside.
fn kinds_in_use(program: &str) -> Vec<&'static Kind> {
    let mut kinds: Vec<&'static Kind> = wanted(program).resources.iter().map(|resource| resource.kind).collect();
    kinds.sort_by_key(|kind| kind.rank());
    kinds.dedup_by_key(|kind| kind.rank());
    kinds.retain(|kind| kind.describe.is_some());
    kinds
}

#[tokio::test(start_paused = true)]
async fn a_look_at_any_example_takes_three_calls_a_kind_at_most() {
    for (name, program) in examples() {
        let calls = look(&program).await;
        let in_use = kinds_in_use(&program).len() as u64;
        let vpcs = wanted(&program).resources.iter().filter(|resource| resource.kind.name == "vpc").count() as u64;
        assert!(calls.values().sum::<u64>() <= PER_KIND * in_use, "{name}: {in_use} kinds, {calls:?}");
        for (action, count) in calls {
            let most = if action == OF_ONE_VPC { vpcs } else { PER_KIND };
            assert!(count <= most, "{name}: {count} times {action}");
        }
    }
}

/// A program with so many subnets, groups, tables, ACLs, and nodes with a further disk each in every subnet.
fn sized(tiers: usize, nodes: usize) -> String {
    let mut program = format!("stack {STACK}\nregion us-west-2\nnetwork n 10.0.0.0/16 {{\n  gateway igw internet\n");
    for tier in 0..tiers {
        program += &format!(
            "  subnet s{tier} 10.0.{tier}.0/24 az a {{ public; acl a{tier}; route any via igw }}\n  \
             acl a{tier} {{ 100 allow ingress all from any; 100 allow egress all to any }}\n  \
             sg g{tier} {{ ingress tcp 443 from any }}\n  \
             node m{tier}[1..{nodes}] in s{tier} {{ type t3.micro; image ami-04681a1dbd79675a5; sg g{tier}; \
             disk data 10GiB gp3 }}\n"
        );
    }
    program + "}\n"
}

#[tokio::test(start_paused = true)]
async fn a_look_at_many_things_takes_as_many_calls_as_one_at_few() {
    assert_eq!(look(&sized(2, 2)).await, look(&sized(20, 10)).await);
}
