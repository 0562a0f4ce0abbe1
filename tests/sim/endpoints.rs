//! VPC endpoints and flow logs on the embedded cloud.

use super::embedded::{apply, plan, text};
use super::programs::{change_into_each_other, edited, told};
use vpcc_runtime::sim::Sim;

const ENDPOINTS: &str = include_str!("../../examples/endpoints-only.vpc");

fn programs() -> Vec<String> {
    let edit = |edits: &[(&str, &str)]| edited(ENDPOINTS, edits);
    vec![
        edit(&[]),
        edit(&[("    at .10\n", "")]),
        edit(&[("    at .10\n", "    at .11\n    dns off\n")]),
        edit(&[("    at .10\n", "    at 10.50.1.12\n")]),
        edit(&[("across a, b", "across a, b, c")]),
        edit(&[("across a, b", "across b, c")]),
        edit(&[("10.50.0.0/20", "10.50.16.0/20")]),
        edit(&[("10.50.", "10.51.")]),
        edit(&[("    sg doors\n", ""), ("ssm in bench { sg doors }", "ssm in bench { sg workers, doors }")]),
        edit(&[
            (" { policy \"policies/read.json\" }", " { tags { owner \"me\" } }"),
            ("logs in bench", "kms in bench"),
        ]),
        edit(&[
            ("  endpoint files gateway s3 in bench { policy \"policies/read.json\" }\n", ""),
            ("    traffic reject\n", "    traffic accept\n"),
        ]),
        edit(&[
            ("{ routes private }", "{ flow-log rejected to \"arn:aws:s3:::other\"\n route 203.0.113.0/24 via igw }"),
            ("  routes private {}", "  gateway igw internet"),
            ("  flow-log rejected to", "  flow-log others to"),
        ]),
        edit(&[("{ routes private }", "{}"), ("routes private {}", "routes main {}")]),
        edit(&[("sg doors \"The", "sg doors \"Those")]),
        edit(&[("endpoint logs interface", "endpoint journal was logs interface")]),
        "stack dahak\nregion us-west-2\n".to_owned(),
    ]
}

#[tokio::test(start_paused = true)]
async fn endpoints_and_flow_logs_change_into_each_other() {
    change_into_each_other(&programs()).await;
}

#[tokio::test(start_paused = true)]
async fn changed_endpoints_are_told_in_these_words() {
    let programs = programs();
    let mut all = String::new();
    for (name, to) in [
        ("first", 0),
        ("other addresses", 2),
        ("another zone", 4),
        ("other zones", 5),
        ("other groups", 8),
        ("no policy", 9),
    ] {
        let sim = Sim::new();
        if name != "first" {
            apply(&sim, Some(&programs[0])).await;
        }
        all += &format!("#### {name}\n\n{}\n", text(&plan(&sim, Some(&programs[to])).await));
    }
    told("changed-endpoints", &all);
}

#[tokio::test(start_paused = true)]
async fn what_a_cloud_lists_as_unsuccessful_has_failed() {
    use vpcc_core::call::{Call, Map};
    use vpcc_runtime::Patient;
    let (sim, stop) = (Sim::new(), tokio::sync::watch::Sender::new(false));
    let patient = Patient::new(&sim, stop.subscribe());
    let parameters = Map::new()
        .with("ResourceIds", ["vpc-0123456789abcdef0"])
        .with("ResourceType", "VPC")
        .with("TrafficType", "ALL")
        .with("LogDestinationType", "s3")
        .with("LogDestination", "arn:aws:s3:::bucket");
    let fault = patient.read("us-west-2", &Call::new("CreateFlowLogs", parameters)).await.unwrap_err();
    assert_eq!(fault.code, "InvalidVpcID.NotFound");
    assert!(fault.message.contains("vpc-0123456789abcdef0"), "{}", fault.message);
    let absent = Map::new().with("VpcEndpointIds", ["vpce-0123456789abcdef0"]);
    assert!(patient.read("us-west-2", &Call::new("DeleteVpcEndpoints", absent)).await.is_ok(), "what is gone is gone");
}
