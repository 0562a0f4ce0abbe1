//! What ties a program to what lives: zones, former names, `keep`, modules, and things that are only used.

use super::embedded::{apply, is_empty, plan, text, wanted};
use super::programs::of;
use vpcc_core::call::{Call, map};
use vpcc_core::plan::{Action, Plan};
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

/// A network with zoned subnets, IPv6 and further blocks.
pub const ZONES: &str = r#"
stack dahak
region us-west-2
network cluster 10.117.0.0/16 {
  ipv6
  cidr 10.118.0.0/16
  gateway igw internet
  subnet pub 10.117.0.0/20 across a, b each /24 { public; ipv6 0; route any via igw }
  subnet app 10.117.16.0/20 across a, b each /22
  subnet back 10.117.128.0/24 az a { ipv6 8; route 0.0.0.0/0 via igw }
  sg http { ingress tcp 443 from any }
  node web[0..1] in pub at .10 { type t3.micro; image ami-04681a1dbd79675a5; sg http }
  node worker in app at .1.0 { type t3.micro; image ami-04681a1dbd79675a5; sg http }
}
"#;

fn edited(program: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(program.to_owned(), |program, (from, to)| {
        assert!(program.contains(from), "no {from:?} in\n{program}");
        program.replace(from, to)
    })
}

fn touched(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| step.address.to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_order_of_zones_means_nothing() {
    let sim = Sim::new();
    apply(&sim, Some(ZONES)).await;
    let reordered = edited(ZONES, &[("across a, b each", "across b, a each")]);
    assert_eq!(text(&plan(&sim, Some(&reordered)).await), text(&plan(&sim, Some(ZONES)).await));
    assert!(plan(&sim, Some(&reordered)).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_comes_or_goes_changes_nothing_in_the_others() {
    let sim = Sim::new();
    apply(&sim, Some(ZONES)).await;
    for more in ["across a, b, c each", "across c, a, b each", "across b, d, a each"] {
        let plan = plan(&sim, Some(&edited(ZONES, &[("across a, b each", more)]))).await;
        let of_others = |address: &String| !address.contains("[c") && !address.contains("[d");
        assert!(!plan.is_empty() && !touched(&plan).iter().any(of_others), "{}", text(&plan));
        assert_eq!(of(&plan, Action::Create), touched(&plan), "{}", text(&plan));
    }
    let fewer = plan(&sim, Some(&edited(ZONES, &[("across a, b each", "across b each")]))).await;
    assert!(touched(&fewer).iter().all(|address| address.contains("[a")), "{}", text(&fewer));
    assert_eq!(of(&fewer, Action::Delete), touched(&fewer));
}

#[tokio::test(start_paused = true)]
async fn a_tier_that_comes_changes_nothing_in_the_others() {
    let sim = Sim::new();
    apply(&sim, Some(ZONES)).await;
    let tier = "  subnet data 10.117.32.0/20 across a, b each /24\n  sg http";
    let plan = plan(&sim, Some(&edited(ZONES, &[("  sg http", tier)]))).await;
    assert_eq!(touched(&plan), ["cluster.data[a]", "cluster.data[b]"]);
}

#[tokio::test(start_paused = true)]
async fn what_has_a_new_name_keeps_its_id() {
    let sim = Sim::new();
    apply(&sim, Some(ZONES)).await;
    let before = sim.snapshot();
    let renamed = edited(
        ZONES,
        &[
            ("network cluster", "network net was cluster"),
            ("subnet pub 10", "subnet front was pub 10"),
            ("in pub at", "in front at"),
            ("sg http {", "sg front-door was http {"),
            ("sg http }", "sg front-door }"),
            ("node web[0..1]", "node server[0..1] was web"),
            ("gateway igw internet", "gateway out was igw internet"),
            ("via igw", "via out"),
        ],
    );
    let plan_of_names = plan(&sim, Some(&renamed)).await;
    assert_eq!(of(&plan_of_names, Action::Update), touched(&plan_of_names), "{}", text(&plan_of_names));
    apply(&sim, Some(&renamed)).await;
    let without_was = ["cluster", "pub", "http", "web", "igw"]
        .iter()
        .fold(renamed, |program, old| program.replace(&format!(" was {old}"), ""));
    let again = plan(&sim, Some(&without_was)).await;
    assert!(again.is_empty(), "{}", text(&again));
    let ids = |snapshot: &serde_json::Value| -> Vec<String> {
        let region = snapshot["us-west-2"].as_object().unwrap().clone();
        region.values().filter_map(serde_json::Value::as_object).flat_map(|things| things.keys().cloned()).collect()
    };
    assert_eq!(ids(&before), ids(&sim.snapshot()));
    apply(&sim, None).await;
    is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn what_is_to_be_kept_stops_a_plan() {
    let sim = Sim::new();
    let kept = edited(ZONES, &[("subnet back 10.117.128.0/24 az a { ", "subnet back 10.117.128.0/24 az a { keep; ")]);
    apply(&sim, Some(&kept)).await;
    let moved = plan(&sim, Some(&edited(&kept, &[("10.117.128.0/24 az a", "10.117.128.0/24 az b")]))).await;
    let refused: Vec<_> = moved.refused.iter().map(|refused| (refused.address.as_str(), refused.action)).collect();
    assert_eq!(refused, [("cluster.back", Action::Replace)]);
    assert!(plan(&sim, Some(&edited(&kept, &[("sg http {", "sg http \"new\" {")]))).await.refused.is_empty());
    let gone = vpcc_core::plan::diff("dahak", "us-west-2", wanted(&kept).gone(), live(&sim).await);
    assert_eq!(gone.refused.len(), 1, "{}", text(&gone));
}

async fn live(sim: &Sim) -> Vec<vpcc_core::kinds::Observed> {
    let stop = tokio::sync::watch::Sender::new(false);
    let patient = vpcc_runtime::Patient::new(sim, stop.subscribe());
    let live = vpcc_runtime::observe(
        &patient,
        "dahak",
        &["us-west-2".into()],
        vpcc_core::kinds::KINDS,
        vpcc_runtime::Leftovers::Always,
    )
    .await;
    live.unwrap().of_stack("dahak")
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_used_twice_makes_two_networks() {
    const STAGES: &str = r#"
stack dahak
region us-west-2
use "modules/stage.vpc" as dev (x = 20, zones = a, office = 203.0.113.0/24)
use "modules/stage.vpc" as prod (x = 30, zones = a, b, nodes = 1, office = 203.0.113.0/24)
"#;
    let sim = Sim::new();
    let plan_of_both = apply(&sim, Some(STAGES)).await;
    let addresses = touched(&plan_of_both);
    for address in ["dev.net", "dev.net.front[a]", "dev.net.web[a,0]", "prod.net.front[b]", "prod.net.web[b,1]"] {
        assert!(addresses.iter().any(|other| other == address), "no {address} in {addresses:?}");
    }
    assert!(plan(&sim, Some(STAGES)).await.is_empty());
    let more = plan(&sim, Some(&edited(STAGES, &[("zones = a, b,", "zones = b, a, c,")]))).await;
    assert!(touched(&more).iter().all(|address| address.starts_with("prod.net.") && address.contains("[c")));
    apply(&sim, None).await;
    is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn what_is_only_used_is_never_changed() {
    let sim = Sim::new();
    let make = async |action, parameters| sim.call("us-west-2", &Call::new(action, parameters)).await.unwrap();
    let vpc = make("CreateVpc", map! { "CidrBlock" => "10.9.0.0/16" }).await;
    let vpc = vpc.map("Vpc").unwrap().text("VpcId").to_owned();
    let subnet = map! { "VpcId" => vpc.as_str(), "CidrBlock" => "10.9.0.0/24", "AvailabilityZone" => "us-west-2a" };
    let subnet = make("CreateSubnet", subnet).await.map("Subnet").unwrap().text("SubnetId").to_owned();
    let group = map! { "VpcId" => vpc.as_str(), "GroupName" => "base", "Description" => "base" };
    let group = make("CreateSecurityGroup", group).await.text("GroupId").to_owned();
    let program = format!(
        "stack dahak\nregion us-west-2\nexisting network shared {vpc} 10.9.0.0/16 {{\n  \
         existing subnet lan {subnet} 10.9.0.0/24 az a\n  existing sg base {group}\n  \
         subnet more 10.9.1.0/24 az b\n  sg own {{ ingress tcp 22 from base, shared }}\n  \
         node web in lan at .10 {{ type t3.micro; image ami-04681a1dbd79675a5; sg base, own }}\n}}\n"
    );
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let before = sim.snapshot();
    let made = apply(&sim, Some(&program)).await;
    assert!(!touched(&made).iter().any(|address| matches!(address.as_str(), "shared" | "shared.lan" | "shared.base")));
    assert!(plan(&sim, Some(&program)).await.is_empty());
    apply(&sim, None).await;
    assert_eq!(before, sim.snapshot());
}
