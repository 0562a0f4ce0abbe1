//! The way of a packet, drawn over a scene: what it comes by and the lines that it takes stand out, and where it stops.
//!
//! Its answer takes the same lines back wherever routes are symmetric, so that only the request is drawn.

use super::layout::write_headline;
use super::scene::{Flow, Item, Line, Mark, Rect, Role, Scene};
use crate::model::{Address, Traffic};
use crate::reach::{Hop, HopKind, Path, Side, Verdict};
use ecow::{EcoString, eco_format};
use std::collections::BTreeMap;

/// How far from subnets lines run.
const ASIDE: i32 = 6;

/// Who is asked about, as whoever asks calls them.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// Who begins.
    pub from: &'q str,
    /// Who answers.
    pub to: &'q str,
    /// By what; anything, if `None`.
    pub traffic: Option<Traffic>,
}

impl Question<'_> {
    fn told(&self, verdict: &Verdict) -> EcoString {
        let Question { from, to, traffic } = self;
        let on = traffic.map(|traffic| eco_format!(" on {traffic}")).unwrap_or_default();
        match verdict {
            Verdict::Reachable(_) => eco_format!("{from} reaches {to}{on}"),
            Verdict::Blocked(blocked) => eco_format!("{from} does not reach {to}{on}: {}", blocked.reason.meaning()),
            Verdict::NotModelled(what) => {
                eco_format!("whether {from} reaches {to}{on} depends on what is not modelled: {}", what.what)
            }
            Verdict::Empty(Side::From) => eco_format!("there is nobody in {from}"),
            Verdict::Empty(Side::To) => eco_format!("there is nobody in {to}"),
        }
    }
}

/// A place of the scene that packets come by.
#[derive(Clone, Debug)]
struct Stop {
    key: Address,
    frame: Rect,
    /// The subnet that it is in, from which lines start.
    subnet: Option<Address>,
    /// Where that is, or what is in none.
    around: Rect,
    /// The network that it is in, or a way out of.
    network: Option<Address>,
}

/// Draws over a scene how a question is answered, which is told in words at the top.
pub fn draw_journey(scene: &mut Scene, question: &Question<'_>, verdict: &Verdict) {
    let told = question.told(verdict);
    write_headline(scene, &told);
    scene.description = eco_format!("{told}. {}", scene.description);
    let places = places(scene);
    let (path, stopped) = match verdict {
        Verdict::Reachable(path) => (path, Vec::new()),
        Verdict::Blocked(blocked) => {
            let groups = blocked.groups.iter().map(|group| group.name.as_str());
            (&blocked.path, std::iter::once(blocked.at.name.as_str()).chain(groups).collect())
        }
        Verdict::NotModelled(what) => (&what.path, vec![what.at.name.as_str()]),
        Verdict::Empty(_) => return,
    };
    let stops = stops(path, &places);
    for pair in stops.windows(2) {
        if let [from, to] = pair {
            trace(scene, from, to);
        }
    }
    let passed =
        path.forward.iter().map(|hop| hop.place.name.as_str()).chain(stops.iter().map(|stop| stop.key.as_str()));
    mark(&mut scene.items, &passed.collect::<Vec<_>>(), Mark::Passed);
    let stopped: Vec<&str> = stopped.into_iter().filter_map(|name| shown(name, &places)).collect();
    if let (Some(last), Some(end)) = (stops.last(), stopped.first().and_then(|name| places.get(*name)))
        && !last.frame.meets(end.frame)
    {
        draw(scene, Flow::Stopped, last, end);
    }
    mark(&mut scene.items, &stopped, Mark::Stopped);
}

/// What is called so, or what it is a part of: a subnet for its route table.
fn shown<'n>(name: &'n str, places: &BTreeMap<String, Stop>) -> Option<&'n str> {
    let whole = name.split_once('/').map_or(name, |(owner, _)| owner);
    [name, whole].into_iter().find(|name| places.contains_key(*name))
}

/// The network and the subnet that something is in.
type Within<'s> = (Option<&'s Address>, Option<(&'s Address, Rect)>);

fn places(scene: &Scene) -> BTreeMap<String, Stop> {
    let mut places = BTreeMap::new();
    scene.items.iter().for_each(|item| collect(item, (None, None), &mut places));
    places
}

/// Collects what is in a box, of which network and subnet are known.
fn collect<'s>(item: &'s Item, (network, subnet): Within<'s>, places: &mut BTreeMap<String, Stop>) {
    let network = if item.role == Role::Network { item.key.as_ref() } else { network };
    let own = item.key.as_ref().map(|key| (key, item.frame));
    let subnet = if matches!(item.role, Role::Subnet(_)) { own } else { subnet };
    if let Some(key) = &item.key {
        let around = subnet.map_or(item.frame, |(_, frame)| frame);
        let (network, subnet) = (network.cloned(), subnet.map(|(key, _)| key.clone()));
        places.insert(key.to_string(), Stop { key: key.clone(), frame: item.frame, subnet, around, network });
    }
    item.items.iter().for_each(|inner| collect(inner, (network, subnet), places));
}

/// The places of the scene that the request comes by.
fn stops(path: &Path, places: &BTreeMap<String, Stop>) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::new();
    for hop in &path.forward {
        let near = stops.last().and_then(|stop| stop.network.clone());
        for stop in at(hop, near.as_ref(), places) {
            if stops.last().is_none_or(|last| last.key != stop.key) {
                stops.push(stop.clone());
            }
        }
    }
    stops
}

/// Where a hop is. A peering has a door in both of its networks; of a range there may be one card for all.
fn at<'p>(hop: &Hop, near: Option<&Address>, places: &'p BTreeMap<String, Stop>) -> Vec<&'p Stop> {
    let name = hop.place.name.as_str();
    match hop.kind {
        HopKind::GroupEgress | HopKind::GroupIngress | HopKind::AclEgress | HopKind::AclIngress => Vec::new(),
        HopKind::RouteTable => Vec::new(),
        HopKind::Peering => {
            let is_door = |stop: &&Stop| stop.key.as_str().strip_suffix(name).is_some_and(|rest| rest.ends_with('/'));
            let mut doors: Vec<&Stop> = places.values().filter(is_door).collect();
            doors.sort_by_key(|door| door.network.as_ref() != near);
            doors
        }
        _ => places.get(name).or_else(|| range_of(name, places)).into_iter().collect(),
    }
}

fn range_of<'p>(name: &str, places: &'p BTreeMap<String, Stop>) -> Option<&'p Stop> {
    let address = Address::from_tag(name);
    let (prefix, index) = address.range()?;
    places.values().find(|stop| {
        let ends = stop.key.as_str().strip_prefix(prefix).and_then(|rest| rest.strip_suffix(']')?.split_once(".."));
        let ends = ends.and_then(|(first, last)| Some((first.parse::<u32>().ok()?, last.parse().ok()?)));
        ends.is_some_and(|(first, last)| (first..=last).contains(&index))
    })
}

/// Makes the line between two places stand out; where there is none, as within a network, draws one.
fn trace(scene: &mut Scene, from: &Stop, to: &Stop) {
    let ends = |stop: &Stop| [Some(stop.key.clone()), stop.subnet.clone()].into_iter().flatten().collect::<Vec<_>>();
    let (from_ends, to_ends) = (ends(from), ends(to));
    let joins = |line: &Line| {
        let [a, b] = &line.ends;
        from_ends.contains(a) && to_ends.contains(b) || from_ends.contains(b) && to_ends.contains(a)
    };
    let lines: Vec<&mut Line> = scene.lines.iter_mut().filter(|line| joins(line)).collect();
    if lines.is_empty() {
        draw(scene, Flow::Traced, from, to);
    } else {
        lines.into_iter().for_each(|line| line.flow = Flow::Traced);
    }
}

fn draw(scene: &mut Scene, flow: Flow, from: &Stop, to: &Stop) {
    let ends = [from.key.clone(), to.key.clone()];
    scene.lines.push(Line { flow, ends, corners: track(from, to), directed: true });
}

/// From one box to another: straight within a subnet, and else beside the subnet that it leads to, where there is no text.
fn track(from: &Stop, to: &Stop) -> Vec<(i32, i32)> {
    let (a, b) = (from.frame, to.frame);
    if from.subnet == to.subnet {
        return straight(a, b);
    }
    let (y, end) = (a.y + a.h / 2, b.y + b.h / 2);
    let (start, x, side) = if a.right() <= to.around.x {
        (a.right(), to.around.x - ASIDE, b.x)
    } else if to.around.right() <= a.x {
        (a.x, to.around.right() + ASIDE, b.right())
    } else {
        (a.right(), from.around.right().max(to.around.right()) + ASIDE, b.right())
    };
    vec![(start, y), (x, y), (x, end), (side, end)]
}

fn straight(a: Rect, b: Rect) -> Vec<(i32, i32)> {
    if a.y.max(b.y) < a.bottom().min(b.bottom()) {
        let y = (a.y.max(b.y) + a.bottom().min(b.bottom())) / 2;
        return if a.x < b.x { vec![(a.right(), y), (b.x, y)] } else { vec![(a.x, y), (b.right(), y)] };
    }
    let (start, end) = if a.y < b.y { (a.bottom(), b.y) } else { (a.y, b.bottom()) };
    let between = (start + end) / 2;
    vec![(a.middle(), start), (a.middle(), between), (b.middle(), between), (b.middle(), end)]
}

fn mark(items: &mut [Item], names: &[&str], mark: Mark) {
    for item in items {
        if item.key.as_ref().is_some_and(|key| names.contains(&key.as_str())) {
            item.mark = Some(mark);
        }
        self::mark(&mut item.items, names, mark);
    }
}
