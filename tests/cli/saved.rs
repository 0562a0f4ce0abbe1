//! Saved plans: what is carried out, what is refused, and what a stranger's cannot do.

use super::{fails, run, write};
use crate::support::{ends, stderr, stdout, vpcc, workspace};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use vpcc::Exit;
use vpcc_core::plan::saved::sealed;

const SIM: [&str; 2] = ["--cloud", "sim:cloud"];

fn plan(folder: &Path, arguments: &[&str]) {
    ends(&run(folder, &[&["plan", "-q", "-o", "saved"], arguments, &SIM].concat()), Exit::Done);
}

fn apply(folder: &Path, arguments: &[&str]) -> Output {
    run(folder, &[&["apply", "saved"], arguments, &SIM].concat())
}

/// A folder of two files, and a plan of it.
fn planned() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("p")).unwrap();
    write(folder.path(), "p/a.vpc", "stack s\nregion us-west-2\nparam x 0..254 = 1\n");
    write(folder.path(), "p/b.vpc", "network n 10.{x}.0.0/16 {\n  subnet lan 10.{x}.0.0/24 az a\n}\n");
    plan(folder.path(), &["p", "-p", "x=7"]);
    folder
}

#[test]
fn a_saved_plan_has_its_parameters_and_is_carried_out_once() {
    let folder = planned();
    fails(&apply(folder.path(), &["-p", "x=8"]), Exit::Failed, "a saved plan has its parameters in it");
    fails(&apply(folder.path(), &["--refresh-images"]), Exit::Failed, "a saved plan has its images in it");
    let done = apply(folder.path(), &[]);
    ends(&done, Exit::Done);
    assert!(stdout(&done).contains("10.7.0.0/24"), "{}", stdout(&done));
    fails(&apply(folder.path(), &[]), Exit::Failed, "no longer what the plan was made for");
}

#[test]
fn files_that_are_not_as_they_were_are_named() {
    let folder = planned();
    let path = folder.path();
    write(path, "p/c.vpc", "");
    fails(&apply(path, &[]), Exit::Failed, "error: `p/c.vpc` is no file that the plan was made from");
    fs::remove_file(path.join("p/c.vpc")).unwrap();
    fs::rename(path.join("p/b.vpc"), path.join("b")).unwrap();
    fails(&apply(path, &[]), Exit::Failed, "error: `p/b.vpc` is gone since the plan was made");
    write(path, "p/b.vpc", "network m 10.0.0.0/16 {\n");
    let changed = apply(path, &[]);
    fails(&changed, Exit::Failed, "error: `p/b.vpc` has changed since the plan was made");
    assert!(!stderr(&changed).contains("network m"), "nothing else is told: {}", stderr(&changed));
    fs::rename(path.join("p"), path.join("q")).unwrap();
    let gone = apply(path, &[]);
    fails(&gone, Exit::Failed, "cannot read `p`: there is no such file or folder");
    assert!(stderr(&gone).contains("what the plan was made from cannot be read"), "{}", stderr(&gone));
}

#[test]
fn a_plan_of_files_outside_takes_the_same_flag_again() {
    let world = workspace();
    let inner = world.path().join("inner");
    fs::create_dir(&inner).unwrap();
    write(&inner, "use.vpc", "stack s\nuse \"../modules/stage.vpc\" as dev (x = 20, zones = a, office = 10.0.0.0/8)\n");
    plan(&inner, &["use.vpc", "--allow-outside", "--region", "us-west-2"]);
    let refused = apply(&inner, &["--region", "us-west-2"]);
    fails(&refused, Exit::Failed, "outside the program's folder, which takes `--allow-outside`");
    assert!(stderr(&refused).contains("with the flags that it was made with"), "{}", stderr(&refused));
    ends(&apply(&inner, &["--region", "us-west-2", "--allow-outside"]), Exit::Done);
}

#[test]
fn plans_that_are_damaged_or_of_another_version_are_refused() {
    let folder = planned();
    let text = fs::read_to_string(folder.path().join("saved")).unwrap();
    for damaged in [text.replace("10.7.0.0/24", "10.7.1.0/24"), text.replace("p/a.vpc", "p/c.vpc"), text[..999].into()]
    {
        write(folder.path(), "saved", damaged);
        fails(&apply(folder.path(), &[]), Exit::Failed, "the plan in `saved` is damaged");
    }
    let old = r#"{"vpcc_plan":1,"path":"p","given":{},"refresh_images":false,"files":{},"plan":{}}"#;
    write(folder.path(), "saved", old);
    let refused = apply(folder.path(), &[]);
    fails(&refused, Exit::Failed, "the plan in `saved` is of another version of vpcc");
    assert!(stderr(&refused).contains("make it again with `vpcc plan -o`"), "{}", stderr(&refused));
}

/// A plan that names what it likes: it is put together as vpcc does, so it is whole.
#[test]
fn a_strangers_plan_opens_no_pipe_and_shows_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert!(Command::new("mkfifo").arg(path.join("pipe")).status().unwrap().success());
    write(path, "secret", "CANARY-SECRET-11fe\n");
    write(path, "small.vpc", super::SMALL);
    let of = |program: &str, named: &str| {
        let origin =
            format!(r#"{{"path":"{program}","given":{{"a=b":"c"}},"images":"kept","files":{{"{named}":"00"}}}}"#);
        write(path, "saved", sealed(&origin, "{}"));
        let refused = apply(path, &[]);
        ends(&refused, Exit::Failed);
        let told = stdout(&refused) + &stderr(&refused);
        assert!(!told.contains("CANARY"), "{told}");
        told
    };
    assert!(of("pipe", "pipe").contains("cannot read `pipe`: it is neither a file nor a folder"));
    assert!(of("/dev/zero", "pipe").contains("neither a file nor a folder"));
    assert!(of("secret", "secret").contains("`secret` has changed since"));
    assert!(of("secret", "pipe").contains("`secret` is no file that the plan was made from"));
    assert!(of("small.vpc", "pipe").contains("`small.vpc` is no file that the plan was made from"));
    assert!(of("nothing", "pipe").contains("cannot read `nothing`"));
}

/// What comes through a pipe comes once.
#[test]
fn programs_and_plans_come_through_pipes() {
    let folder = planned();
    let through = |file: &str, arguments: &[&str]| {
        let mut cat = Command::new("cat").arg(folder.path().join(file)).stdout(Stdio::piped()).spawn().unwrap();
        let mut command = vpcc();
        command.current_dir(folder.path()).args(["apply", "/dev/stdin"]).args(arguments).args(SIM);
        let output = command.stdin(cat.stdout.take().unwrap()).output().unwrap();
        cat.wait().unwrap();
        output
    };
    let done = through("saved", &[]);
    ends(&done, Exit::Done);
    assert!(stdout(&done).contains("10.7.0.0/24"), "{}", stdout(&done));
    write(folder.path(), "small.vpc", super::SMALL);
    let done = through("small.vpc", &["--yes"]);
    ends(&done, Exit::Done);
    assert!(stdout(&done).contains("10.0.0.0/24"), "{}", stdout(&done));
}
