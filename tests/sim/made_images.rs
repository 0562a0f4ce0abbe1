//! Images that a program makes of its nodes.

use super::CLUSTER;
use super::embedded::{apply, is_empty, plan, text};
use super::programs::{edited, of};
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::plan::Action;
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

const PROGRAM: &str = r#"
stack dahak
region us-west-2
network n 10.0.0.0/16 {
  subnet lan 10.0.0.0/24 az a
  defaults { type t3.micro; image ami-04681a1dbd79675a5 }
  node base in lan at .10 { disk data 100GiB gp3 }
  node web[0..1] in lan at .20 { image golden }
}
image golden from n.base { share 123456789012 }
image again from golden
"#;

/// Programs that have something to do with disks, environments and images.
pub fn programs() -> Vec<String> {
    vec![
        edited(CLUSTER, &[("    key ", "    disk data 20GiB gp3\n    disk logs 8GiB gp2\n    key ")]),
        edited(CLUSTER, &[("    key ", "    disk data 40GiB gp2\n    env { PEERS node; NAME self.name }\n    key ")]),
        edited(CLUSTER, &[("image ami-04681a1dbd79675a5", "image \"al2023-ami-2023.*-x86_64\" by amazon")]),
        format!(
            "{}image golden from cluster.base {{ share 123456789012 }}\n",
            edited(
                CLUSTER,
                &[
                    (
                        "  node node",
                        "  node base in lan at .9 { type t3.nano; image ami-04681a1dbd79675a6; disk data 9GiB }\n  node node"
                    ),
                    ("image ami-04681a1dbd79675a5", "image golden")
                ]
            )
        ),
    ]
}

/// The images of a region that have a name that starts with the stack's, by name: id, and the devices of their disks.
async fn images(sim: &Sim) -> Vec<(String, String, Vec<String>)> {
    let call = Call::new("DescribeImages", Map::new().with("Owners", ["self"]));
    let answer = sim.call("us-west-2", &call).await.unwrap();
    let images = answer.list("Images").iter().filter_map(Value::as_map).map(|image| {
        let mappings = image.list("BlockDeviceMappings").iter().filter_map(Value::as_map);
        let devices = mappings.map(|mapping| mapping.text("DeviceName").to_owned()).collect();
        (image.text("Name").to_owned(), image.text("ImageId").to_owned(), devices)
    });
    let mut images: Vec<_> = images.collect();
    images.sort();
    images
}

/// The accounts that may launch an image.
async fn shared_with(sim: &Sim, image: &str) -> Vec<String> {
    let parameters = Map::new().with("ImageId", image).with("Attribute", "launchPermission");
    let answer = sim.call("us-west-2", &Call::new("DescribeImageAttribute", parameters)).await.unwrap();
    let accounts = answer.list("LaunchPermissions").iter().filter_map(Value::as_map);
    accounts.map(|who| who.text("UserId").to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn images_are_made_used_and_removed() {
    let sim = Sim::new();
    let first = apply(&sim, Some(PROGRAM)).await;
    let place = |address: &str| first.steps.iter().position(|step| step.address.as_str() == address).unwrap();
    assert!(place("n.base") < place("golden") && place("golden") < place("n.web[0]"), "{}", text(&first));
    let again = plan(&sim, Some(PROGRAM)).await;
    assert!(again.is_empty(), "{}", text(&again));
    let [(copy, ..), (name, id, devices)] = &images(&sim).await[..] else { panic!("{:?}", images(&sim).await) };
    assert_eq!((copy.as_str(), name.as_str()), ("dahak/again", "dahak/golden"));
    assert_eq!(devices, &["/dev/xvda"], "further disks are no part of an image");
    assert_eq!(shared_with(&sim, id).await, ["123456789012"]);
    apply(&sim, None).await;
    is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn an_image_stays_when_its_node_changes() {
    let sim = Sim::new();
    apply(&sim, Some(PROGRAM)).await;
    let before = images(&sim).await;
    let edited = PROGRAM.replace("base in lan at .10", "base in lan at .11");
    let step = apply(&sim, Some(&edited)).await;
    assert_eq!(of(&step, Action::Replace), ["n.base"], "{}", text(&step));
    assert_eq!(before, images(&sim).await);
    assert!(plan(&sim, Some(&edited)).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_image_of_something_else_is_made_anew_with_all_that_comes_of_it() {
    let sim = Sim::new();
    apply(&sim, Some(PROGRAM)).await;
    let more = PROGRAM.replace("  node web", "  node other in lan at .12\n  node web");
    apply(&sim, Some(&more)).await;
    let before = images(&sim).await;
    let edited = more.replace("from n.base", "from n.other");
    let step = apply(&sim, Some(&edited)).await;
    let mut replaced = of(&step, Action::Replace);
    replaced.sort();
    assert_eq!(replaced, ["again", "golden", "n.web[0]", "n.web[1]"], "{}", text(&step));
    let after = images(&sim).await;
    assert_eq!(after.len(), 2);
    assert!(after.iter().all(|(_, id, _)| before.iter().all(|(_, other, _)| id != other)));
    let again = plan(&sim, Some(&edited)).await;
    assert!(again.is_empty(), "{}", text(&again));
    apply(&sim, None).await;
    is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn accounts_come_and_go_in_place() {
    let sim = Sim::new();
    apply(&sim, Some(PROGRAM)).await;
    let before = images(&sim).await;
    let edited = PROGRAM.replace("share 123456789012", "share 210987654321, 111122223333");
    let step = apply(&sim, Some(&edited)).await;
    assert_eq!(of(&step, Action::Update), ["golden"], "{}", text(&step));
    let id = &before[1].1;
    assert_eq!(shared_with(&sim, id).await, ["111122223333", "210987654321"]);
    let alone = PROGRAM.replace(" { share 123456789012 }", "");
    apply(&sim, Some(&alone)).await;
    assert!(shared_with(&sim, id).await.is_empty());
    assert_eq!(before, images(&sim).await);
}
