//! What tests do with programs on the embedded cloud.

use super::embedded::{STACK, apply, is_empty, plan, text};
use vpcc_core::plan::{Action, Plan};
use vpcc_runtime::sim::Sim;

/// An example as a program of the tests' stack.
fn of_stack(example: &str) -> String {
    let line = example.lines().find(|line| line.starts_with("stack ")).unwrap();
    example.replacen(line, &format!("stack {STACK}"), 1)
}

/// A program of the tests' stack, with one text put in place of another.
pub(super) fn edited(example: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(of_stack(example), |program, (from, to)| {
        assert!(program.contains(from), "no {from:?} in\n{program}");
        program.replace(from, to)
    })
}

/// Every program comes to life, changes into every other, and goes away.
pub(super) async fn change_into_each_other(programs: &[String]) {
    for from in programs {
        for to in programs {
            changes_into(from, to).await;
        }
    }
}

/// A program comes to life, changes into another one, stays that one, and goes away.
pub(super) async fn changes_into(from: &str, to: &str) {
    let sim = Sim::new();
    apply(&sim, Some(from)).await;
    apply(&sim, Some(to)).await;
    let again = plan(&sim, Some(to)).await;
    assert!(again.is_empty(), "from\n{from}\nto\n{to}\nleaves\n{}", text(&again));
    apply(&sim, None).await;
    is_empty(&sim);
}

/// The addresses of a plan's steps of one kind, in their order.
pub(super) fn of(plan: &Plan, action: Action) -> Vec<String> {
    plan.steps.iter().filter(|step| step.action == action).map(|step| step.address.to_string()).collect()
}

/// Compares what people are told with the snapshot of that name.
pub(super) fn told(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "../plans", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}
