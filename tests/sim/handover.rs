//! What is replaced hands its Elastic IP on, and what others lead to stands before what they led to goes.

use super::embedded::{apply, carry_out, plan, text};
use std::sync::Mutex;
use vpcc_core::call::{Call, Map, Value};
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Answer, Cloud};

/// A network with a public subnet in two zones, and what is in it besides.
fn program(inside: &str) -> String {
    format!(
        "stack dahak\nregion us-west-2\nnetwork n 10.0.0.0/16 {{\n  gateway igw internet\n  \
         subnet pub 10.0.0.0/24 az a {{ public; route any via igw }}\n  \
         subnet two 10.0.2.0/24 az b {{ public; route any via igw }}\n  \
         defaults {{ type t3.micro; image ami-04681a1dbd79675a5 }}\n{inside}\n}}\n"
    )
}

/// A cloud of which every changing call is kept, with the Elastic IPs that there are after it.
struct Recorded<'s> {
    sim: &'s Sim,
    calls: Mutex<Vec<(Call, Vec<Map>)>>,
}

async fn elastic_ips(sim: &Sim) -> Vec<Map> {
    let answer = sim.call("us-west-2", &Call::new("DescribeAddresses", Map::new())).await.unwrap();
    answer.list("Addresses").iter().filter_map(Value::as_map).cloned().collect()
}

impl Cloud for Recorded<'_> {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move {
            let answer = self.sim.call(region, call).await;
            if !call.reads() {
                let addresses = elastic_ips(self.sim).await;
                self.calls.lock().unwrap().push((call.clone(), addresses));
            }
            answer
        })
    }

    fn throttles(&self) -> bool {
        false
    }
}

/// The changing calls of the way from one program to another, each with the Elastic IPs that there are after it.
async fn way(sim: &Sim, to: &str) -> Vec<(Call, Vec<Map>)> {
    let plan = plan(sim, Some(to)).await;
    let recorded = Recorded { sim, calls: Mutex::default() };
    let outcome = carry_out(&recorded, &plan).await;
    assert!(outcome.is_complete(), "{outcome:?}\n{}", text(&plan));
    recorded.calls.into_inner().unwrap()
}

fn allocations(addresses: &[Map]) -> Vec<(&str, &str)> {
    addresses.iter().map(|address| (address.text("AllocationId"), address.text("PublicIp"))).collect()
}

/// Something is made anew by one call, and has the Elastic IP that it had, which was the account's all the time.
async fn keeps_its_address(from: &str, to: &str, made_by: &str) {
    let sim = Sim::new();
    apply(&sim, Some(&program(from))).await;
    let before = elastic_ips(&sim).await;
    let used = |addresses: &[Map]| addresses.iter().all(|address| !address.text("AssociationId").is_empty());
    assert!(before.len() == 1 && used(&before), "{before:?}");
    let calls = way(&sim, &program(to)).await;
    assert_eq!(calls.iter().filter(|(call, _)| call.action == made_by).count(), 1, "{made_by} in {calls:?}");
    for (call, addresses) in &calls {
        assert_eq!(allocations(addresses), allocations(&before), "after {} from\n{from}\nto\n{to}", call.action);
    }
    let after = elastic_ips(&sim).await;
    assert_ne!(before[0].text("NetworkInterfaceId"), after[0].text("NetworkInterfaceId"), "something else has it");
    assert!(used(&after), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_made_anew_keeps_its_elastic_ip() {
    let node = "elastic door; node web in pub at .10 { elastic door }";
    let by = "RunInstances";
    keeps_its_address(node, &node.replace("in pub", "in two"), by).await;
    keeps_its_address(node, &node.replace("at .10", "at .11"), by).await;
    keeps_its_address(node, &node.replace("{ elastic", "{ boot \"boot/node.sh\"; elastic"), by).await;
}

#[tokio::test(start_paused = true)]
async fn a_nat_gateway_that_is_made_anew_keeps_its_elastic_ip() {
    let own = "gateway out nat in pub; subnet app 10.0.1.0/24 az a { route any via out }";
    let named = "elastic door; gateway out nat in pub elastic door; subnet app 10.0.1.0/24 az a { route any via out }";
    let by = "CreateNatGateway";
    keeps_its_address(own, &own.replace("nat in pub", "nat in two"), by).await;
    keeps_its_address(named, &named.replace("nat in pub", "nat in two"), by).await;
    let renamed = named.replace("gateway out nat in pub", "gateway exit nat in two").replace("via out", "via exit");
    keeps_its_address(named, &renamed, by).await;
}

/// Where calls come among others, by what they do: the place of each of `actions`, which are all there and in this order.
#[track_caller]
fn come_in_order(calls: &[(Call, Vec<Map>)], actions: &[&str]) {
    let done: Vec<&str> = calls.iter().map(|(call, _)| call.action).collect();
    let places: Vec<Option<usize>> = actions.iter().map(|action| done.iter().position(|done| done == action)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{actions:?} in {done:?}");
    for action in actions {
        assert_eq!(done.iter().filter(|done| *done == action).count(), 1, "{action} in {done:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_leads_to_the_new_gateway_before_the_old_one_goes() {
    let nat = "gateway out nat in pub; subnet app 10.0.1.0/24 az a { route any via out }; node api in app at .10";
    let doors = "elastic door; elastic gate; gateway out nat in pub elastic door
                 subnet app 10.0.1.0/24 az a { route any via out }";
    let order = ["CreateNatGateway", "ReplaceRoute", "DeleteNatGateway"];
    for (from, to) in [
        (nat, nat.replace("gateway out", "gateway exit").replace("via out", "via exit")),
        (nat, nat.replace("gateway out nat in pub", "gateway exit nat in two").replace("via out", "via exit")),
        (doors, doors.replace("pub elastic door", "pub elastic gate")),
        (
            doors,
            doors.replace("out nat in pub elastic door", "exit nat in two elastic gate").replace("via out", "via exit"),
        ),
    ] {
        let sim = Sim::new();
        apply(&sim, Some(&program(from))).await;
        come_in_order(&way(&sim, &program(&to)).await, &order);
    }
}

#[tokio::test(start_paused = true)]
async fn a_way_out_stands_before_the_one_that_it_takes_the_place_of_goes() {
    let sim = Sim::new();
    let by_node = "subnet app 10.0.1.0/24 az a { route 0.0.0.0/0 via fw }; node fw in pub at .10";
    let by_nat = "subnet app 10.0.1.0/24 az a { route 0.0.0.0/0 via out }; gateway out nat in pub";
    apply(&sim, Some(&program(by_node))).await;
    come_in_order(&way(&sim, &program(by_nat)).await, &["CreateNatGateway", "ReplaceRoute", "TerminateInstances"]);
    come_in_order(&way(&sim, &program(by_node)).await, &["RunInstances", "ReplaceRoute", "DeleteNatGateway"]);
    let to_both = by_node.replace("via fw", "via box").replace("node fw in pub at .10", "node box in pub at .20");
    come_in_order(&way(&sim, &program(&to_both)).await, &["RunInstances", "ReplaceRoute", "TerminateInstances"]);
}

/// A subnet changes to a table of its own when that has its routes, and the old one goes when nobody is left there.
#[tokio::test(start_paused = true)]
async fn a_subnet_gets_its_new_table_whole_before_the_old_one_goes() {
    let sim = Sim::new();
    let shared = "routes ways { route any via igw }; subnet app 10.0.1.0/24 az a { routes ways }";
    let own = "subnet app 10.0.1.0/24 az a { route any via igw }";
    let order = ["CreateRouteTable", "CreateRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable"];
    apply(&sim, Some(&program(shared))).await;
    come_in_order(&way(&sim, &program(own)).await, &order);
    come_in_order(&way(&sim, &program(shared)).await, &order);
}
