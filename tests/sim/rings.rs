//! Things that exchange what no two of them can have at a time, and plans in which steps wait for each other.

use super::embedded::{apply, carry_out, is_empty, plan, text};
use std::time::Duration;
use tokio::time::timeout;
use vpcc_runtime::StepEnd;
use vpcc_runtime::sim::Sim;

/// A network with three public subnets, and what is inside it besides.
fn program(inside: &str) -> String {
    format!(
        "stack dahak\nregion us-west-2\nnetwork n 10.0.0.0/16 {{\n  gateway igw internet\n  elastic x\n  elastic y\n  elastic z\n  \
         subnet pub 10.0.0.0/20 across a, b, c each /24 {{ public; route any via igw }}\n  \
         defaults {{ type t3.micro; image ami-04681a1dbd79675a5 }}\n{inside}\n}}\n"
    )
}

/// Programs between which everything changes its place with something else.
fn exchanges() -> Vec<Vec<String>> {
    let gateways = |x: &str, y: &str, z: &str| {
        program(&format!(
            "gateway one nat in pub[a] elastic {x}; gateway two nat in pub[b] elastic {y}
             gateway three nat in pub[c] elastic {z}
             subnet app 10.0.16.0/24 az a {{ route any via one }}; subnet lab 10.0.17.0/24 az b {{ route any via two }}"
        ))
    };
    let nodes = |x: &str, y: &str, z: &str| {
        program(&format!(
            "node one in pub[a] {{ elastic {x} }}; node two in pub[b] {{ elastic {y} }}; node three in pub[c] {{ elastic {z} }}"
        ))
    };
    let addresses = |x: u8, y: u8, z: u8| {
        program(&format!("node one in pub[a] at .{x}; node two in pub[a] at .{y}; node three in pub[a] at .{z}"))
    };
    let subnets = |x: u8, y: u8, z: u8| {
        program(&format!(
            "subnet one 10.0.{x}.0/24 az a; subnet two 10.0.{y}.0/24 az b; subnet three 10.0.{z}.0/24 az c
             node in-one in one; node in-two in two; node in-three in three at .30"
        ))
    };
    // Nothing leads to these, so that nothing has to come between making one and removing the other.
    let alone = |x: &str, y: &str| {
        program(&format!("gateway one nat in pub[a] elastic {x}; gateway two nat in pub[b] elastic {y}"))
    };
    vec![
        vec![alone("x", "y"), alone("y", "x"), alone("y", "z")],
        vec![gateways("x", "y", "z"), gateways("y", "x", "z"), gateways("y", "z", "x")],
        vec![nodes("x", "y", "z"), nodes("y", "x", "z"), nodes("y", "z", "x")],
        vec![addresses(10, 11, 12), addresses(11, 10, 12), addresses(11, 12, 10)],
        vec![subnets(20, 21, 22), subnets(21, 20, 22), subnets(21, 22, 20)],
    ]
}

#[tokio::test(start_paused = true)]
async fn what_changes_places_does_so() {
    for programs in exchanges() {
        for (from, to) in programs.iter().flat_map(|from| programs.iter().map(move |to| (from, to))) {
            let sim = Sim::new();
            apply(&sim, Some(from)).await;
            let change = plan(&sim, Some(to)).await;
            assert!(change.rings().is_empty(), "{}", text(&change));
            timeout(Duration::from_secs(24 * 3600), apply(&sim, Some(to))).await.expect("an end");
            let again = plan(&sim, Some(to)).await;
            assert!(again.is_empty(), "from\n{from}\nto\n{to}\nleaves\n{}", text(&again));
            apply(&sim, None).await;
            is_empty(&sim);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn steps_that_wait_for_each_other_fail_and_the_rest_is_done() {
    let sim = Sim::new();
    let mut ring = plan(&sim, Some(&program("node one in pub[a]; node two in pub[b]; sg alone"))).await;
    let address = |name: &str| ring.steps.iter().find(|step| step.address.as_str() == name).unwrap().address.clone();
    let (one, two) = (address("n.x"), address("n.pub[a]"));
    for (step, need) in [(&one, &two), (&two, &one)] {
        ring.steps.iter_mut().find(|other| other.address == *step).unwrap().needs.push(need.clone());
    }
    assert_eq!(ring.rings(), [&one, &two].into());
    let outcome = timeout(Duration::from_secs(24 * 3600), carry_out(&sim, &ring)).await.expect("an end");
    let end = |name: &str| &outcome.ends.iter().find(|(address, _)| address.as_str() == name).unwrap().1;
    for name in ["n.x", "n.pub[a]"] {
        let told = |message: &str| message.contains("`n.pub[a]`, `n.x`");
        assert!(matches!(end(name), StepEnd::Failed(fault) if told(&fault.message)), "{name}: {:?}", end(name));
    }
    assert!(matches!(end("n.one"), StepEnd::Left(_)), "{:?}", end("n.one"));
    assert_eq!((end("n.two"), end("n.alone")), (&StepEnd::Done, &StepEnd::Done));
}
