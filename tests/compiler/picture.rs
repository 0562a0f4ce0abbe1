//! Programs in, pictures out. What the examples look like is kept beside them, where people see it; `INSTA_UPDATE=always`
//! draws it anew.

#![expect(clippy::disallowed_methods, reason = "the examples are read, and their pictures written")]

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use vpcc_core::check::{Given, compile};
use vpcc_core::model::{Id, Protocol, Sound, Traffic};
use vpcc_core::picture::{
    Chart, Flow, Item, Label, Line, Mark, Question, Rect, Role, Scene, draw_journey, lay_out, read, to_dot, to_mermaid,
    to_svg,
};
use vpcc_core::reach::fabric::Interface;
use vpcc_core::reach::{Endpoint, Query, draw, trace};
use vpcc_core::source::Memory;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn world() -> Memory {
    let mut world = Memory::default();
    for folder in ["", "keys", "boot", "modules", "policies"] {
        for entry in fs::read_dir(examples().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(examples()).unwrap().to_str().unwrap().to_owned();
                world = world.with(&name, fs::read(&path).unwrap());
            }
        }
    }
    world
}

fn sound(world: &Memory, name: &str) -> Sound {
    let compiled = compile(world, name, &Given::new());
    match Sound::new(compiled.checked) {
        Ok((sound, _)) => sound,
        Err(problems) => panic!("{problems:?}"),
    }
}

fn chart_of(text: &str) -> Chart {
    read(&sound(&world().with("program.vpc", text), "program.vpc"))
}

fn all_examples() -> Vec<(String, Chart)> {
    let world = world();
    let names = fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".vpc")).collect();
    names.sort();
    names.iter().map(|name| (name.trim_end_matches(".vpc").to_owned(), read(&sound(&world, name)))).collect()
}

#[test]
fn the_pictures_of_the_examples_are_those_beside_them() {
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    for (name, chart) in all_examples() {
        let path = examples().join("pictures").join(format!("{name}.svg"));
        let svg = to_svg(&lay_out(&chart));
        if update {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &svg).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == svg, "{name} looks otherwise than {}: draw it anew and look at it", path.display());
    }
}

#[test]
fn every_example_has_a_graph_in_text() {
    for (name, chart) in all_examples() {
        insta::with_settings!({ snapshot_path => "picture", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-dot"), to_dot(&chart));
            insta::assert_snapshot!(format!("{name}-mermaid"), to_mermaid(&chart));
        });
    }
}

#[test]
fn everything_has_its_place_in_every_example() {
    for (name, chart) in all_examples() {
        check(&chart).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
}

#[test]
fn every_node_address_and_block_of_a_program_is_found_in_its_picture() {
    let world = world();
    for (name, chart) in all_examples() {
        let model = sound(&world, &format!("{name}.vpc"));
        let svg = to_svg(&lay_out(&chart));
        let document = roxmltree::Document::parse(&svg).unwrap();
        let told: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
        let tells = |text: &str| told.iter().any(|told| told.contains(text));
        for (_, subnet) in model.subnets.iter() {
            assert!(tells(subnet.address.as_str()), "{name}: {}", subnet.address);
            assert!(tells(&subnet.block.unwrap().to_string()), "{name}: {}", subnet.address);
        }
        for (_, network) in model.networks.iter() {
            assert!(network.blocks.iter().all(|(block, _)| tells(&block.to_string())), "{name}: {}", network.address);
        }
        for (address, ip) in model.nodes.iter().flat_map(|(_, node)| node.members()) {
            assert!(tells(address.as_str()), "{name}: {address}");
            assert!(ip.is_none_or(|ip| tells(&ip.to_string())), "{name}: {address}");
        }
        for (_, group) in model.groups.iter() {
            assert!(tells(group.address.as_str()), "{name}: {}", group.address);
        }
    }
}

#[test]
fn a_long_range_is_one_card_with_its_first_and_last_address() {
    let chart = chart_of(
        "stack s\nregion us-west-2\nnetwork n 10.0.0.0/16 {\n subnet lan 10.0.0.0/20 az a\n \
         node node[0..199] in lan at .0.100 { type t3.micro; image ami-04681a1dbd79675a5 }\n}",
    );
    let card = &chart.networks[0].subnets[0].cards[0];
    assert_eq!((card.name.as_str(), card.address.as_deref()), ("node[0..199]", Some("10.0.0.100 – 10.0.1.43")));
    assert_eq!(card.note, "200 × t3.micro");
    check(&chart).unwrap();
}

#[test]
fn no_text_is_taken_for_markup() {
    let mut chart = chart_of(
        "stack s\nregion us-west-2\nnetwork n 10.0.0.0/16 {\n gateway igw internet\n \
         subnet lan 10.0.0.0/24 az a { route any via igw }\n sg odd { ingress tcp 443 from any }\n \
         node one in lan { type t3.micro; image ami-04681a1dbd79675a5; sg odd }\n}",
    );
    chart.networks[0].groups[0].about = "a&b </text> \"`\\#\u{1}".into();
    let svg = to_svg(&lay_out(&chart));
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert!(document.descendants().any(|node| node.text() == Some("a&b </text> \"`\\#\u{fffd}")), "{svg}");
    assert!(to_dot(&chart).contains("\"odd\\na&amp;b </text> \\\"`\\\\#\u{fffd}\\nin "), "{}", to_dot(&chart));
    let mermaid = to_mermaid(&chart);
    assert!(mermaid.contains(r##""odd<br/>a#amp;b #lt;/text#gt; #quot;#96;\#35; <br/>in "##), "{mermaid}");
}

#[test]
fn routes_lead_to_what_takes_them() {
    let chart = chart_of(
        "stack s\nregion us-west-2\nnetwork n 10.0.0.0/16 {\n gateway igw internet\n \
         defaults { type t3.micro; image ami-04681a1dbd79675a5 }\n node app[0..3] in edge\n node fw[0..1] in edge\n \
         subnet edge 10.0.0.0/24 az a { public; route any via igw }\n \
         subnet inner 10.0.1.0/24 az b { route 10.9.0.0/16 via fw[1]; route any via fw[1] }\n}",
    );
    let edge = &chart.networks[0].subnets[0];
    let inner = &chart.networks[0].subnets[1];
    assert_eq!(edge.cards.iter().map(|card| card.name.as_str()).next(), Some("fw[1]"));
    assert_eq!((inner.ways[0].destinations.as_str(), inner.ways[0].via.as_str()), ("0.0.0.0/0, 10.9.0.0/16", "fw[1]"));
    let scene = lay_out(&chart);
    let mut forwarding = None;
    scene.items.iter().for_each(|item| {
        item.walk(&mut |item| {
            if item.key.as_ref().is_some_and(|key| key.as_str() == "n.fw[1]") {
                forwarding = Some(item.frame);
            }
        });
    });
    let ends: Vec<_> = scene.lines.iter().filter_map(|line| line.corners.last().copied()).collect();
    let frame = forwarding.unwrap();
    assert!(ends.contains(&(frame.x, frame.y + frame.h / 2)), "{ends:?} {frame:?}");
    check(&chart).unwrap();
}

#[test]
fn of_two_networks_with_one_block_a_rule_names_its_own() {
    let network = |name: &str| format!("network {name} 10.0.0.0/16 {{ sg web {{ ingress tcp 443 from {name} }} }}\n");
    let chart = chart_of(&format!("stack s\nregion us-west-2\n{}{}", network("one"), network("two")));
    let texts: Vec<&str> = chart.networks.iter().map(|network| network.groups[0].rules[0].text.as_str()).collect();
    assert_eq!(texts, ["tcp 443 from one", "tcp 443 from two"]);
}

#[test]
fn subnets_stand_side_by_side_with_those_of_their_kind() {
    let chart = chart_of(
        "stack s\nregion us-west-2\nnetwork n 10.0.0.0/16 {\n gateway igw internet\n \
         subnet inner 10.0.0.0/24 az b\n subnet one 10.0.1.0/24 az a { route any via igw }\n \
         subnet two 10.0.2.0/24 az b { route any via igw }\n subnet three 10.0.3.0/24 az a { route any via igw }\n}",
    );
    let subnets = &chart.networks[0].subnets;
    let places: Vec<_> = subnets.iter().map(|subnet| (subnet.name.as_str(), subnet.column, subnet.row)).collect();
    assert_eq!(places, [("one", 0, 0), ("two", 1, 0), ("three", 0, 1), ("inner", 1, 2)]);
}

proptest! {
    // A failing case belongs into a test of its own, so none are kept in files.
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_has_its_place_in_every_program(networks in prop::collection::vec(network(), 1..5)) {
        let text = program(&networks);
        if let Err(why) = check(&chart_of(&text)) {
            return Err(TestCaseError::fail(format!("{why}\n{text}")));
        }
    }
}

/// What a generated network is made of.
#[derive(Clone, Debug)]
struct Made {
    name: String,
    zones: usize,
    tiers: Vec<Tier>,
    groups: usize,
    far: bool,
}

/// Subnets of a name, one a zone.
#[derive(Clone, Debug)]
struct Tier {
    name: String,
    /// 0 without routes, 1 to the internet, 2 through NAT gateways, 3 through one NAT gateway.
    route: u8,
    nodes: u32,
    at: bool,
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[a-z]{1,8}", 1 => "[a-zA-Z][A-Za-z0-9_-]{20,60}"]
}

fn network() -> impl Strategy<Value = Made> {
    let tier = (name(), 0u8..4, prop_oneof![0u32..6, 20u32..200], any::<bool>());
    let tier = tier.prop_map(|(name, route, nodes, at)| Tier { name, route, nodes, at });
    let parts = (name(), 1usize..7, prop::collection::vec(tier, 0..5), 0usize..9, any::<bool>());
    parts.prop_map(|(name, zones, tiers, groups, far)| Made { name, zones, tiers, groups, far })
}

fn program(networks: &[Made]) -> String {
    let mut text = String::from(
        "stack generated\nregion us-east-1\nquota sg-rules 500\nquota elastic-ips 99\nquota nat-gateways 99\n\
         quota interfaces 50000\n",
    );
    for (index, network) in networks.iter().enumerate() {
        if index > 0 {
            text += &format!("peer link-{index} net0-{}, net{index}-{}\n", networks[0].name, network.name);
        }
        text += &network_text(index, network);
    }
    text
}

fn network_text(index: usize, network: &Made) -> String {
    let zones = ["a", "b", "c", "d", "e", "f"][..network.zones].join(", ");
    let mut text = format!("network net{index}-{} 10.{index}.0.0/16 {{\n  gateway igw internet\n", network.name);
    text += &format!("  subnet edge 10.{index}.0.0/18 across {zones} each /22 {{ public; route any via igw }}\n");
    text += "  gateway each nat in edge\n  gateway one nat in edge[a]\n";
    if network.far {
        text += "  gateway vgw vpn\n  customer office 203.0.113.10 asn 65112\n  vpn tunnel vgw to office\n";
        text += "  routes main { propagate vgw }\n";
    }
    for (place, tier) in network.tiers.iter().enumerate() {
        let name = format!("t{place}-{}", tier.name);
        let route = ["", "route any via igw", "route any via each", "route any via one"][usize::from(tier.route)];
        let block = format!("10.{index}.{}.0/19", 64 + 32 * place);
        text += &format!("  subnet {name} {block} across {zones} each /22 {{ {route} }}\n");
        if tier.nodes > 0 {
            let (last, at) = (tier.nodes - 1, if tier.at { " at .0.100" } else { "" });
            text +=
                &format!("  node {name}-node[0..{last}] in {name}{at} {{ type t3.micro; image ami-04681a1dbd79675a5 ");
            text += &format!("{}}}\n", if network.groups > 0 { "; sg group0 " } else { "" });
        }
    }
    for group in 0..network.groups {
        let ports = (0..=group * 7).map(|port| (1000 + port).to_string()).collect::<Vec<_>>().join(", ");
        text += &format!(
            "  sg group{group} \"number {group}\" {{ ingress tcp {ports} from group0, 10.0.0.0/8 \"why\" }}\n"
        );
    }
    text + "}\n"
}

/// Whether a picture is what a picture has to be, in all formats.
fn check(chart: &Chart) -> Result<(), String> {
    let scene = lay_out(chart);
    let all = Rect { x: 0, y: 0, w: scene.width, h: scene.height };
    apart(&scene.items, &scene.labels)?;
    scene.items.iter().try_for_each(|item| inside(item, all))?;
    scene.labels.iter().try_for_each(|label| fits(label, all))?;
    scene.lines.iter().try_for_each(|line| runs_free(line, &scene))?;
    let svg = to_svg(&scene);
    let document = roxmltree::Document::parse(&svg).map_err(|why| why.to_string())?;
    let texts = document.descendants().filter(|node| node.has_tag_name("text")).count();
    let mut labels = scene.labels.len();
    scene.items.iter().for_each(|item| item.walk(&mut |item| labels += item.labels.len()));
    if texts != labels {
        return Err(format!("{texts} texts are drawn of {labels}"));
    }
    if svg != to_svg(&lay_out(chart)) {
        return Err("drawn twice, it is not the same".to_owned());
    }
    let open = to_dot(chart).matches("subgraph").count();
    let zones: usize = chart.networks.iter().map(|network| 1 + network.zones.len() + network.subnets.len()).sum();
    if open != zones || to_mermaid(chart).lines().filter(|line| line.trim() == "end").count() != zones {
        return Err("subgraphs are not those of the program".to_owned());
    }
    Ok(())
}

fn fits(label: &Label, frame: Rect) -> Result<(), String> {
    if frame.holds(label.bounds()) { Ok(()) } else { Err(format!("{label:?} is not within {frame:?}")) }
}

/// A box is within the one that it is in, unless it stands on its upper side, and so are its texts.
fn inside(item: &Item, outer: Rect) -> Result<(), String> {
    let door = matches!(item.role, Role::Door(_));
    let frame = item.frame;
    let in_width = outer.x <= frame.x && frame.right() <= outer.right();
    if !(outer.holds(frame) || door && in_width && frame.y < outer.y && outer.y < frame.bottom()) {
        return Err(format!("{:?} at {frame:?} is not within {outer:?}", item.key));
    }
    item.labels.iter().try_for_each(|label| fits(label, frame))?;
    apart(&item.items, &item.labels)?;
    item.items.iter().try_for_each(|inner| inside(inner, frame))
}

/// What is in one box does not overlap, neither boxes nor texts.
fn apart(items: &[Item], labels: &[Label]) -> Result<(), String> {
    let mut frames: Vec<Rect> = items.iter().map(|item| item.frame).collect();
    frames.extend(labels.iter().map(Label::bounds));
    for (index, one) in frames.iter().enumerate() {
        if let Some(other) = frames[..index].iter().find(|other| other.meets(*one)) {
            return Err(format!("{one:?} and {other:?} overlap"));
        }
    }
    Ok(())
}

/// A line is within the picture, has right angles only, and goes through no text, no card and no door.
fn runs_free(line: &Line, scene: &Scene) -> Result<(), String> {
    let mut solid: Vec<Rect> = scene.labels.iter().map(Label::bounds).collect();
    scene.items.iter().for_each(|item| {
        item.walk(&mut |item| {
            solid.extend(item.labels.iter().map(Label::bounds));
            if !matches!(item.role, Role::Network | Role::Zone | Role::Subnet(_)) {
                solid.push(item.frame);
            }
        });
    });
    for ends in line.corners.windows(2) {
        let ((x1, y1), (x2, y2)) = (ends[0], ends[1]);
        let (x, y) = (x1.min(x2), y1.min(y2));
        let segment = Rect { x, y, w: (x2 - x1).abs(), h: (y2 - y1).abs() };
        if segment.w > 0 && segment.h > 0 || x < 0 || y < 0 || segment.right() > scene.width {
            return Err(format!("{line:?} runs astray"));
        }
        if let Some(met) = solid.iter().find(|solid| crosses(**solid, segment)) {
            return Err(format!("{line:?} goes through {met:?}"));
        }
    }
    Ok(())
}

/// Whether a segment has a place inside, not only at the edge.
fn crosses(solid: Rect, segment: Rect) -> bool {
    solid.x < segment.right().max(segment.x + 1)
        && segment.x < solid.right()
        && solid.y < segment.bottom().max(segment.y + 1)
        && segment.y < solid.bottom()
        && !(segment.w == 0 && segment.x == solid.x)
        && !(segment.h == 0 && segment.y == solid.y)
}

/// The picture of an example with the way of a packet, the boxes that it comes by, and those where it stops.
fn asked(name: &str, from: &str, to: &str, port: i32) -> (Scene, Vec<String>, Vec<String>) {
    let sound = sound(&world(), name);
    let fabric = draw(&sound).fabric;
    let end = |word: &str| {
        let of = |id: Id<Interface>, name: &str| fabric.interfaces[id].origin.name == name;
        let ids: Vec<_> = fabric.interfaces.iter().map(|(id, _)| id).filter(|id| of(*id, word)).collect();
        if word == "internet" { Endpoint::Internet } else { Endpoint::Interfaces(ids) }
    };
    let traffic = Some(Traffic { protocol: Protocol::Tcp, ports: Some((port, port)) });
    let (source_ports, source, destination) = (None, None, None);
    let query = Query { from: end(from), to: end(to), traffic, source_ports, source, destination };
    let mut scene = lay_out(&read(&sound));
    draw_journey(&mut scene, &Question { from, to, traffic }, &trace(&fabric, &query));
    let (mut passed, mut stopped) = (Vec::new(), Vec::new());
    scene.items.iter().for_each(|item| {
        item.walk(&mut |item| match (item.mark, &item.key) {
            (Some(Mark::Passed), Some(key)) => passed.push(key.to_string()),
            (Some(Mark::Stopped), Some(key)) => stopped.push(key.to_string()),
            _ => {}
        });
    });
    (scene, passed, stopped)
}

/// The lines of some kind, by what they join.
fn joined(scene: &Scene, flow: Flow) -> Vec<String> {
    let lines = scene.lines.iter().filter(|line| line.flow == flow);
    let mut names: Vec<String> = lines.map(|Line { ends: [from, to], .. }| format!("{from} to {to}")).collect();
    names.sort();
    names
}

/// What is written beside the title.
fn told(scene: &Scene) -> &str {
    scene.labels.last().map_or("", |label| &label.text)
}

#[test]
fn the_way_of_a_packet_stands_out() {
    let (scene, passed, stopped) = asked("three-tiers.vpc", "shop.api[b,1]", "internet", 443);
    assert_eq!(passed, ["internet", "shop.igw", "shop.out[b]", "shop.api[b,1]", "shop.serving"]);
    assert_eq!(stopped, [""; 0]);
    let traced = ["shop.app[b] to shop.out[b]", "shop.igw to internet", "shop.web[b] to shop.igw"];
    assert_eq!(joined(&scene, Flow::Traced), traced);
    assert_eq!(told(&scene), "shop.api[b,1] reaches internet on tcp 443");
    assert!(roxmltree::Document::parse(&to_svg(&scene)).is_ok());
}

#[test]
fn within_a_network_the_way_has_a_line_of_its_own() {
    let (scene, passed, _) = asked("three-tiers.vpc", "shop.api[a,0]", "shop.db[b]", 5432);
    assert_eq!(passed, ["shop.api[a,0]", "shop.db[b]", "shop.serving", "shop.storing"]);
    assert_eq!(joined(&scene, Flow::Traced), ["shop.api[a,0] to shop.db[b]"]);
}

#[test]
fn a_way_through_a_peering_passes_a_door_of_each_network() {
    let (scene, passed, _) = asked("spokes.vpc", "left.worker[0]", "hub.dns[b]", 53);
    let expected = ["hub/left-link", "hub.dns[b]", "hub.names", "left/left-link", "left.worker[0]", "left.work"];
    assert_eq!(passed, expected);
    let traced = ["hub.lan[b] to hub/left-link", "hub/left-link to left/left-link", "left.lan to left/left-link"];
    assert_eq!(joined(&scene, Flow::Traced), traced);
}

#[test]
fn where_a_packet_stops_stands_out() {
    let (scene, passed, stopped) = asked("three-tiers.vpc", "shop.lb[a]", "shop.db[a]", 5432);
    assert_eq!(passed, ["shop.lb[a]", "shop.front"]);
    assert_eq!(stopped, ["shop.db[a]", "shop.storing"]);
    assert_eq!(joined(&scene, Flow::Stopped), ["shop.lb[a] to shop.db[a]"]);
    assert_eq!(told(&scene), "shop.lb[a] does not reach shop.db[a] on tcp 5432: no rule of its groups lets it in");
    let (_, _, stopped) = asked("three-tiers.vpc", "shop.db[a]", "internet", 443);
    assert_eq!(stopped, ["shop.db[a]", "shop.storing"]);
}
