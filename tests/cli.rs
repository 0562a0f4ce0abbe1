//! What users type, what they see, and how commands end.

#[cfg(unix)]
#[path = "cli/saved.rs"]
mod saved;
#[cfg(unix)]
#[path = "cli/streams.rs"]
mod streams;
mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};
use support::{ends, stderr, stdout, vpcc, workspace};
use vpcc::Exit;
use vpcc_core::call::{Call, map};
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    vpcc().current_dir(folder).args(arguments).output().unwrap()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    fs::write(folder.join(name), bytes).unwrap();
}

/// Asserts that a command failed with a code and said something.
#[track_caller]
fn fails(output: &Output, exit: Exit, said: &str) {
    ends(output, exit);
    assert!(stderr(output).contains(said), "it does not say {said:?}:\n{}", stderr(output));
}

const SMALL: &str = "stack s\nregion us-west-2\nnetwork n 10.0.0.0/16 {\n  subnet lan 10.0.0.0/24 az a\n}\n";

#[test]
fn a_new_program_is_clean_planned_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    ends(&run(folder.path(), &["new", "my.vpc"]), Exit::Done);
    fails(&run(folder.path(), &["check", "my.vpc"]), Exit::Done, "no problems");
    ends(&run(folder.path(), &["fmt", "--check", "my.vpc"]), Exit::Done);
    let plan = run(folder.path(), &["plan", "my.vpc", "--offline"]);
    ends(&plan, Exit::Done);
    assert!(stdout(&plan).contains("cluster.node[2]"));
    fails(&run(folder.path(), &["new", "my.vpc"]), Exit::Failed, "exists already");
}

#[test]
fn paths_that_hold_no_program_are_told() {
    let folder = tempfile::tempdir().unwrap();
    fails(&run(folder.path(), &["check", "nowhere.vpc"]), Exit::Failed, "there is no such file or folder");
    fails(&run(folder.path(), &["check", "."]), Exit::Failed, "holds no .vpc file");
    write(folder.path(), "latin.vpc", b"stack caf\xe9\n");
    fails(&run(folder.path(), &["check", "latin.vpc"]), Exit::Failed, "byte 9 is not UTF-8");
    write(folder.path(), "binary.vpc", b"\x7fELF\0\0\0\0");
    fails(&run(folder.path(), &["check", "binary.vpc"]), Exit::Failed, "not a text file");
    fs::File::create(folder.path().join("huge.vpc")).unwrap().set_len(100 << 20).unwrap();
    fails(&run(folder.path(), &["check", "huge.vpc"]), Exit::Failed, "too large");
    write(folder.path(), "long.vpc", format!("{SMALL}# {}\nsubnt\n", "x".repeat(1 << 20)));
    fails(&run(folder.path(), &["check", "long.vpc"]), Exit::Failed, "there is no statement `subnt`");
    write(folder.path(), "line.vpc", format!("{SMALL}subnt {}\n", "x ".repeat(1 << 19)));
    let long = run(folder.path(), &["check", "line.vpc"]);
    fails(&long, Exit::Failed, "there is no statement `subnt`");
    assert!(stderr(&long).len() < 2000, "a line of a megabyte is not drawn");
    write(folder.path(), "deep.vpc", format!("{SMALL}{}{}", "a {".repeat(10_000), "}".repeat(10_000)));
    fails(&run(folder.path(), &["check", "deep.vpc"]), Exit::Failed, "nested more than 16 deep");
}

#[test]
fn a_folder_is_one_program() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "b.vpc", "network n 10.0.0.0/16 {\n  subnet lan 10.0.0.0/24 az x\n}\n");
    write(folder.path(), "a.vpc", "stack s\nregion us-west-2\n");
    write(folder.path(), "notes.txt", "not a program");
    let check = run(folder.path(), &["check", ".", "--message-format", "short"]);
    fails(&check, Exit::Failed, "b.vpc:2:29: error[unknown-zone]: `us-west-2` has no zone `x`");
}

#[test]
fn problems_can_be_read_by_scripts() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "p.vpc", SMALL.replace("10.0.0.0/24", "10.0.0.5/24"));
    let check = run(folder.path(), &["check", "p.vpc", "--message-format", "json"]);
    ends(&check, Exit::Failed);
    let problem: serde_json::Value = serde_json::from_str(&stdout(&check)).unwrap();
    assert_eq!(
        problem,
        serde_json::json!({
            "severity": "error", "code": "block-not-at-base", "message": "`10.0.0.5/24` does not start at the block's first address",
            "file": "p.vpc", "line": 4, "column": 14, "end_line": 4, "end_column": 25,
            "labels": [{ "file": "p.vpc", "line": 4, "column": 14, "end_line": 4, "end_column": 25,
                         "message": "this block starts at 10.0.0.0", "primary": true }],
            "notes": ["help: write `10.0.0.0/24`"],
            "fix": { "file": "p.vpc", "line": 4, "column": 14, "end_line": 4, "end_column": 25, "replacement": "10.0.0.0/24" },
        })
    );
    let missing = run(folder.path(), &["check", "q.vpc", "--message-format", "json"]);
    let problem: serde_json::Value = serde_json::from_str(&stdout(&missing)).unwrap();
    assert_eq!((&problem["code"], &problem["fix"]), (&"unreadable-file".into(), &serde_json::Value::Null));
}

#[test]
fn parameters_come_from_the_command_line_and_from_files() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "p.vpc",
        "param x 0..254\nparam env \"dev\", \"prod\"\nstack s-{env}\nregion us-west-2\nnetwork n 10.{x}.0.0/16 {}\n",
    );
    fails(&run(folder.path(), &["check", "p.vpc"]), Exit::Failed, "the parameter `x` has no value");
    write(folder.path(), "dev.params", "# for development\nx = 7\nenv = \"dev\"\n");
    let plan = run(folder.path(), &["plan", "p.vpc", "--offline", "--params", "dev.params", "-p", "x=9"]);
    ends(&plan, Exit::Done);
    assert!(stdout(&plan).contains("s-dev") && stdout(&plan).contains("10.9.0.0/16"), "{}", stdout(&plan));
    let wrong = run(folder.path(), &["check", "p.vpc", "-p", "x=300", "-p", "evn=dev"]);
    fails(&wrong, Exit::Failed, "`300`, given for `x`, is not a number from 0 to 254");
    fails(&wrong, Exit::Failed, "did you mean `env`?");
    fails(&run(folder.path(), &["check", "p.vpc", "-p", "x"]), Exit::Failed, "write it as NAME=VALUE");
}

#[test]
fn laying_out_keeps_what_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let messy = SMALL.replace("  subnet", "subnet   ");
    write(folder.path(), "messy.vpc", &messy);
    let check = run(folder.path(), &["fmt", "--check", "messy.vpc"]);
    ends(&check, Exit::Failed);
    assert_eq!(stdout(&check), "messy.vpc\n");
    assert_eq!(fs::read_to_string(folder.path().join("messy.vpc")).unwrap(), messy);
    ends(&run(folder.path(), &["fmt", "messy.vpc"]), Exit::Done);
    assert_eq!(fs::read_to_string(folder.path().join("messy.vpc")).unwrap(), SMALL);
    ends(&run(folder.path(), &["fmt", "--check", "."]), Exit::Done);

    let broken = "network n {\n     subnet\n";
    write(folder.path(), "broken.vpc", broken);
    fails(&run(folder.path(), &["fmt", "broken.vpc"]), Exit::Failed, "left as it is");
    assert_eq!(fs::read_to_string(folder.path().join("broken.vpc")).unwrap(), broken);
}

#[test]
fn a_plan_has_the_same_bytes_every_time_and_no_user_data() {
    let folder = workspace();
    let plan = || stdout(&run(folder.path(), &["plan", "cluster.vpc", "--offline", "--json"]));
    let json = plan();
    assert_eq!(json, plan());
    let plan: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((plan["format_version"].as_str(), plan["stack"].as_str()), (Some("1.0"), Some("dahak")));
    assert_eq!(plan["summary"], serde_json::json!({ "create": 12, "update": 0, "replace": 0, "delete": 0 }));
    let script = fs::read_to_string(folder.path().join("boot/node.sh")).unwrap();
    assert!(!json.contains("kickstart") && script.contains("kickstart"));
    let steps = plan["steps"].as_array().unwrap();
    let place = |address: &str| steps.iter().position(|step| step["address"] == address).unwrap();
    for step in steps {
        for need in step["needs"].as_array().unwrap() {
            assert!(place(need.as_str().unwrap()) < place(step["address"].as_str().unwrap()), "{step}");
        }
    }
    let node = &steps[place("cluster.node[1]")];
    assert_eq!(node["calls"][0]["action"], "RunInstances");
    assert_eq!(
        node["calls"][0]["parameters"]["NetworkInterfaces"][0]["SubnetId"],
        serde_json::json!({ "ref": "cluster.lan" })
    );
    assert_eq!(node["source"], serde_json::json!({ "file": "cluster.vpc", "line": 27 }));
}

#[test]
fn a_program_is_drawn_if_it_has_no_errors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let svg = run(root, &["graph", "examples/cluster.vpc"]);
    ends(&svg, Exit::Done);
    assert_eq!(stdout(&svg), fs::read_to_string(root.join("examples/pictures/cluster.svg")).unwrap());
    for (format, start) in [("dot", "digraph \"dahak\" {\n"), ("mermaid", "flowchart BT\n")] {
        let graph = run(root, &["graph", "examples/cluster.vpc", "--format", format]);
        ends(&graph, Exit::Done);
        assert!(stdout(&graph).starts_with(start), "{}", stdout(&graph));
    }
    let asked = |more: &[&str]| run(root, &[&["graph", "examples/three-tiers.vpc"], more].concat());
    let reach = asked(&["--reach", "api[b,1]", "internet", "on", "tcp", "443"]);
    ends(&reach, Exit::Done);
    assert!(stdout(&reach).contains("api[b,1] reaches internet on tcp 443"), "{}", stdout(&reach));
    fails(&asked(&["--reach", "apo[b,1]", "internet"]), Exit::Failed, "did you mean `api[b,1]`?");
    fails(&asked(&["--reach", "lb", "db", "tcp"]), Exit::Failed, "who begins, who answers, and by what");
    fails(&asked(&["--reach", "lb", "db", "--format", "dot"]), Exit::Failed, "in SVG only");
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "bad.vpc", "stack s\nsubnet\n");
    let bad = run(folder.path(), &["graph", "bad.vpc"]);
    fails(&bad, Exit::Failed, "error[");
    assert_eq!(stdout(&bad), "");
}

#[test]
fn plans_have_a_schema() {
    let folder = tempfile::tempdir().unwrap();
    let schema = run(folder.path(), &["schema", "plan"]);
    ends(&schema, Exit::Done);
    assert!(stdout(&schema).starts_with("{\n  \"$schema\": "), "{}", stdout(&schema));
    ends(&run(folder.path(), &["schema", "cake"]), Exit::Failed);
}

#[test]
fn codes_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let page = run(folder.path(), &["explain", "cidr-overlap"]);
    ends(&page, Exit::Done);
    assert!(stdout(&page).contains("```vpc wrong"));
    fails(&run(folder.path(), &["explain", "cidr-overlp"]), Exit::Failed, "did you mean `cidr-overlap`?");
    let list = run(folder.path(), &["explain"]);
    assert!(stdout(&list).lines().count() > 40 && stdout(&list).contains("open-admin-port"));
}

#[test]
fn shells_get_their_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let completions = vpcc().args(["completions", shell]).output().unwrap();
        ends(&completions, Exit::Done);
        assert!(stdout(&completions).contains("destroy"), "{shell}");
    }
}

#[test]
fn wrong_usage_ends_with_one() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["plann"][..], &["plan", "--nonsense"], &[], &["apply", "a", "b"]] {
        ends(&run(folder.path(), arguments), Exit::Failed);
    }
    ends(&run(folder.path(), &["--help"]), Exit::Done);
    ends(&run(folder.path(), &["--version"]), Exit::Done);
}

#[test]
fn nothing_is_changed_without_a_yes() {
    let folder = workspace();
    let apply = run(folder.path(), &["apply", "cluster.vpc", "--cloud", "sim:cloud"]);
    fails(&apply, Exit::Failed, "--yes");
    let plan = run(folder.path(), &["plan", "cluster.vpc", "--cloud", "sim:cloud", "--detailed-exitcode"]);
    ends(&plan, Exit::Changes);
}

#[test]
fn without_credentials_or_region_nothing_is_tried() {
    let folder = workspace();
    let without =
        |name: &str| vpcc().env_remove(name).current_dir(folder.path()).args(["plan", "cluster.vpc"]).output().unwrap();
    ends(&without("AWS_ACCESS_KEY_ID"), Exit::Setup);
    let program = fs::read_to_string(folder.path().join("cluster.vpc")).unwrap().replace("region us-west-2\n", "");
    write(folder.path(), "nowhere.vpc", program);
    for arguments in [&["plan", "nowhere.vpc"][..], &["plan", "nowhere.vpc", "--offline"]] {
        fails(&run(folder.path(), arguments), Exit::Setup, "in which region");
    }
    ends(&run(folder.path(), &["plan", "nowhere.vpc", "--offline", "--region", "eu-west-1"]), Exit::Done);
    let both = run(folder.path(), &["plan", "cluster.vpc", "--offline", "--region", "eu-west-1"]);
    fails(&both, Exit::Failed, "the program says `region us-west-2`");
}

#[test]
fn an_endpoint_that_refuses_is_told_soon() {
    let folder = workspace();
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let start = Instant::now();
    let url = format!("http://127.0.0.1:{port}");
    let plan = run(folder.path(), &["plan", "cluster.vpc", "--endpoint-url", &url]);
    fails(&plan, Exit::Failed, "check the network, the region, and the endpoint");
    assert!(start.elapsed() < Duration::from_secs(10));
    let elsewhere = run(folder.path(), &["plan", "cluster.vpc", "--endpoint-url", "http://ec2.example.com"]);
    ends(&elsewhere, Exit::Failed);
    assert!(stderr(&elsewhere).contains("http://ec2.example.com"), "{}", stderr(&elsewhere));
}

/// A server that refuses everything in EC2's way.
fn refusing(code: &'static str, message: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            std::thread::spawn(move || {
                let mut request = [0; 65536];
                while stream.read(&mut request).is_ok_and(|len| len > 0) {
                    let body = format!(
                        "<?xml version=\"1.0\"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
                         <RequestID>req-1</RequestID></Response>"
                    );
                    let head = format!(
                        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
                        body.len()
                    );
                    if stream.write_all((head + &body).as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

#[test]
fn what_ec2_forbids_is_told_with_what_to_do() {
    let folder = workspace();
    let url = refusing("UnauthorizedOperation", "You are not authorized to perform this operation.");
    let plan = run(folder.path(), &["plan", "cluster.vpc", "--endpoint-url", &url]);
    fails(&plan, Exit::Failed, "UnauthorizedOperation");
    assert!(stderr(&plan).contains("ask whoever manages the account"), "{}", stderr(&plan));
    let url = refusing("AuthFailure", "AWS was not able to validate the provided access credentials");
    let plan = run(folder.path(), &["plan", "cluster.vpc", "--endpoint-url", &url]);
    assert!(stderr(&plan).contains("aws sts get-caller-identity"), "{}", stderr(&plan));
}

#[test]
fn keys_and_scripts_that_are_not_are_told() {
    let folder = workspace();
    let program = fs::read_to_string(folder.path().join("cluster.vpc")).unwrap();
    let check = |key: &str, boot: &str| {
        write(folder.path(), "p.vpc", program.replace("keys/me.pub", key).replace("boot/node.sh", boot));
        run(folder.path(), &["check", "p.vpc"])
    };
    write(folder.path(), "id", "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n");
    let private = check("id", "boot/node.sh");
    fails(&private, Exit::Failed, "`id` is a private key");
    assert!(!stderr(&private).contains("c2VjcmV0"));
    fails(&check("keys", "boot/node.sh"), Exit::Failed, "it is a folder");
    fails(&check("nobody.pub", "boot/node.sh"), Exit::Failed, "there is no such file");
    write(folder.path(), "fits.sh", format!("#!{}", "x".repeat(16_382)));
    ends(&check("keys/me.pub", "fits.sh"), Exit::Done);
    write(folder.path(), "over.sh", format!("#!{}", "x".repeat(16_383)));
    fails(&check("keys/me.pub", "over.sh"), Exit::Failed, "`over.sh` is 1 bytes too large");
}

#[test]
fn a_program_keeps_to_its_account() {
    let folder = workspace();
    let program = fs::read_to_string(folder.path().join("cluster.vpc")).unwrap();
    write(folder.path(), "own.vpc", format!("account 123456789012\n{program}"));
    write(folder.path(), "foreign.vpc", format!("account 210987654321\n{program}"));
    ends(&run(folder.path(), &["apply", "own.vpc", "--cloud", "sim:cloud", "--yes", "-q"]), Exit::Done);
    for command in [&["plan"][..], &["output"], &["apply", "--yes"], &["destroy", "--yes"]] {
        let arguments = [command, &["foreign.vpc", "--cloud", "sim:cloud"]].concat();
        fails(&run(folder.path(), &arguments), Exit::Failed, "these credentials belong to 123456789012");
    }
    ends(&run(folder.path(), &["plan", "own.vpc", "--cloud", "sim:cloud", "--detailed-exitcode"]), Exit::Done);
}

#[cfg(unix)]
#[test]
fn an_interrupted_apply_says_what_is_left_and_the_next_one_finishes() {
    use std::io::{BufRead, BufReader};
    let folder = workspace();
    let mut apply = vpcc()
        .current_dir(folder.path())
        .args(["apply", "cluster.vpc", "--cloud", "sim:cloud", "--yes"])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(apply.stderr.take().unwrap()).lines().map(Result::unwrap);
    lines.find(|line| line.contains("created VPC")).unwrap();
    std::process::Command::new("kill").args(["-INT", &apply.id().to_string()]).status().unwrap();
    let said: Vec<String> = lines.collect();
    assert_eq!(apply.wait().unwrap().code(), Some(130), "{said:?}");
    assert!(said.iter().any(|line| line.contains("Not done:")), "{said:?}");
    ends(&run(folder.path(), &["apply", "cluster.vpc", "--cloud", "sim:cloud", "--yes", "-q"]), Exit::Done);
    ends(&run(folder.path(), &["plan", "cluster.vpc", "--cloud", "sim:cloud", "--detailed-exitcode"]), Exit::Done);
    ends(&run(folder.path(), &["destroy", "cluster.vpc", "--cloud", "sim:cloud", "--yes", "-q"]), Exit::Done);
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = include_str!("../README.md");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let apply = run(root, &["apply", "examples/cluster.vpc", "--cloud", "sim", "--yes"]);
    ends(&apply, Exit::Done);
    assert!(readme.contains(stdout(&apply).trim_end()), "{}", stdout(&apply));
    assert!(stderr(&apply).contains("✓ created VPC cluster") && stderr(&apply).contains("Done: 12 steps in"));

    let reach = stdout(&run(root, &["reach", "examples/bastion.vpc", "bastion", "worker", "on", "tcp", "22"]));
    let (request, _) = reach.split_once("\n\n  answer").unwrap();
    assert!(readme.contains(request), "{request}");
    let matrix = stdout(&run(root, &["reach", "examples/bastion.vpc", "--matrix"]));
    assert!(readme.contains(matrix.trim_end()), "{matrix}");

    let folder = tempfile::tempdir().unwrap();
    let program = "stack demo\nregion us-west-2\n\nnetwork cluster 10.117.0.0/16 {\n  subnet web 10.117.0.0/23 az a\n  subnet db  10.117.1.0/24 az b\n}\n";
    write(folder.path(), "bad.vpc", program);
    let check = run(folder.path(), &["check", "bad.vpc"]);
    assert!(readme.contains(stderr(&check).trim_end().trim_end_matches("1 error").trim_end()), "{}", stderr(&check));
}

#[test]
fn outputs_have_names_and_formats() {
    let folder = workspace();
    let vpcc = |arguments: &[&str]| {
        let output = run(folder.path(), &[arguments, &["monitoring.vpc", "--cloud", "sim:world"]].concat());
        ends(&output, Exit::Done);
        stdout(&output)
    };
    let program = fs::read_to_string(folder.path().join("monitoring.vpc")).unwrap();
    write(folder.path(), "monitoring.vpc", program.replace("    disk data 100GiB gp3\n", ""));
    let applied = vpcc(&["apply", "--yes"]);
    let table = vpcc(&["output"]);
    let named: Vec<&str> = table.lines().take(3).collect();
    assert!(named[0].starts_with("OUTPUT") && named[2].ends_with("10.30.0.10, 10.30.0.11, 10.30.0.12"), "{table}");
    assert!(applied.ends_with(&format!("\n{}\n", named.join("\n"))), "{applied}");
    let json: serde_json::Value = serde_json::from_str(&vpcc(&["output", "--json"])).unwrap();
    assert_eq!(json["outputs"]["machines"][2], "10.30.0.12");
    assert_eq!(json["outputs"]["dashboards"], json["watch.grafana"]["public_ip"]);
    let public = |node: &str| json[node]["public_ip"].as_str().unwrap().to_owned();
    let id = |node: &str| json[node]["id"].as_str().unwrap().to_owned();
    assert_eq!(vpcc(&["output", "--format", "hosts"]).lines().nth(1), Some("10.30.0.10\tmachine-0.watch"));
    let entry = format!(
        "Host machine-1.watch\n  HostName {}\n  HostKeyAlias {}\n",
        public("watch.machine[1]"),
        id("watch.machine[1]")
    );
    assert!(vpcc(&["output", "--format", "ssh-config"]).contains(&entry));
    let ansible = vpcc(&["output", "--format", "ansible"]);
    let line = format!(
        "machine-2.watch ansible_host={} private_ip=10.30.0.12 instance_id={}\n\n[watch_prometheus]\n",
        public("watch.machine[2]"),
        id("watch.machine[2]")
    );
    assert!(ansible.contains(&line), "{ansible}");
    assert!(ansible.ends_with("[watch:children]\nwatch_grafana\nwatch_machine\nwatch_prometheus\n\n"), "{ansible}");
    vpcc(&["destroy", "--yes"]);
    let json: serde_json::Value = serde_json::from_str(&vpcc(&["output", "--format", "json"])).unwrap();
    assert_eq!(json, serde_json::json!({ "outputs": { "dashboards": null, "machines": [null, null, null] } }));
}

#[test]
fn what_was_changed_by_hand_is_a_change() {
    let folder = workspace();
    let vpcc = |arguments: &[&str]| run(folder.path(), &[arguments, &["cluster.vpc", "--cloud", "sim:world"]].concat());
    ends(&vpcc(&["apply", "--yes", "-q"]), Exit::Done);
    ends(&vpcc(&["plan", "--detailed-exitcode"]), Exit::Done);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let delete = Call::new("DeleteKeyPair", map! { "KeyName" => "dahak/me" });
    let world = Sim::open(folder.path().join("world")).unwrap();
    runtime.block_on(world.call("us-west-2", &delete)).unwrap();
    let plan = vpcc(&["plan", "--detailed-exitcode"]);
    ends(&plan, Exit::Changes);
    assert!(stdout(&plan).contains("+ key pair  me"), "{}", stdout(&plan));
    ends(&vpcc(&["plan"]), Exit::Done);
    ends(&vpcc(&["apply", "--yes", "-q"]), Exit::Done);
    ends(&vpcc(&["plan", "--detailed-exitcode"]), Exit::Done);
}

#[test]
fn addresses_of_ipv6_have_a_column_where_there_are_any() {
    let folder = support::workspace();
    let run = |arguments: &[&str]| support::vpcc().current_dir(folder.path()).args(arguments).output().unwrap();
    for (example, shown) in [("dual-stack.vpc", true), ("one-nat.vpc", false)] {
        let cloud = format!("sim:{example}.cloud");
        support::ends(&run(&["apply", example, "--cloud", &cloud, "--yes"]), vpcc::Exit::Done);
        let table = support::stdout(&run(&["output", example, "--cloud", &cloud]));
        assert_eq!(table.lines().next().unwrap().ends_with("  IPV6"), shown, "{table}");
        let door = table.lines().find(|line| line.starts_with("dual.door[a]"));
        assert_eq!(door.is_some_and(|line| line.contains("  2600:1f")), shown, "{table}");
    }
}

#[test]
fn people_are_told_a_hundred_mistakes_errors_first_and_machines_all() {
    let folder = tempfile::tempdir().unwrap();
    let rules: String = (0..150).map(|port| format!("    ingress tcp {} from any\n", 2 * port + 1001)).collect();
    let program = |groups: &str| {
        format!(
            "stack s\nregion us-west-2\nquota sg-rules 200\nnetwork n 10.0.0.0/16 {{\n  sg s {{\n{groups}  }}\n}}\n"
        )
    };
    write(folder.path(), "warned.vpc", program(&rules));
    write(folder.path(), "wrong.vpc", program(&format!("{rules}    ingress tcp 22 from nobody\n")));
    let told = |name: &str, format: &str| run(folder.path(), &["check", name, "--message-format", format]);
    let (warned, wrong) = (told("warned.vpc", "human"), told("wrong.vpc", "human"));
    fails(&warned, Exit::Done, "… and 51 more; `vpcc check --message-format short` tells them all");
    fails(&wrong, Exit::Failed, "… and 51 more; ");
    assert_eq!(stderr(&warned).matches("warning[").count(), 100);
    assert_eq!(stderr(&wrong).matches("warning[").count(), 99);
    fails(&wrong, Exit::Failed, "there is no `nobody`");
    fails(&wrong, Exit::Failed, "1 error, 150 warnings");
    assert_eq!(stderr(&told("wrong.vpc", "short")).lines().count(), 151);
    assert_eq!(stdout(&told("wrong.vpc", "json")).lines().count(), 151);
}
