//! How fast programs are parsed, checked and planned, on generated files.
//!
//! Run with `cargo bench -p vpcc-core`. Throughput is in bytes of source.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use vpcc_core::check::{Given, compile};
use vpcc_core::model::Sound;
use vpcc_core::plan::{diff, lower, write_json};
use vpcc_core::source::{Memory, Sources};
use vpcc_core::syntax::{Tree, parse};

/// Subnets of a network, each a /20.
const SUBNETS: usize = 16;

/// A program of so many nodes, spread over so many networks: a statement for each node.
fn program(nodes: usize, networks: usize) -> String {
    let mut text = format!(
        "stack bench\nregion us-west-2\nquota networks {networks}\nquota nodes 100000\nlet office = 203.0.113.0/24\n"
    );
    let each = nodes.div_ceil(networks);
    for network in 0..networks {
        let (high, low) = (10 + network / 256, network % 256);
        text += &format!("\nnetwork n{network} {high}.{low}.0.0/16 {{\n  gateway igw internet\n");
        for subnet in 0..SUBNETS {
            text += &format!(
                "  subnet s{subnet} {high}.{low}.{}.0/20 az a {{ public; route 0.0.0.0/0 via igw }}\n",
                subnet * 16
            );
        }
        text += "  sg web \"web servers\" {\n    ingress tcp 443 from any\n    ingress tcp 22  from office\n  }\n";
        for node in 0..each {
            let (subnet, place) = (node % SUBNETS, node / SUBNETS + 4);
            let address = format!("{high}.{low}.{}.{}", subnet * 16 + place / 256, place % 256);
            text += &format!(
                "  node web{node} in s{subnet} at {address} {{\n    type  t3.micro\n    image ami-04681a1dbd79675a5\n    sg    web\n  }}\n"
            );
        }
        text += "}\n";
    }
    text
}

fn parsed(text: &str) -> Tree {
    let mut sources = Sources::default();
    let file = sources.add("bench.vpc", text);
    let tree = parse(&sources, file);
    assert!(tree.problems.is_empty());
    tree.value
}

fn sound(world: &Memory) -> (Sound, Sources) {
    let compiled = compile(world, "bench.vpc", &Given::new());
    match Sound::new(compiled.checked) {
        Ok((sound, _)) => (sound, compiled.sources),
        Err(problems) => panic!("{:?}", problems.first()),
    }
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10);
    for (nodes, networks) in
        [(1_000, 1), (1_000, 10), (10_000, 1), (10_000, 10), (10_000, 100), (50_000, 1), (100_000, 10), (100_000, 100)]
    {
        let text = program(nodes, networks);
        let world = Memory::default().with("bench.vpc", text.as_str());
        let name = format!("{nodes} nodes in {networks}");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("parse", &name), |bench| bench.iter(|| black_box(parsed(&text))));
        group.bench_function(BenchmarkId::new("parse and check", &name), |bench| {
            bench.iter(|| black_box(sound(&world)));
        });
        let (model, sources) = sound(&world);
        group.bench_function(BenchmarkId::new("plan to JSON", &name), |bench| {
            bench.iter_batched(
                || (),
                |()| {
                    let plan = diff("bench", "us-west-2", lower(&model, &sources, "us-west-2"), Vec::new());
                    write_json(&plan, &mut std::io::sink()).unwrap();
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
