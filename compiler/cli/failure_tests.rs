//! What people are told when EC2 refuses something: the thing, who asked for it, EC2's own words, and what to do.

use super::of_step;
use std::sync::Mutex;
use tokio::sync::watch;
use vpcc_core::call::{Call, Map, Value, map};
use vpcc_core::check::{Given, compile};
use vpcc_core::model::Sound;
use vpcc_core::plan::{Images, lower};
use vpcc_core::source::Memory;
use vpcc_runtime::sim::{Faults, Sim};
use vpcc_runtime::{Answer, Cloud, Event, Patient, run, survey};

const REGION: &str = "us-west-2";

const PROGRAM: &str = r#"stack demo
region us-west-2
network n 10.0.0.0/16 {
  gateway igw internet
  gateway out nat in pub
  subnet pub 10.0.0.0/24 az a { public; route any via igw }
  subnet app 10.0.1.0/24 az a { route any via out }
  flow-log log to "arn:aws:s3:::logs" {}
  node web in app { type t3.micro; image ami-04681a1dbd79675a5 }
}
"#;

/// A cloud of which some answers are other ones.
struct Rewritten {
    sim: Sim,
    rewrite: fn(&str, Map) -> Map,
}

impl Cloud for Rewritten {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move { self.sim.call(region, call).await.map(|answer| (self.rewrite)(call.action, answer)) })
    }

    fn throttles(&self) -> bool {
        self.sim.throttles()
    }
}

/// Applies the program, and gives what is told of each step that failed.
async fn told(cloud: &dyn Cloud) -> String {
    let compiled = compile(&Memory::default().with("net.vpc", PROGRAM), "net.vpc", &Given::new());
    let (sound, _) = Sound::new(compiled.checked).unwrap();
    let wanted = lower(&sound, &compiled.sources, REGION);
    let stop = watch::Sender::new(false);
    let patient = Patient::new(cloud, stop.subscribe());
    let plan = survey(&patient, "demo", REGION, &[REGION.into()], wanted, Images::Kept).await.unwrap().plan;
    let told: Mutex<String> = Mutex::default();
    let listen = |event: Event<'_>| {
        if let Event::Failed(step, fault, _) = event {
            let failure = of_step(step, &fault);
            *told.lock().unwrap() += &format!("{}\nhelp: {}\n", failure.message, failure.help.join("\nhelp: "));
        }
    };
    run(&plan, &patient, &listen).await;
    told.into_inner().unwrap()
}

#[tokio::test(start_paused = true)]
async fn refusals_name_the_thing_the_line_and_what_to_do() {
    for (action, code, about, help) in [
        ("CreateVpc", "VpcLimitExceeded", "VPC `n` (net.vpc:3)", "raise it in Service Quotas"),
        ("CreateSubnet", "InvalidSubnet.Conflict", "subnet `n.", "choose another block"),
        (
            "AllocateAddress",
            "AddressLimitExceeded",
            "Elastic IP `n.out/address` (net.vpc:5)",
            "raise it in Service Quotas",
        ),
        (
            "CreateNatGateway",
            "NatGatewayLimitExceeded",
            "NAT gateway `n.out` (net.vpc:5)",
            "raise it in Service Quotas",
        ),
        (
            "RunInstances",
            "InsufficientInstanceCapacity",
            "instance `n.web` (net.vpc:9)",
            "use another zone or instance type",
        ),
        ("RunInstances", "VcpuLimitExceeded", "instance `n.web` (net.vpc:9)", "raise the vCPU quota"),
        ("RunInstances", "InvalidAMIID.Malformed", "instance `n.web` (net.vpc:9)", "look one up for this region"),
        ("RunInstances", "Unsupported", "instance `n.web` (net.vpc:9)", "choose another type or zone"),
        ("CreateFlowLogs", "FlowLogAlreadyExists", "flow log `n.log` (net.vpc:8)", "delete it or change this one"),
    ] {
        let told = told(&Sim::new().with_faults(Faults::seeded(1).refusing(action, 1, code))).await;
        for part in [about, help, &format!("EC2 says {code}: so it was asked for")] {
            assert!(told.contains(part), "{action} {code}: it does not say {part:?}:\n{told}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_after_it_was_made_is_told_with_the_reason() {
    let fail = |action: &str, mut answer: Map| {
        if action == "DescribeNatGateways" {
            let failed = |item: &Value| {
                let mut item = item.as_map().cloned().unwrap();
                item.set("State", "failed");
                item.set("FailureCode", "InsufficientFreeAddressesInSubnet");
                item.set("FailureMessage", "Subnet has insufficient free addresses to create this NAT gateway");
                item
            };
            let gateways: Vec<Map> = answer.list("NatGateways").iter().map(failed).collect();
            answer.set("NatGateways", gateways);
        }
        answer
    };
    let told = told(&Rewritten { sim: Sim::new(), rewrite: fail }).await;
    for part in [
        "NAT gateway `n.out` (net.vpc:5)",
        "InsufficientFreeAddressesInSubnet: Subnet has insufficient free addresses",
        "run the same command again",
    ] {
        assert!(told.contains(part), "it does not say {part:?}:\n{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_lists_failures_is_one() {
    let fail = |action: &str, answer: Map| {
        if action != "CreateFlowLogs" {
            return answer;
        }
        let error =
            map! { "Code" => "LogDestinationNotFoundException", "Message" => "LogDestination: logs does not exist" };
        let empty: [Map; 0] = [];
        map! { "FlowLogIds" => empty, "Unsuccessful" => [map! { "ResourceId" => "vpc-1", "Error" => error }] }
    };
    let told = told(&Rewritten { sim: Sim::new(), rewrite: fail }).await;
    for part in [
        "flow log `n.log` (net.vpc:8)",
        "EC2 says LogDestinationNotFoundException: vpc-1: LogDestination: logs does not exist",
        "make the log group or bucket first",
    ] {
        assert!(told.contains(part), "it does not say {part:?}:\n{told}");
    }
}
