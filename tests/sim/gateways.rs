//! Gateways, their addresses, and routes on the embedded cloud: programs come to life, change to each other, and go away.

use super::embedded::{apply, text};
use super::programs::{change_into_each_other, of};
use vpcc_core::plan::Action;
use vpcc_runtime::sim::Sim;

/// What stands in every one of the programs, and what is in its network besides.
fn program(inside: &str) -> String {
    format!(
        "stack dahak\nregion us-west-2\nnetwork n 10.0.0.0/16 {{\n  ipv6\n  gateway igw internet\n  \
         subnet pub 10.0.0.0/24 az a {{ public; route any via igw }}\n  \
         defaults {{ type t3.micro; image ami-04681a1dbd79675a5 }}\n{inside}\n}}\n"
    )
}

/// Programs of one stack, each a small or large step from the others.
fn programs() -> Vec<String> {
    let inside = [
        "",
        "gateway out nat in pub; subnet app 10.0.1.0/24 az a { route any via out }; node a in app at .10",
        "elastic door; gateway out nat in pub elastic door; subnet app 10.0.1.0/24 az a { route any via out }",
        "elastic door; gateway gate nat in pub elastic door; subnet app 10.0.1.0/24 az a { route any via gate }",
        "elastic door; subnet two 10.0.2.0/24 az b { route any via igw }; gateway out nat in two elastic door
         subnet app 10.0.1.0/24 az a { route any via out }",
        "subnet two 10.0.2.0/25 az b { route any via igw }; gateway out nat in two
         subnet app 10.0.1.0/24 az a { route any via out }; node a in app at .10",
        "subnet two 10.0.2.0/24 az b { route any via igw }; gateway out nat in two
         subnet app 10.0.1.0/24 az a { route any via out }; node a in app at .10",
        "elastic door; node a in pub at .10 { elastic door }; elastic spare; node b in pub at .20 { elastic spare }",
        "elastic door; node a in pub at .11 { elastic door }; elastic spare; node b in pub at .20",
        "elastic door; node a in pub at .10; node b in pub at .20 { elastic door }",
        "elastic door; subnet app 10.0.1.0/24 az a { route 0.0.0.0/0 via fw }; node fw in pub at .10 { elastic door }",
        "subnet app 10.0.1.0/24 az a { route 0.0.0.0/0 via fw[1] }; node fw[0..1] in pub at .10",
        "subnet app 10.0.1.0/24 az a { route 0.0.0.0/0 via fw[1] }; node fw[0..1] in pub at .20",
        "gateway only egress; gateway out nat in pub
         subnet six 10.0.3.0/24 az a { ipv6 1; route 0.0.0.0/0 via out; route ::/0 via only }",
        "gateway vgw vpn; customer hq 203.0.113.9 asn 65112; vpn link vgw to hq
         subnet app 10.0.1.0/24 az a { propagate vgw; route 192.168.0.0/16 via vgw }",
        "gateway vgw vpn asn 64600; customer hq 203.0.113.9 asn 65113; vpn link vgw to hq
         routes far { propagate vgw }; subnet app 10.0.1.0/24 az a { routes far }",
        "gateway out nat in web; subnet web 10.0.16.0/20 across a, b each /24 { public; route any via igw }
         subnet app 10.0.32.0/20 across a, b each /24 { route any via out }; node a in app at .10",
        "gateway out nat in web; subnet web 10.0.16.0/20 across b, c each /24 { public; route any via igw }
         subnet app 10.0.32.0/20 across b, c each /24 { route any via out }; node a in app at .10",
        "gateway out nat in web[a]; subnet web 10.0.16.0/20 across a, b each /24 { public; route any via igw }
         subnet app 10.0.32.0/20 across a, b each /24 { route any via out }; node a in app at .10",
    ];
    let mut programs: Vec<String> = inside.iter().map(|inside| program(inside)).collect();
    // The network itself is another one, and everything in it.
    programs.push(programs[1].replace("10.0.", "10.1."));
    programs.push(programs[14].replace("10.0.", "10.1."));
    programs
}

#[tokio::test(start_paused = true)]
async fn every_program_changes_into_every_other_and_goes_away() {
    change_into_each_other(&programs()).await;
}

#[tokio::test(start_paused = true)]
async fn a_zone_more_changes_nothing_for_the_others() {
    let sim = Sim::new();
    let two = program(
        "gateway out nat in web; subnet web 10.0.16.0/20 across a, b each /24 { public; route any via igw }
         subnet app 10.0.32.0/20 across a, b each /24 { route any via out }",
    );
    let three = two.replace("across a, b", "across a, b, c");
    apply(&sim, Some(&two)).await;
    let plan = apply(&sim, Some(&three)).await;
    assert_eq!(of(&plan, Action::Update).len() + of(&plan, Action::Replace).len() + of(&plan, Action::Delete).len(), 0);
    let made = of(&plan, Action::Create);
    assert!(made.iter().all(|address| address.contains("[c]")), "{made:?}");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_moves_keeps_its_address() {
    let sim = Sim::new();
    let inside = "subnet two 10.0.2.0/24 az b { route any via igw }; gateway out nat in pub
                  subnet app 10.0.1.0/24 az a { route any via out }";
    apply(&sim, Some(&program(inside))).await;
    let plan = apply(&sim, Some(&program(&inside.replace("nat in pub", "nat in two")))).await;
    assert_eq!(of(&plan, Action::Replace), ["n.out"]);
    assert_eq!(of(&plan, Action::Update), ["n.app/table/routes"]);
    assert_eq!(plan.steps.len(), 2, "{}", text(&plan));
}

/// A network with one or two more, and what joins them.
fn peered(left: &str, right: &str, peers: &str) -> String {
    format!(
        "stack dahak\nregion us-west-2\nnetwork hub 10.0.0.0/16 {{\n  {left}\n}}\n\
         network spoke 10.1.0.0/16 {{\n  sg work\n  {right}\n}}\n{peers}\n"
    )
}

#[tokio::test(start_paused = true)]
async fn networks_become_peers_and_part_again() {
    let (near, far) =
        ("subnet a 10.0.0.0/24 az a { route spoke via link }", "subnet a 10.1.0.0/24 az a { route hub via link }");
    let rule = "sg base { ingress tcp 22 from spoke.work }";
    let with_rule = format!("{near}\n  {rule}");
    change_into_each_other(&[
        peered("", "", ""),
        peered(near, far, "peer link hub, spoke"),
        peered(&with_rule, far, "peer link hub, spoke"),
        peered(near, far, "peer link spoke, hub"),
        peered(&near.replace("link", "bond"), &far.replace("link", "bond"), "peer bond hub, spoke"),
        peered(near, far, "peer link hub, spoke").replace("10.1.", "10.2."),
        peered(
            "subnet a 10.0.0.0/24 az a { route 10.9.0.0/16 via out }",
            "",
            "peer out hub to \"vpc-0123456789abcdef0\" account 210987654321",
        ),
    ])
    .await;
}
