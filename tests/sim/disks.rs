//! Disks that outlive the nodes that they are attached to.

use super::embedded::{apply, is_empty, plan, text};
use super::programs::of;
use std::collections::BTreeMap;
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::plan::Action;
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

const PROGRAM: &str = r#"
stack dahak
region us-west-2
network n 10.0.0.0/16 {
  subnet lan 10.0.0.0/24 az a
  subnet other 10.0.1.0/24 az b
  node db[0..1] in lan at .10 {
    type t3.micro; image ami-04681a1dbd79675a5
    disk data 100GiB gp3
    disk wal 10GiB io2 unencrypted
  }
}
"#;

/// The data disks that live, by address: id, instance, device.
async fn disks(sim: &Sim) -> BTreeMap<String, (String, String, String)> {
    let answer = sim.call("us-west-2", &Call::new("DescribeVolumes", Map::new())).await.unwrap();
    let disks = answer.list("Volumes").iter().filter_map(Value::as_map).filter_map(|volume| {
        let tags = volume.list("Tags").iter().filter_map(Value::as_map);
        let mut addresses = tags.filter(|tag| tag.text("Key") == "vpcc:address").map(|tag| tag.text("Value"));
        let address = addresses.next().filter(|address| address.contains('/'))?;
        let attachment = volume.list("Attachments").first().and_then(Value::as_map);
        let of = |name: &str| attachment.map_or(String::new(), |attachment| attachment.text(name).to_owned());
        Some((address.to_owned(), (volume.text("VolumeId").to_owned(), of("InstanceId"), of("Device"))))
    });
    disks.collect()
}

fn ids(disks: &BTreeMap<String, (String, String, String)>) -> BTreeMap<&str, &str> {
    disks.iter().map(|(address, (id, ..))| (address.as_str(), id.as_str())).collect()
}

#[tokio::test(start_paused = true)]
async fn disks_are_made_attached_and_removed() {
    let sim = Sim::new();
    apply(&sim, Some(PROGRAM)).await;
    let again = plan(&sim, Some(PROGRAM)).await;
    assert!(again.is_empty(), "{}", text(&again));
    let disks = disks(&sim).await;
    assert_eq!(disks.keys().collect::<Vec<_>>(), ["n.db[0]/data", "n.db[0]/wal", "n.db[1]/data", "n.db[1]/wal"]);
    assert_eq!((&*disks["n.db[0]/data"].2, &*disks["n.db[1]/wal"].2), ("/dev/sdf", "/dev/sdg"));
    assert_eq!(disks["n.db[0]/data"].1, disks["n.db[0]/wal"].1);
    apply(&sim, None).await;
    is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_made_anew_keeps_its_disks() {
    for (from, to) in [("75a5;", "75a6;"), ("t3.micro;", "t3.micro; boot \"boot/node.sh\";"), ("at .10", "at .20")] {
        let sim = Sim::new();
        apply(&sim, Some(PROGRAM)).await;
        let before = disks(&sim).await;
        let edited = PROGRAM.replace("75a5\n", "75a5;\n").replace(from, to);
        let step = apply(&sim, Some(&edited)).await;
        assert_eq!(of(&step, Action::Replace), ["n.db[0]", "n.db[1]"], "{}", text(&step));
        assert!(!text(&step).contains("lost\n"), "{}", text(&step));
        let after = disks(&sim).await;
        assert_eq!(ids(&before), ids(&after));
        assert!(before.iter().all(|(address, (_, instance, _))| after[address].1 != *instance));
        assert!(plan(&sim, Some(&edited)).await.is_empty());
        apply(&sim, None).await;
        is_empty(&sim);
    }
}

#[tokio::test(start_paused = true)]
async fn disks_grow_and_change_their_type_in_place() {
    let sim = Sim::new();
    apply(&sim, Some(PROGRAM)).await;
    let before = disks(&sim).await;
    let edited = PROGRAM.replace("100GiB gp3", "200GiB gp2");
    let step = apply(&sim, Some(&edited)).await;
    assert_eq!(of(&step, Action::Update), ["n.db[0]/data", "n.db[1]/data"], "{}", text(&step));
    assert_eq!(before, disks(&sim).await);
    assert!(plan(&sim, Some(&edited)).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_is_told() {
    let lost = "what is on the volume is lost";
    for (from, to) in [
        ("    disk wal 10GiB io2 unencrypted\n", ""),
        ("disk data 100GiB", "disk data 50GiB"),
        (" unencrypted", ""),
        ("in lan at .10", "in other at .10"),
        ("db[0..1]", "db[0..0]"),
        ("disk wal", "disk log"),
    ] {
        let sim = Sim::new();
        apply(&sim, Some(PROGRAM)).await;
        let edited = PROGRAM.replace(from, to);
        let step = apply(&sim, Some(&edited)).await;
        assert!(text(&step).contains(lost), "{from:?}\n{}", text(&step));
        let again = plan(&sim, Some(&edited)).await;
        assert!(again.is_empty(), "{from:?} {}", text(&again));
        apply(&sim, None).await;
        is_empty(&sim);
    }
}

#[tokio::test(start_paused = true)]
async fn a_disk_stays_at_its_device_when_others_come_and_go() {
    let sim = Sim::new();
    apply(&sim, Some(PROGRAM)).await;
    let before = disks(&sim).await;
    let more = PROGRAM.replace("    disk data", "    disk a 1GiB\n    disk data");
    let step = apply(&sim, Some(&more)).await;
    assert_eq!(step.steps.len(), 2, "{}", text(&step));
    let after = disks(&sim).await;
    assert!(before.iter().all(|(address, disk)| after[address] == *disk));
    assert_eq!(after["n.db[0]/a"].2, "/dev/sdh");
    let fewer = more.replace("    disk data 100GiB gp3\n", "");
    apply(&sim, Some(&fewer)).await;
    let left = disks(&sim).await;
    assert_eq!(left["n.db[1]/wal"], before["n.db[1]/wal"]);
    assert!(plan(&sim, Some(&fewer)).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn disks_go_along_under_a_new_name() {
    let sim = Sim::new();
    apply(&sim, Some(PROGRAM)).await;
    let before = disks(&sim).await;
    let renamed = PROGRAM.replace("node db[0..1]", "node base[0..1] was db");
    let step = apply(&sim, Some(&renamed)).await;
    assert!(step.steps.iter().all(|step| step.action == Action::Update), "{}", text(&step));
    let after = disks(&sim).await;
    assert!(before.values().eq(after.values()), "{before:?}\n{after:?}");
    assert!(plan(&sim, Some(&renamed)).await.is_empty());
}
