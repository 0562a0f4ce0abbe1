use super::*;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cloud.json");
    (folder, path)
}

fn open(path: &PathBuf) -> Sim {
    Sim::open(path).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_file_keeps_what_lives() {
    let (_folder, path) = place();
    let first = open(&path);
    let (_, subnet) = network(&first).await;
    let instance = running(&first, &subnet).await;
    assert_eq!(state(&first, &instance).await, "running");
    let before = first.snapshot();
    drop(first);
    let second = open(&path);
    assert_eq!(second.snapshot(), before);
    assert_eq!(state(&second, &instance).await, "running");
    assert_ne!(vpc(&second, "10.1.0.0/16").await, vpc(&second, "10.1.0.0/16").await);
}

#[tokio::test(start_paused = true)]
async fn time_stands_still_while_nobody_has_the_file_open() {
    let (_folder, path) = place();
    let first = open(&path);
    let (_, subnet) = network(&first).await;
    let id = instance(&first, &subnet).await;
    drop(first);
    wait(Timing::QUICK.start).await;
    let second = open(&path);
    assert_eq!(state(&second, &id).await, "pending");
    wait(Timing::QUICK.start).await;
    assert_eq!(state(&second, &id).await, "running");
}

#[tokio::test(start_paused = true)]
async fn what_time_has_done_and_somebody_has_seen_is_kept() {
    let (_folder, path) = place();
    let first = open(&path);
    let (vpc, subnet) = network(&first).await;
    ok(&first, "ModifySubnetAttribute", map! { "SubnetId" => &*subnet, "MapPublicIpOnLaunch" => on() }).await;
    let id = running(&first, &subnet).await;
    let seen = described(&first, &id).await;
    assert_ne!(text(&seen, "PublicIpAddress"), "");
    drop(first);
    let second = open(&path);
    assert_eq!(described(&second, &id).await, seen);
    let vpcs = ok(&second, "DescribeVpcs", map! { "VpcIds" => [&*vpc] }).await;
    assert_eq!(column(&vpcs, "Vpcs", "State"), ["available"]);
}

#[tokio::test(start_paused = true)]
async fn two_see_what_the_other_does() {
    let (_folder, path) = place();
    let (one, two) = (open(&path), open(&path));
    let first = vpc(&one, "10.0.0.0/16").await;
    let second = vpc(&two, "10.1.0.0/16").await;
    assert_ne!(first, second);
    for sim in [&one, &two] {
        assert_eq!(ok(sim, "DescribeVpcs", map! {}).await.list("Vpcs").len(), 2);
    }
    ok(&two, "DeleteVpc", map! { "VpcId" => &*first }).await;
    assert_eq!(code(&one, "DeleteVpc", map! { "VpcId" => &*first }).await, "InvalidVpcID.NotFound");
    assert_eq!(one.snapshot(), two.snapshot());
}

#[tokio::test(start_paused = true)]
async fn time_goes_on_from_what_the_other_has_seen() {
    let (_folder, path) = place();
    let one = open(&path);
    wait(std::time::Duration::from_secs(60)).await;
    let two = open(&path);
    let (_, subnet) = network(&one).await;
    let id = instance(&one, &subnet).await;
    assert_eq!(state(&two, &id).await, "pending");
    wait(Timing::QUICK.start).await;
    assert_eq!(state(&two, &id).await, "running");
}

#[tokio::test]
async fn many_threads_on_one_file_lose_nothing() {
    let (_folder, path) = place();
    open(&path);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let sim = Sim::open(&path).unwrap();
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                runtime.block_on(async {
                    for index in 0..10 {
                        let name = format!("{:?} {index}", std::thread::current().id());
                        let parameters = map! {
                            "LaunchTemplateName" => name.replace(' ', "-"),
                            "LaunchTemplateData" => map! { "KeyName" => "x" },
                        };
                        ok(&sim, "CreateLaunchTemplate", parameters).await;
                    }
                });
            });
        }
    });
    let found = ok(&open(&path), "DescribeLaunchTemplates", map! {}).await;
    assert_eq!(found.list("LaunchTemplates").len(), 40);
}

#[tokio::test(start_paused = true)]
async fn other_files_are_refused_and_left_alone() {
    let (_folder, path) = place();
    for (content, expected) in [
        ("", "does not hold an embedded EC2"),
        ("hello", "does not hold an embedded EC2"),
        (r#"{"format":"terraform","version":4}"#, "does not hold an embedded EC2"),
        (r#"{"format":"vpcc-sim","version":99,"more":1}"#, "version 99"),
        (r#"{"format":"vpcc-sim","version":1,"account":7}"#, "is damaged"),
        (r#"{"format":"vpcc-sim","version":1,"acc"#, "is damaged"),
    ] {
        fs::write(&path, content).unwrap();
        let problem = Sim::open(&path).unwrap_err();
        assert!(problem.to_string().contains(expected), "{problem}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_damaged_meanwhile_is_not_overwritten() {
    let (_folder, path) = place();
    let sim = open(&path);
    vpc(&sim, "10.0.0.0/16").await;
    fs::write(&path, "oops").unwrap();
    let refused = fault(&sim, "CreateVpc", map! { "CidrBlock" => "10.1.0.0/16" }).await;
    assert_eq!(refused.code, "InternalError");
    assert!(refused.message.contains("does not hold an embedded EC2"));
    assert_eq!(sim.snapshot()[REGION]["vpcs"].as_object().unwrap().len(), 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), "oops");
}

#[tokio::test(start_paused = true)]
async fn refused_and_reading_calls_write_nothing() {
    let (_folder, path) = place();
    let sim = open(&path);
    vpc(&sim, "10.0.0.0/16").await;
    let before = fs::read(&path).unwrap();
    ok(&sim, "DescribeVpcs", map! {}).await;
    code(&sim, "CreateVpc", map! { "CidrBlock" => "10.0.0.0/8" }).await;
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    let sim = open(&path);
    vpc(&sim, "10.0.0.0/16").await;
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test(start_paused = true)]
async fn a_file_in_no_folder_is_a_problem() {
    let (folder, _) = place();
    assert!(Sim::open(folder.path().join("nowhere").join("cloud.json")).is_err());
}
