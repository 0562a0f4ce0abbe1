//! Who reaches whom: the same of a program, of what lives once it is applied, and of what EC2's answers say when they are
//! saved.

#[path = "support/sim.rs"]
mod embedded;
mod support;

use embedded::{STACK, apply, is_empty, wanted, world};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use support::{ends, stderr, stdout, vpcc, workspace};
use tokio::sync::watch;
use vpcc::Exit;
use vpcc_core::call::{Call, Map};
use vpcc_core::check::{Given, compile};
use vpcc_core::model::Sound;
use vpcc_core::plan::Images;
use vpcc_core::reach::deployed::{Naming, read, read_own};
use vpcc_core::reach::{Fabric, Flow, diff, draw, matrix};
use vpcc_core::source::Sources;
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Cloud, Patient, network, survey};

const REGION: &str = "us-west-2";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    vpcc().current_dir(folder).args(arguments).output().unwrap()
}

#[track_caller]
fn says(output: &Output) -> String {
    ends(output, Exit::Done);
    stdout(output)
}

/// Asserts that a command failed with a code and said something.
#[track_caller]
fn fails(output: &Output, exit: Exit, said: &str) {
    ends(output, exit);
    assert!(stderr(output).contains(said), "it does not say {said:?}:\n{}", stderr(output));
}

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "vpc"));
    found.sort();
    found
}

/// What a program means.
fn model(program: &str) -> Sound {
    let compiled = compile(&world(program), "program.vpc", &Given::new());
    match Sound::new(compiled.checked) {
        Ok((sound, _)) => sound,
        Err(problems) => panic!("{:?}\n{program}", problems.first()),
    }
}

/// What EC2 tells of the stack for a plan.
async fn told(sim: &Sim, program: &str) -> Vec<(&'static str, Map)> {
    let stop = watch::Sender::new(false);
    let patient = Patient::new(sim, stop.subscribe());
    survey(&patient, STACK, REGION, &[REGION.into()], wanted(program), Images::Kept).await.unwrap().answers
}

/// All that EC2 tells of the VPCs of a region.
async fn answers(sim: &Sim) -> Sources {
    let vpcs = sim.call(REGION, &Call::new("DescribeVpcs", Map::new())).await.unwrap();
    let stop = watch::Sender::new(false);
    let patient = Patient::new(sim, stop.subscribe());
    let mut sources = Sources::default();
    for vpc in vpcs.list("Vpcs").iter().filter_map(|vpc| vpc.as_map()) {
        for (name, answer) in network(&patient, REGION, vpc.text("VpcId")).await.unwrap().unwrap() {
            sources.add(name, serde_json::to_string_pretty(&answer).unwrap());
        }
    }
    sources
}

/// What passes between each two, and whether more may.
type Pairs = BTreeMap<(String, String), (BTreeSet<Flow>, bool)>;

fn pairs(fabric: &Fabric) -> Pairs {
    let matrix = matrix(fabric);
    let mut pairs = Pairs::new();
    for passage in &matrix.passages {
        for from in &matrix.parties[passage.from].names {
            for to in matrix.parties[passage.to].names.iter().filter(|to| *to != from) {
                let flows = passage.flows.iter().cloned().collect();
                pairs.insert((from.to_string(), to.to_string()), (flows, passage.not_modelled));
            }
        }
    }
    pairs
}

#[tokio::test(start_paused = true)]
async fn a_program_is_as_reachable_as_what_it_becomes() {
    for example in examples() {
        let program = fs::read_to_string(&example).unwrap();
        let drawn = draw(&model(&program)).fabric;
        let sim = Sim::new();
        is_empty(&sim);
        apply(&sim, Some(&program)).await;
        let sources = answers(&sim).await;
        let read = read(&sources, Naming::Stack(STACK));
        let name = example.file_name().unwrap().to_string_lossy().into_owned();
        assert!(read.problems.is_empty(), "{name}: {:#?}", read.problems);
        assert_eq!(diff(&drawn, &read.value), [], "{name}");
        assert_eq!(diff(&read.value, &drawn), [], "{name}");
        let unsure =
            |pairs: Pairs| pairs.into_iter().filter(|(_, (_, unsure))| *unsure).map(|(pair, _)| pair).collect();
        let (before, after): (BTreeSet<_>, BTreeSet<_>) = (unsure(pairs(&drawn)), unsure(pairs(&read.value)));
        assert_eq!(before, after, "{name}");
        let mut own = Sources::default();
        for (kind, answer) in told(&sim, &program).await {
            own.add(kind, serde_json::to_string(&answer).unwrap());
        }
        assert_eq!(diff(&read_own(&own, STACK), &drawn), [], "{name}, as planned");
    }
}

/// The VPC of a network of a program that has been applied.
fn vpc_id(folder: &Path, program: &str, cloud: &str, network: &str) -> String {
    let output: serde_json::Value =
        serde_json::from_str(&says(&run(folder, &["output", program, "--cloud", cloud, "--json"]))).unwrap();
    output[network]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_what_lives_and_saved_answers_give_one_matrix() {
    let folder = workspace();
    let path = folder.path();
    for (program, network) in [("bastion.vpc", "ops"), ("three-tiers.vpc", "shop"), ("acls.vpc", "shop")] {
        let cloud = format!("sim:{program}.cloud");
        ends(&run(path, &["apply", program, "--cloud", &cloud, "--yes"]), Exit::Done);
        let vpc = vpc_id(path, program, &cloud, network);
        let drawn = says(&run(path, &["reach", program, "--matrix"]));
        let live = ["reach", "--live", &vpc, "--matrix", "--cloud", &cloud, "--region", REGION];
        assert_eq!(drawn, says(&run(path, &live)), "{program}");
        let saved = format!("{program}.saved");
        save(&path.join(&saved), &path.join(format!("{program}.cloud")), &vpc);
        assert_eq!(drawn, says(&run(path, &["reach", "--describe", &saved, "--matrix"])), "{program}");
        let change = run(path, &["diff-reach", program, &saved]);
        assert_eq!((says(&change).as_str(), stderr(&change).contains("Nobody")), ("", true), "{program}");
    }
}

/// Saves what EC2 tells of a VPC as somebody would with the AWS CLI, in folders for accounts and regions.
fn save(folder: &Path, cloud: &Path, vpc: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let answers = runtime.block_on(async {
        let sim = Sim::open(cloud.to_str().unwrap()).unwrap();
        let stop = watch::Sender::new(false);
        network(&Patient::new(&sim, stop.subscribe()), REGION, vpc).await.unwrap().unwrap()
    });
    let inner = folder.join("123456789012").join(REGION);
    fs::create_dir_all(&inner).unwrap();
    for (name, answer) in answers {
        fs::write(inner.join(format!("{name}.json")), serde_json::to_vec_pretty(&answer).unwrap()).unwrap();
    }
}

#[test]
fn an_answer_tells_each_hop_or_what_is_missing() {
    let folder = workspace();
    let reachable = says(&run(folder.path(), &["reach", "bastion.vpc", "203.0.113.9", "bastion", "on", "tcp", "22"]));
    insta::assert_snapshot!("reachable", reachable);
    let outwards = says(&run(folder.path(), &["reach", "bastion.vpc", "worker", "internet", "on", "tcp", "443"]));
    insta::assert_snapshot!("through_nat", outwards);
    let blocked = says(&run(folder.path(), &["reach", "bastion.vpc", "internet", "bastion", "on", "tcp", "22"]));
    insta::assert_snapshot!("blocked_by_group", blocked);
    let acl = says(&run(folder.path(), &["reach", "acls.vpc", "internet", "front", "on", "tcp", "80"]));
    insta::assert_snapshot!("blocked_by_acl", acl);
    let route = says(&run(folder.path(), &["reach", "spokes.vpc", "left", "right", "on", "tcp", "22"]));
    insta::assert_snapshot!("blocked_by_route", route);
}

#[test]
fn scripts_get_json() {
    let folder = workspace();
    let ask = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&says(&run(folder.path(), &[arguments, &["--json"]].concat()))).unwrap()
    };
    let answer = ask(&["reach", "bastion.vpc", "203.0.113.9", "bastion", "on", "tcp", "22"]);
    assert_eq!((&answer["verdict"], &answer["reason"]), (&"reachable".into(), &serde_json::Value::Null));
    assert!(answer["hops"].as_array().unwrap().len() > 2 && !answer["return_hops"].as_array().unwrap().is_empty());
    assert_eq!(answer["hops"][2]["by"]["file"], "bastion.vpc");
    let answer = ask(&["reach", "bastion.vpc", "internet", "bastion", "on", "tcp", "22"]);
    assert_eq!((&answer["verdict"], &answer["reason"]), (&"blocked".into(), &"sg_ingress".into()));
    assert_eq!(answer["blocked_by"]["aws_code"], "ENI_SG_RULES_MISMATCH");
    assert_eq!(answer["blocked_by"]["groups"][0]["name"], "ops.door");
    let matrix = ask(&["reach", "bastion.vpc", "--matrix"]);
    let passage = matrix["passages"].as_array().unwrap().iter().find(|it| it["from"] == "internet").unwrap();
    assert_eq!((&passage["to"], &passage["flows"][0]["protocol"]), (&"ops.bastion".into(), &"tcp".into()));
    assert_eq!(passage["flows"][0]["ports"], serde_json::json!([22, 22]));
    assert_eq!(passage["flows"][0]["outside"], serde_json::json!(["203.0.113.0/24"]));
}

#[test]
fn single_packets_can_be_asked_about() {
    let folder = workspace();
    let ask = |arguments: &[&str]| {
        let all = [&["reach", "bastion.vpc", "internet", "bastion", "on", "tcp", "22", "--json"], arguments].concat();
        let answer: serde_json::Value = serde_json::from_str(&says(&run(folder.path(), &all))).unwrap();
        (answer["verdict"].as_str().unwrap().to_owned(), answer)
    };
    assert_eq!(ask(&["--from-ip", "203.0.113.77"]).0, "reachable");
    assert_eq!(ask(&["--from-ip", "198.51.100.1"]).0, "blocked");
    let (verdict, answer) = ask(&["--from-ip", "203.0.113.77", "--src-port", "4711"]);
    assert_eq!((verdict.as_str(), &answer["hops"][0]["packet"]["source_port"]), ("reachable", &4711.into()));
    let mixed = ["reach", "bastion.vpc", "internet", "bastion", "--from-ip", "::1", "--to-ip", "10.30.0.10"];
    fails(&run(folder.path(), &mixed), Exit::Failed, "two versions of IP");
}

#[test]
fn a_picture_of_the_matrix_is_drawn_for_light_and_dark() {
    let folder = workspace();
    let svg = says(&run(folder.path(), &["reach", "three-tiers.vpc", "--matrix", "--svg"]));
    insta::assert_snapshot!("matrix_svg", svg);
    assert!(svg.contains("prefers-color-scheme: dark") && svg.trim_end().ends_with("</svg>"));
}

#[test]
fn what_cannot_be_asked_is_told() {
    let folder = workspace();
    let path = folder.path();
    let ask = |arguments: &[&str]| run(path, &[&["reach"], arguments].concat());
    fails(&ask(&["bastion.vpc", "internet", "bastin"]), Exit::Failed, "did you mean `bastion`?");
    fails(&ask(&["bastion.vpc", "internet", "database"]), Exit::Failed, "nothing in the network is called `database`");
    fails(&ask(&["bastion.vpc", "internet"]), Exit::Failed, "vpcc reach net.vpc internet web on tcp 443");
    fails(&ask(&["bastion.vpc", "internet", "bastion", "on", "ftp"]), Exit::Failed, "is not a protocol");
    fails(&ask(&["bastion.vpc", "internet", "bastion", "on", "tcp", "22,80"]), Exit::Failed, "one range of ports");
    fails(&ask(&["bastion.vpc", "internet", "internet"]), Exit::Failed, "both outside");
    fails(&ask(&["nowhere.vpc", "internet", "web"]), Exit::Failed, "there is no such file or folder");
    fails(&ask(&["--describe", "nowhere", "internet", "web"]), Exit::Failed, "cannot read `nowhere`");
    fails(&ask(&["--describe", ".", "internet", "web"]), Exit::Failed, "bad-listing");
    fails(&ask(&["--describe", "keys", "--matrix"]), Exit::Failed, "no file here is an answer of EC2");
    fs::create_dir(path.join("cut")).unwrap();
    fs::write(path.join("cut/vpcs.json"), "{\"Vpcs\": [{\"VpcId\": ").unwrap();
    fails(&ask(&["--describe", "cut", "--matrix"]), Exit::Failed, "ends in the middle of an answer");
    fs::write(path.join("cut/vpcs.json"), b"\xff\xfe{\0}\0").unwrap();
    fails(&ask(&["--describe", "cut", "--matrix"]), Exit::Failed, "no file here is an answer of EC2");
    fs::write(path.join("cut/vpcs.json"), b"\xc3\x28").unwrap();
    fails(&ask(&["--describe", "cut", "--matrix"]), Exit::Failed, "not a text file");
    let live = ["--live", "vpc-0123456789abcdef0", "--matrix", "--cloud", "sim"];
    fails(&ask(&live), Exit::Setup, "in which region");
    fails(&ask(&[&live[..], &["--region", REGION]].concat()), Exit::Failed, "there is no VPC");
}

#[test]
fn a_change_says_what_it_opens_and_closes() {
    let folder = workspace();
    let path = folder.path();
    let program = fs::read_to_string(path.join("bastion.vpc")).unwrap();
    let changed = program.replace("ingress tcp 22 from office \"ssh\"", "ingress tcp 443 from any");
    assert_ne!(program, changed);
    fs::write(path.join("changed.vpc"), &changed).unwrap();
    let text = says(&run(path, &["diff-reach", "bastion.vpc", "changed.vpc"]));
    assert!(text.contains("+ opens:  internet → ops.bastion on tcp 443"), "{text}");
    assert!(text.contains("- closes: internet → ops.bastion on tcp 22 (203.0.113.0/24)"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&says(&run(path, &["diff-reach", "bastion.vpc", "changed.vpc", "--json"]))).unwrap();
    assert_eq!(json["changes"][0]["opened"][0]["ports"], serde_json::json!([443, 443]));
    // The plan tells the same of what lives, and nothing where nothing changes.
    let cloud = ["--cloud", "sim:changing"];
    ends(&run(path, &[&["apply", "bastion.vpc", "--yes"], &cloud[..]].concat()), Exit::Done);
    let plan = says(&run(path, &[&["plan", "changed.vpc"], &cloud[..]].concat()));
    assert!(plan.ends_with(&format!("\nReachability:\n{text}")), "{plan}");
    let plan = says(&run(path, &[&["plan", "bastion.vpc"], &cloud[..]].concat()));
    assert!(!plan.contains("Reachability"), "{plan}");
    // A saved plan stands for the program that it was made from.
    ends(&run(path, &["plan", "changed.vpc", "--cloud", "sim", "-o", "saved.plan"]), Exit::Done);
    assert_eq!(says(&run(path, &["diff-reach", "bastion.vpc", "saved.plan"])), text);
}
