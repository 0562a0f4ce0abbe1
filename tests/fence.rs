//! A stranger's program, and what it may not have.

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;
use support::{ends, stderr, stdout, vpcc, workspace};
use vpcc::Exit;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    vpcc().current_dir(folder).args(arguments).output().unwrap()
}

/// What nobody may see, wherever it comes from.
const CANARIES: [&str; 6] = [
    "CANARY-KEY-5f1c",
    "CANARY-SECRET-77aa",
    "CANARY-TOKEN-90e2",
    "CANARY-OF-THE-BOOT-SCRIPT-3b4d",
    "CANARY-OF-THE-ENVIRONMENT-c1e7",
    "CANARY-OF-ITS-CHANGE-08d2",
];

#[track_caller]
fn no_canary(text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "it tells {canary}:\n{text}");
    }
}

/// The cluster with its files, each outside the program's folder in a way of its own.
#[cfg(unix)]
#[test]
fn a_program_reads_nothing_outside_its_folder() {
    let world = workspace();
    let (inner, text) = (world.path().join("inner"), fs::read_to_string(world.path().join("cluster.vpc")).unwrap());
    fs::create_dir(&inner).unwrap();
    std::os::unix::fs::symlink(world.path().join("keys"), inner.join("linked")).unwrap();
    std::os::unix::fs::symlink(world.path().join("modules/stage.vpc"), inner.join("stage.vpc")).unwrap();
    fs::create_dir_all(inner.join("own/keys")).unwrap();
    fs::copy(world.path().join("keys/me.pub"), inner.join("own/keys/me.pub")).unwrap();
    let absolute = world.path().join("keys/me.pub").to_str().unwrap().to_owned();
    let with_key = |key: &str| text.replace("keys/me.pub", key).replace("    boot  \"boot/node.sh\"\n", "");
    let used = "\nuse \"stage.vpc\" as dev (x = 20, zones = a, office = 10.0.0.0/8)\n";
    for (name, program) in [
        ("up.vpc", with_key("../keys/me.pub")),
        ("absolute.vpc", with_key(&absolute)),
        ("link.vpc", with_key("linked/me.pub")),
        ("around.vpc", with_key("own/../../keys/me.pub")),
        (
            "boot.vpc",
            with_key("own/keys/me.pub").replace("    key   me\n", "    key   me\n    boot  \"../boot/node.sh\"\n"),
        ),
        ("use.vpc", with_key("own/keys/me.pub") + used),
    ] {
        fs::write(inner.join(name), &program).unwrap();
        for folder in [&inner, world.path()] {
            let path = if folder == inner { name.to_owned() } else { format!("inner/{name}") };
            let refused = run(folder, &["check", &path]);
            ends(&refused, Exit::Failed);
            assert!(stderr(&refused).contains("outside the program's folder"), "{name}: {}", stderr(&refused));
            assert!(stderr(&refused).contains("--allow-outside"), "{}", stderr(&refused));
            ends(&run(folder, &["plan", &path, "--offline"]), Exit::Failed);
            ends(&run(folder, &["plan", &path, "--offline", "--allow-outside"]), Exit::Done);
        }
        fs::remove_file(inner.join(name)).unwrap();
    }
    fs::write(inner.join("inside.vpc"), with_key("own/./keys/../keys/me.pub")).unwrap();
    ends(&run(&inner, &["check", "inside.vpc"]), Exit::Done);
    let listed = run(&inner, &["check", "."]);
    ends(&listed, Exit::Failed);
    assert!(stderr(&listed).contains("cannot read `stage.vpc`: it is outside"), "{}", stderr(&listed));
}

/// A pipe that gives what a program could do with, to whoever reads it.
#[cfg(unix)]
fn pipe(path: &Path, text: &'static str) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    let path = path.to_owned();
    std::thread::spawn(move || fs::write(path, text));
}

#[cfg(unix)]
#[test]
fn a_program_names_files_and_no_pipes_or_devices() {
    let folder = workspace();
    fs::remove_file(folder.path().join("boot/node.sh")).unwrap();
    pipe(&folder.path().join("boot/node.sh"), "#!/bin/sh\n");
    for flags in [&[][..], &["--allow-outside"]] {
        let refused = run(folder.path(), &[&["check", "cluster.vpc"][..], flags].concat());
        ends(&refused, Exit::Failed);
        assert!(stderr(&refused).contains("neither a file nor a folder"), "{}", stderr(&refused));
    }
    let endless = fs::read_to_string(folder.path().join("cluster.vpc")).unwrap().replace("boot/node.sh", "/dev/zero");
    fs::write(folder.path().join("endless.vpc"), endless).unwrap();
    let refused = run(folder.path(), &["check", "endless.vpc", "--allow-outside"]);
    ends(&refused, Exit::Failed);
    assert!(stderr(&refused).contains("neither a file nor a folder"), "{}", stderr(&refused));
    pipe(&folder.path().join("more.vpc"), "network more 10.9.0.0/16 {\n}\n");
    ends(&run(folder.path(), &["check", "."]), Exit::Failed);
}

/// Nothing is sent: the name is one that nobody can have, and the refusal comes before it is looked up.
#[test]
fn endpoints_elsewhere_are_encrypted() {
    let folder = workspace();
    let elsewhere = "http://ec2.invalid";
    let profile = format!(
        "[default]\nendpoint_url = {elsewhere}\n[profile own]\nservices = s\n[services s]\nec2 =\n  endpoint_url = {elsewhere}\n"
    );
    fs::write(folder.path().join("config"), profile).unwrap();
    let plan = ["plan", "cluster.vpc"];
    for (variables, flags) in [
        (&[][..], &["--endpoint-url", elsewhere][..]),
        (&[("AWS_ENDPOINT_URL", elsewhere)], &[]),
        (&[("AWS_ENDPOINT_URL_EC2", elsewhere)], &[]),
        (&[("AWS_CONFIG_FILE", "config")], &[]),
        (&[("AWS_CONFIG_FILE", "config")], &["--profile", "own"]),
    ] {
        let mut command = vpcc();
        command.env("AWS_ACCESS_KEY_ID", CANARIES[0]).env("AWS_SECRET_ACCESS_KEY", CANARIES[1]);
        command.current_dir(folder.path()).envs(variables.iter().copied()).args(plan).args(flags);
        let refused = command.output().unwrap();
        ends(&refused, Exit::Failed);
        let told = stdout(&refused) + &stderr(&refused);
        assert!(told.contains(&format!("the endpoint {elsewhere} is neither encrypted")), "{variables:?}: {told}");
        assert!(told.contains("--allow-http"), "{told}");
        no_canary(&told);
    }
}

#[test]
fn no_secret_is_told() {
    let folder = workspace();
    let script = folder.path().join("boot/node.sh");
    fs::write(&script, format!("#!/bin/sh\nexport PASSWORD={}\n", CANARIES[3])).unwrap();
    // What a node's script finds in its environment is user data too, and may be a password.
    let cluster = fs::read_to_string(folder.path().join("cluster.vpc")).unwrap();
    let boot = "    boot  \"boot/node.sh\"\n";
    let with = |password: &str| cluster.replace(boot, &format!("{boot}    env {{ PASSWORD \"{password}\" }}\n"));
    fs::write(folder.path().join("cluster.vpc"), with(CANARIES[4])).unwrap();
    fs::write(folder.path().join("changed.vpc"), with(CANARIES[5])).unwrap();
    assert!(with(CANARIES[4]).contains(CANARIES[4]));
    let mut told = String::new();
    let mut tell = |arguments: &[&str]| {
        let mut command = vpcc();
        command.env("AWS_ACCESS_KEY_ID", CANARIES[0]).env("AWS_SECRET_ACCESS_KEY", CANARIES[1]);
        command.env("AWS_SESSION_TOKEN", CANARIES[2]).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        let output = command.current_dir(folder.path()).args(arguments).output().unwrap();
        told += &(stdout(&output) + &stderr(&output));
        output
    };
    let sim = ["--cloud", "sim:cloud"];
    let nowhere = ["--endpoint-url", "http://127.0.0.1:9"];
    for arguments in [
        &["plan", "cluster.vpc", "--offline", "--json"][..],
        &["plan", "cluster.vpc", "--offline", "-v"],
        &["check", "cluster.vpc", "-v", "--message-format", "json"],
        &["graph", "cluster.vpc", "--format", "mermaid"],
        &["graph", "cluster.vpc"],
        &["reach", "cluster.vpc", "internet", "cluster.node", "on", "tcp", "22", "-v"],
        &[&["plan", "cluster.vpc", "-o", "saved", "-v"][..], &sim].concat(),
        &[&["apply", "saved", "-v"][..], &sim].concat(),
        &[&["plan", "changed.vpc", "-v"][..], &sim].concat(),
        &[&["plan", "changed.vpc", "--json"][..], &sim].concat(),
        &["diff-reach", "cluster.vpc", "changed.vpc"],
        &[&["apply", "changed.vpc", "--yes", "-v"][..], &sim].concat(),
        &[&["destroy", "cluster.vpc", "--yes", "--json"][..], &sim].concat(),
        &[&["apply", "cluster.vpc", "--yes", "--json"][..], &sim].concat(),
        &[&["output", "cluster.vpc", "--json"][..], &sim].concat(),
        &[&["destroy", "cluster.vpc", "--yes", "-v"][..], &sim].concat(),
        &[&["plan", "cluster.vpc", "-v"][..], &nowhere].concat(),
        &[&["apply", "cluster.vpc", "--yes", "-v"][..], &nowhere].concat(),
    ] {
        tell(arguments);
    }
    assert!(told.contains("RunInstances") && told.contains("127.0.0.1:9"), "{told}");
    assert!(told.contains("it takes effect at the first boot only"), "the change is planned: {told}");
    no_canary(&told);
    no_canary(&String::from_utf8_lossy(&fs::read(folder.path().join("saved")).unwrap()));
    no_canary(&String::from_utf8_lossy(&fs::read(folder.path().join("cloud")).unwrap()));
}

#[test]
fn a_private_key_is_not_told() {
    let folder = workspace();
    let private = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n", CANARIES[1]);
    // Whatever else is wrong with it.
    for text in [private.clone(), format!("{}\n", CANARIES[1]), format!("ssh-rsa {}\n", CANARIES[1]), private + "\u{0}"]
    {
        fs::write(folder.path().join("keys/me.pub"), text).unwrap();
        for arguments in [
            &["check", "cluster.vpc"][..],
            &["check", "cluster.vpc", "--message-format", "json"],
            &["plan", "cluster.vpc", "--offline", "-v"],
            &["graph", "cluster.vpc"],
        ] {
            let refused = run(folder.path(), arguments);
            ends(&refused, Exit::Failed);
            no_canary(&(stdout(&refused) + &stderr(&refused)));
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_laid_out_keeps_its_rights_and_stays_a_link() {
    use std::os::unix::fs::PermissionsExt;
    let folder = workspace();
    let (real, link) = (folder.path().join("real.vpc"), folder.path().join("link.vpc"));
    for mode in [0o640, 0o600, 0o664] {
        fs::write(&real, "stack    demo\n").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(mode)).unwrap();
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink("real.vpc", &link).unwrap();
        ends(&run(folder.path(), &["fmt", "link.vpc"]), Exit::Done);
        assert_eq!(fs::read_to_string(&real).unwrap(), "stack demo\n");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[cfg(unix)]
#[test]
fn what_is_written_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = workspace();
    ends(&run(folder.path(), &["plan", "cluster.vpc", "-o", "saved", "--cloud", "sim:cloud"]), Exit::Done);
    for name in ["saved", "cloud"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} has mode {mode:o}");
    }
}
