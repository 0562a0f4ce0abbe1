//! Images that are named by a pattern.

use super::embedded::{apply, carry_out, is_empty, plan, plan_with, text};
use super::programs::of;
use vpcc_core::plan::{Action, Images};
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::{Image, Sim};

const PATTERN: &str = r#"
stack dahak
region us-west-2
network n 10.0.0.0/16 {
  subnet lan 10.0.0.0/24 az a
  node web[0..1] in lan at .10 { type t3.micro; image "base-*" by amazon }
}
"#;

fn image(digit: char, created: &str) -> Image {
    let id = format!("ami-{}", digit.to_string().repeat(17));
    Image { created: created.to_owned(), ..Image::new(id, format!("base-{digit}")) }
}

fn old() -> Image {
    image('1', "2026-01-01T00:00:00.000Z")
}

fn new() -> Image {
    image('2', "2026-02-01T00:00:00.000Z")
}

/// The images of the instances that live.
async fn launched(sim: &Sim) -> Vec<String> {
    let call = vpcc_core::call::Call::new("DescribeInstances", vpcc_core::call::Map::new());
    let answer = sim.call("us-west-2", &call).await.unwrap();
    let lists = answer.list("Reservations").iter().filter_map(|item| item.as_map());
    let items = lists.flat_map(|item| item.list("Instances").iter().filter_map(|item| item.as_map()));
    let living = items.filter(|item| item.map("State").is_some_and(|state| state.text("Name") == "running"));
    let mut images: Vec<String> = living.map(|item| item.text("ImageId").to_owned()).collect();
    images.sort();
    images
}

#[tokio::test(start_paused = true)]
async fn nodes_are_launched_from_the_newest_image_and_keep_it() {
    let sim = Sim::new().with_images(vec![old()]);
    let first = apply(&sim, Some(PATTERN)).await;
    assert!(text(&first).contains("image amazon:base-* is ami-11111111111111111, base-1"), "{}", text(&first));
    let sim = sim.with_images(vec![old(), new()]);
    assert!(plan(&sim, Some(PATTERN)).await.is_empty());
    assert_eq!(launched(&sim).await, [old().id, old().id]);

    let refreshed = plan_with(&sim, Some(PATTERN), Images::Refreshed).await;
    assert_eq!(of(&refreshed, Action::Replace), ["n.web[0]", "n.web[1]"]);
    let told = text(&refreshed);
    assert!(told.contains("ami-11111111111111111 → ami-22222222222222222"), "{told}");
    assert!(carry_out(&sim, &refreshed).await.is_complete());
    assert_eq!(launched(&sim).await, [new().id, new().id]);
    assert!(plan_with(&sim, Some(PATTERN), Images::Refreshed).await.is_empty());
    apply(&sim, None).await;
    is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_made_anew_for_another_reason_keeps_its_image() {
    let sim = Sim::new().with_images(vec![old()]);
    apply(&sim, Some(PATTERN)).await;
    let sim = sim.with_images(vec![old(), new()]);
    apply(&sim, Some(&PATTERN.replace("at .10", "at .20"))).await;
    assert_eq!(launched(&sim).await, [old().id, old().id]);
}

#[tokio::test(start_paused = true)]
async fn naming_the_same_image_otherwise_replaces_nothing() {
    let sim = Sim::new().with_images(vec![old(), new()]);
    apply(&sim, Some(PATTERN)).await;
    let by_id = PATTERN.replace("\"base-*\" by amazon", &new().id);
    let other = PATTERN.replace("base-*", "bas*");
    for program in [&by_id, &other, &by_id, PATTERN] {
        let step = apply(&sim, Some(program)).await;
        assert_eq!(of(&step, Action::Update), ["n.web[0]", "n.web[1]"], "{}", text(&step));
        assert_eq!(step.steps.len(), 2);
        assert!(plan(&sim, Some(program)).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn another_pattern_with_another_image_replaces() {
    let sim = Sim::new().with_images(vec![old(), new()]);
    apply(&sim, Some(PATTERN)).await;
    let step = apply(&sim, Some(&PATTERN.replace("base-*", "base-1"))).await;
    assert_eq!(of(&step, Action::Replace), ["n.web[0]", "n.web[1]"], "{}", text(&step));
    assert_eq!(launched(&sim).await, [old().id, old().id]);
}
