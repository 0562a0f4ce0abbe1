//! The route table that a network comes with, on the embedded cloud.

use super::embedded::{apply, is_empty, plan, text};
use super::programs::{change_into_each_other, edited, told};
use vpcc_core::call::{Call, Value, map};
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

const MAIN: &str = r#"
stack dahak
region us-west-2
network n 10.0.0.0/16 {
  gateway igw internet
  gateway vgw vpn
  routes main { route 0.0.0.0/0 via igw; propagate vgw; tags { owner "me" } }
  subnet a 10.0.0.0/24 az a { public }
  subnet b 10.0.1.0/24 az b { route 10.9.0.0/16 via fw }
  node fw in a at .10 { type t3.micro; image ami-04681a1dbd79675a5 }
}
"#;

#[tokio::test(start_paused = true)]
async fn main_tables_change_into_each_other() {
    change_into_each_other(&[
        edited(MAIN, &[]),
        edited(
            MAIN,
            &[
                ("  routes main { route 0.0.0.0/0 via igw; propagate vgw; tags { owner \"me\" } }\n", ""),
                (" public ", ""),
            ],
        ),
        edited(MAIN, &[("propagate vgw; ", "route 10.8.0.0/16 via fw; ")]),
        edited(MAIN, &[("routes main", "routes shared"), ("{ public }", "{ public; routes shared }")]),
        edited(MAIN, &[("network n", "network m"), ("gateway igw", "gateway out"), ("via igw", "via out")]),
        edited(MAIN, &[("10.0.", "10.4.")]),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_main_table_is_given_back_as_it_was() {
    let sim = Sim::new();
    apply(&sim, Some(&edited(MAIN, &[]))).await;
    let plain = edited(
        MAIN,
        &[("  routes main { route 0.0.0.0/0 via igw; propagate vgw; tags { owner \"me\" } }\n", ""), (" public ", "")],
    );
    let given_back = apply(&sim, Some(&plain)).await;
    told("main-table-given-back", &text(&given_back));
    let main = map! { "Name" => "association.main", "Values" => ["true"] };
    let tables = sim.call("us-west-2", &Call::new("DescribeRouteTables", map! { "Filters" => [main] })).await.unwrap();
    let table = tables.list("RouteTables").first().and_then(Value::as_map).unwrap();
    assert!(
        table.list("Tags").is_empty() && table.list("Routes").len() == 1 && table.list("PropagatingVgws").is_empty()
    );
    assert!(plan(&sim, Some(&plain)).await.is_empty());
    apply(&sim, None).await;
    is_empty(&sim);
}
