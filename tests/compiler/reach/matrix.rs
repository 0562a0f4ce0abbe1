//! Everything at once, and what changes open and close.

use crate::asking::network;
use vpcc_core::reach::fabric::Fabric;
use vpcc_core::reach::{Flow, diff, matrix};

fn tiers(web: &str, extra: &str) -> Fabric {
    network(&format!(
        "gateway igw internet
        gateway out nat in front
        routes private {{ route any via out }}
        subnet front 10.0.0.0/24 az a {{ public; route any via igw }}
        subnet back 10.0.1.0/24 az a {{ routes private }}
        endpoint files gateway s3 in back
        sg web {{ {web} }}
        sg app {{ ingress tcp 8080 from web; ingress icmp echo from web; egress tcp 443 to any }}
        node a[0..3] in front {{ sg web }}
        node b in back {{ sg app }}
        {extra}"
    ))
}

fn words(flows: &[Flow]) -> String {
    let words = |flow: &Flow| match flow.outside.as_slice() {
        [] => flow.traffic.to_string(),
        blocks => format!("{} {blocks:?}", flow.traffic),
    };
    flows.iter().map(words).collect::<Vec<_>>().join(", ")
}

fn rows(fabric: &Fabric) -> Vec<String> {
    let matrix = matrix(fabric);
    let name = |place: usize| matrix.parties[place].names.join("+");
    let row = |passage: &vpcc_core::reach::Passage| {
        format!("{} -> {}: {}", name(passage.from), name(passage.to), words(&passage.flows))
    };
    matrix.passages.iter().map(row).collect()
}

#[test]
fn a_matrix_tells_what_passes_between_whom() {
    assert_eq!(
        rows(&tiers("ingress tcp 443 from any; ingress tcp 22 from 203.0.113.0/24", "")),
        [
            "internet -> n.a[0]+n.a[1]+n.a[2]+n.a[3]: tcp 22 [203.0.113.0/24], tcp 443 [0.0.0.0/0]",
            "n.a[0]+n.a[1]+n.a[2]+n.a[3] -> internet: all [0.0.0.0/0]",
            "n.a[0]+n.a[1]+n.a[2]+n.a[3] -> n.a[0]+n.a[1]+n.a[2]+n.a[3]: tcp 443",
            "n.a[0]+n.a[1]+n.a[2]+n.a[3] -> n.b: tcp 8080, icmp echo",
            "n.b -> internet: tcp 443 [0.0.0.0/0]",
            "n.b -> n.a[0]+n.a[1]+n.a[2]+n.a[3]: tcp 443",
            "n.b -> n.files: tcp 443",
        ]
    );
}

#[test]
fn a_difference_tells_what_opens_and_closes() {
    let old = tiers("ingress tcp 443 from any", "");
    let new = tiers("ingress tcp 443-444 from any; ingress tcp 22 from 203.0.113.0/24", "node c in back { sg app }");
    let changes = diff(&old, &new);
    let words: Vec<String> = changes
        .iter()
        .map(|change| {
            let (from, to) = (change.from.names.join("+"), change.to.names.join("+"));
            format!("{from} -> {to}: +{} -{}", words(&change.opened), words(&change.closed))
        })
        .collect();
    assert_eq!(
        words,
        [
            "internet -> n.a[0]+n.a[1]+n.a[2]+n.a[3]: +tcp 22 [203.0.113.0/24], tcp 444 [0.0.0.0/0] -",
            "n.a[0]+n.a[1]+n.a[2]+n.a[3] -> n.a[0]+n.a[1]+n.a[2]+n.a[3]: +tcp 444 -",
            "n.a[0]+n.a[1]+n.a[2]+n.a[3] -> n.c: +tcp 8080, icmp echo -",
            "n.c -> internet: +tcp 443 [0.0.0.0/0] -",
            "n.c -> n.a[0]+n.a[1]+n.a[2]+n.a[3]: +tcp 443 -",
            "n.c -> n.files: +tcp 443 -",
        ]
    );
    assert!(diff(&old, &old).is_empty());
}
