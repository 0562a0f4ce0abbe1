//! How fast it is told who reaches whom, on generated networks of 100 subnets and 1,000 rules.
//!
//! Run with `cargo bench -p vpcc-core --bench reach`.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use vpcc_core::check::{Given, compile};
use vpcc_core::model::{Model, Protocol, Traffic};
use vpcc_core::reach::fabric::Fabric;
use vpcc_core::reach::{Analysis, Endpoint, Query, Verdict, draw};
use vpcc_core::source::Memory;

const SUBNETS: usize = 100;
const GROUPS: usize = 20;
const RULES: usize = 50;

/// A network with so many nodes. Subnets take turns at being public, behind a NAT gateway, and without a way out.
fn program(nodes: usize) -> String {
    let mut text = String::from(
        "stack bench\nregion us-west-2\nquota nodes 100000\nquota interfaces 100000\nquota sg-rules 100\n
network n 10.0.0.0/16 {
  gateway igw internet
  gateway out nat in s0
  routes private { route any via out }
  routes closed { }
  acl wall { 100 deny ingress tcp 23 from any; 200 allow ingress all from any; 200 allow egress all to any }
  defaults { type t3.micro; image ami-04681a1dbd79675a5 }\n",
    );
    for subnet in 0..SUBNETS {
        let inside = match subnet % 3 {
            0 => "public; acl wall; route any via igw",
            1 => "routes private",
            _ => "routes closed; acl wall",
        };
        text += &format!("  subnet s{subnet} 10.0.{subnet}.0/24 az a {{ {inside} }}\n");
    }
    for group in 0..GROUPS {
        text += &format!("  sg g{group} {{\n    ingress tcp 443 from g{}\n", (group + 1) % GROUPS);
        for rule in 1..RULES {
            text += &format!(
                "    ingress tcp {} from 10.{}.{}.0/24\n",
                8000 + rule,
                rule % 3,
                (group * 7 + rule) % SUBNETS
            );
        }
        text += "  }\n";
    }
    for subnet in 0..SUBNETS {
        let (last, group) = (nodes / SUBNETS - 1, subnet % GROUPS);
        text += &format!("  node node{subnet}[0..{last}] in s{subnet} at .4 {{ sg g{group} }}\n");
    }
    text + "}\n"
}

fn model(nodes: usize) -> Model {
    let world = Memory::default().with("bench.vpc", program(nodes));
    let checked = compile(&world, "bench.vpc", &Given::new()).checked;
    let errors: Vec<_> = checked.problems.iter().filter(|problem| problem.is_error()).collect();
    assert!(errors.is_empty(), "{:?}", errors.first());
    checked.value
}

fn all_nodes(fabric: &Fabric) -> Endpoint {
    Endpoint::Interfaces(fabric.interfaces.iter().map(|(id, _)| id).collect())
}

fn query(from: Endpoint, to: Endpoint, port: i32) -> Query {
    let traffic = Some(Traffic { protocol: Protocol::Tcp, ports: Some((port, port)) });
    Query { from, to, traffic, source_ports: None, source: None, destination: None }
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reach");
    group.sample_size(10);
    for nodes in [1_000, 10_000, 20_000] {
        let model = model(nodes);
        let fabric = draw(&model).fabric;
        let analysis = Analysis::new(&fabric);
        let all = all_nodes(&fabric);
        group.bench_function(BenchmarkId::new("draw and make ready", nodes), |bench| {
            bench.iter(|| {
                let drawn = draw(&model);
                black_box(Analysis::new(&drawn.fabric).trace(&query(
                    Endpoint::Internet,
                    Endpoint::Interfaces(Vec::new()),
                    22,
                )))
            });
        });
        group.bench_function(BenchmarkId::new("all nodes cannot reach all nodes", nodes), |bench| {
            bench.iter(|| {
                let verdict = analysis.leak(&query(all.clone(), all.clone(), 22));
                assert!(matches!(black_box(verdict), Verdict::Blocked(_)));
            });
        });
        group.bench_function(BenchmarkId::new("50 assertions after an edit", nodes), |bench| {
            bench.iter(|| {
                let drawn = draw(&model);
                let analysis = Analysis::new(&drawn.fabric);
                for subnet in 0..50 {
                    let one = |subnet: usize| Endpoint::Interfaces(drawn.nodes[subnet].clone());
                    black_box(analysis.leak(&query(Endpoint::Internet, one(subnet), 22)));
                    black_box(analysis.trace(&query(one(subnet), one(subnet + 1), 443)));
                }
            });
        });
        group.bench_function(BenchmarkId::new("matrix", nodes), |bench| bench.iter(|| black_box(analysis.matrix())));
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
