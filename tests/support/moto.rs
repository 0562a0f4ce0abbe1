//! A real EC2 emulator for tests: moto, from PyPI, in a virtual environment under `target/`, one server for each test.

use crate::support::vpcc;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use vpcc_core::call::{Call, Map, Value};
use vpcc_runtime::Cloud;
use vpcc_runtime::aws::{Aws, Options};

/// The version that tests are made for.
const MOTO: &str = "moto[ec2,server]==5.2.1";

/// A moto server of a test's own, with an empty account.
pub struct Moto {
    server: Child,
    port: u16,
    log: tempfile::NamedTempFile,
    runtime: tokio::runtime::Runtime,
    aws: Aws,
}

impl Moto {
    /// Starts a server.
    pub fn start() -> Moto {
        let python = environment();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let log = tempfile::NamedTempFile::new().unwrap();
        let out = || Stdio::from(log.reopen().unwrap());
        let mut server = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(out())
            .stdin(Stdio::null())
            .spawn()
            .expect("moto does not start");
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = server.try_wait().unwrap();
            assert!(ended.is_none(), "moto ended at once: {}", fs::read_to_string(log.path()).unwrap());
            assert!(start.elapsed() < Duration::from_secs(60), "moto does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let options = Options { endpoint_url: Some(format!("http://127.0.0.1:{port}")), ..Options::default() };
        let aws = runtime.block_on(Aws::connect(options)).unwrap();
        Moto { server, port, log, runtime, aws }
    }

    /// Its port.
    #[allow(dead_code, reason = "not every test that has this module needs all of it")]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Runs `vpcc` against it.
    pub fn vpcc(&self, arguments: &[&str]) -> Output {
        vpcc().args(arguments).env("AWS_ENDPOINT_URL", self.url()).output().unwrap()
    }

    /// How many requests it has answered.
    pub fn requests(&self) -> usize {
        let log = fs::read(self.log.path()).unwrap();
        String::from_utf8_lossy(&log).lines().filter(|line| line.contains("\"POST / HTTP")).count()
    }

    /// The requests that some work takes.
    pub fn requests_of<T>(&self, work: impl FnOnce() -> T) -> (T, usize) {
        let before = self.requests();
        let result = work();
        (result, self.requests() - before)
    }

    /// Sends one request, as it is.
    pub fn call(&self, action: &'static str, parameters: Map) -> Map {
        self.runtime.block_on(self.aws.call("us-west-2", &Call::new(action, parameters))).unwrap()
    }

    /// All items of a listing, from all its pages.
    pub fn list(&self, action: &'static str, list: &str) -> Vec<Map> {
        let (mut items, mut token) = (Vec::new(), String::new());
        loop {
            let page = if token.is_empty() { Map::new() } else { Map::new().with("NextToken", token.as_str()) };
            let answer = self.call(action, page);
            items.extend(answer.list(list).iter().filter_map(Value::as_map).cloned());
            answer.text("NextToken").clone_into(&mut token);
            if token.is_empty() {
                return items;
            }
        }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The Python of an environment that has moto, made once and shared by all tests.
fn environment() -> PathBuf {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let folder = target.join("moto-5.2.1");
    let python = folder.join("bin/python");
    let lock = File::create(target.join("moto-5.2.1.lock")).unwrap();
    lock.lock().unwrap();
    let complete = folder.join("complete");
    if !complete.exists() {
        let _ = fs::remove_dir_all(&folder);
        must(Command::new("python3").args(["-m", "venv"]).arg(&folder), "python3 with its venv module is needed");
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", MOTO];
        must(Command::new(&python).args(pip), "moto could not be installed from PyPI");
        fs::write(complete, "").unwrap();
    }
    python
}

fn must(command: &mut Command, why: &str) {
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("{why}: {error}"),
    }
}
