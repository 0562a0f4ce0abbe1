use super::*;
use std::time::Duration;
use tokio::time::Instant;

const LATENCY: Duration = Duration::from_millis(50);

#[tokio::test(start_paused = true)]
async fn each_call_takes_the_latency() {
    let sim = Sim::new().with_latency(LATENCY);
    let start = Instant::now();
    for _ in 0..3 {
        ok(&sim, "DescribeVpcs", map! {}).await;
    }
    assert_eq!(start.elapsed(), 3 * LATENCY);
}

#[tokio::test(start_paused = true)]
async fn calls_at_the_same_time_take_it_together() {
    let sim = Sim::new().with_latency(LATENCY);
    let start = Instant::now();
    let (one, two) = tokio::join!(vpc(&sim, "10.0.0.0/16"), vpc(&sim, "10.1.0.0/16"));
    assert_ne!(one, two);
    assert_eq!(start.elapsed(), LATENCY);
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_and_remembered() {
    let sim = Sim::new().with_latency(LATENCY);
    vpc(&sim, "10.0.0.0/16").await;
    ok(&sim, "DescribeVpcs", map! {}).await;
    ok(&sim, "DescribeVpcs", map! {}).await;
    let calls = sim.calls();
    assert_eq!(calls[0], ("CreateVpc".to_owned(), Duration::ZERO));
    assert_eq!(calls[2], ("DescribeVpcs".to_owned(), 2 * LATENCY));
    assert_eq!(sim.counts().get("DescribeVpcs"), Some(&2));
}

#[tokio::test(start_paused = true)]
async fn things_can_take_as_long_as_in_the_real_one() {
    let sim = Sim::new().with_timing(Timing::REAL);
    let (_, subnet) = network(&sim).await;
    let id = instance(&sim, &subnet).await;
    wait(Duration::from_secs(19)).await;
    assert_eq!(state(&sim, &id).await, "pending");
    wait(Duration::from_secs(1)).await;
    assert_eq!(state(&sim, &id).await, "running");
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_shows_what_lives_by_region_and_kind() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    let kinds = || {
        let snapshot = sim.snapshot();
        snapshot[REGION].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let with_instance = ["instances", "interfaces", "network_acls", "route_tables", "security_groups", "subnets"];
    assert_eq!(kinds()[..6], with_instance);
    ok(&sim, "TerminateInstances", ids(&id)).await;
    wait(Timing::QUICK.terminate).await;
    assert_eq!(kinds(), ["network_acls", "route_tables", "security_groups", "subnets", "vpcs"]);
    assert!(sim.snapshot()[REGION]["vpcs"][&vpc].is_object());
}

#[tokio::test(start_paused = true)]
async fn an_instant_can_be_gone_on_from_time_and_again() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let instant = sim.freeze();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    vpc(&sim, "10.1.0.0/16").await;
    for _ in 0..2 {
        let other = instant.thaw();
        let listed = ok(&other, "DescribeVpcs", map! {}).await;
        let [only] = listed.list("Vpcs") else { panic!("{listed:?}") };
        let only = only.as_map().unwrap();
        assert_eq!((only.text("VpcId"), only.text("State")), (&*id, "pending"), "no time has passed there");
        assert_eq!(other.counts().len(), 1, "calls before it are not its own");
        ok(&other, "DeleteVpc", map! { "VpcId" => &*id }).await;
    }
    assert_eq!(ok(&sim, "DescribeVpcs", map! {}).await.list("Vpcs").len(), 2);
}
