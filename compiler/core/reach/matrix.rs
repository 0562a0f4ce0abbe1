//! What passes between all that is in a fabric, and what a change opens and closes.

use super::ask::Analysis;
use super::fabric::{Fabric, Interface};
use super::flows::{Flow, flows};
use super::members::{Member, apart};
use super::packets::{Cell, Field, Packets};
use super::tries::Wanted;
use crate::model::{Address, Id};
use crate::net::Block;
use ecow::EcoString;
use std::collections::BTreeMap;

/// Who reaches whom, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Who there is: interfaces that fare alike, by their first names; the internet; services.
    pub parties: Vec<Party>,
    /// What passes from one to another, by their places among the parties. Where nothing does, there is none.
    pub passages: Vec<Passage>,
}

/// Those that fare alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// What they are.
    pub kind: PartyKind,
    /// What they are called, sorted as people count.
    pub names: Vec<EcoString>,
}

/// What a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartyKind {
    /// Whatever has a public address, outside.
    Internet,
    /// Interfaces.
    Interfaces,
    /// A service behind a gateway endpoint.
    Service,
}

/// What passes from one party to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Who begins, by its place among the parties.
    pub from: usize,
    /// Who answers.
    pub to: usize,
    /// What passes.
    pub flows: Vec<Flow>,
    /// Whether more may, which depends on what is not modelled.
    pub not_modelled: bool,
}

/// What a change opens and closes between two parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Who begins.
    pub from: Party,
    /// Who answers.
    pub to: Party,
    /// What passes, and did not before.
    pub opened: Vec<Flow>,
    /// What passed before, and does not.
    pub closed: Vec<Flow>,
}

/// What is open between two members.
#[derive(Default)]
struct Open {
    packets: Packets,
    unsure: bool,
}

/// Who is where: in each fabric, if it is there.
type Places = (Party, Vec<Option<Member>>);

/// The interface of one name in each fabric, if it is there.
type Same = Vec<Option<Id<Interface>>>;

/// Who reaches whom in a fabric, and by what.
pub fn matrix(fabric: &Fabric) -> Matrix {
    Analysis::new(fabric).matrix()
}

/// What a change of one fabric to another opens and closes. Interfaces are the same if they are called the same.
pub fn diff(old: &Fabric, new: &Fabric) -> Vec<Change> {
    let (old, new) = (Analysis::new(old), Analysis::new(new));
    let services: Vec<Block> = old.services().into_iter().chain(new.services()).collect();
    let parties = parties(&[&old, &new]);
    let own: Vec<Block> = own_blocks(&old).chain(own_blocks(&new)).collect();
    let apart: Vec<Block> = services.into_iter().chain(own.iter().copied()).collect();
    let mut changes = Vec::new();
    for (from, senders) in &parties {
        for (to, takers) in &parties {
            let outside = outside(from.kind, to.kind);
            let before = without(between(&old, senders, takers, 0).packets, outside, &own);
            let after = without(between(&new, senders, takers, 1).packets, outside, &own);
            let opened = flows(&after.clone().minus(&before), outside, &apart);
            let closed = flows(&before.minus(&after), outside, &apart);
            if !opened.is_empty() || !closed.is_empty() {
                changes.push(Change { from: from.clone(), to: to.clone(), opened, closed });
            }
        }
    }
    changes
}

impl Analysis<'_> {
    /// Who reaches whom, and by what.
    pub fn matrix(&self) -> Matrix {
        let parties = parties(&[self]);
        let apart: Vec<Block> = self.services().into_iter().chain(own_blocks(self)).collect();
        let mut passages = Vec::new();
        for (from, (sender, senders)) in parties.iter().enumerate() {
            for (to, (taker, takers)) in parties.iter().enumerate() {
                let open = between(self, senders, takers, 0);
                let flows = flows(&open.packets, outside(sender.kind, taker.kind), &apart);
                if !flows.is_empty() || open.unsure {
                    passages.push(Passage { from, to, flows, not_modelled: open.unsure });
                }
            }
        }
        Matrix { parties: parties.into_iter().map(|(party, _)| party).collect(), passages }
    }

    /// What is open between two, as packets whose addresses are told apart only outside.
    fn open(&self, from: &Member, to: &Member) -> Open {
        let mut open = Open::default();
        let Some((from, to)) = apart(from, to) else { return open };
        let alternatives = self.alternatives(&from, &to, &Wanted::anything());
        for tried in alternatives.iter().flat_map(|alternative| self.tries(alternative)) {
            let tried = self.attempt(tried);
            let mut packets = tried.passed.with(Field::SourcePort, (0, 0));
            if !matches!(from, Member::Outside { .. }) {
                packets = packets.with(Field::Source, (0, 0));
            }
            if !matches!(to, Member::Outside { .. }) {
                packets = packets.with(Field::Destination, (0, 0));
            }
            if !matches!((&from, &to), (Member::Outside { .. }, _) | (_, Member::Outside { .. })) {
                packets = packets.of_no_family();
            }
            open.packets.add(packets.minus(&open.packets));
            open.unsure |= !tried.unsure.is_empty();
        }
        open
    }
}

/// Packets but for those from or to addresses that are outside of one network only because another one has them.
fn without(mut packets: Packets, outside: Option<Field>, own: &[Block]) -> Packets {
    let Some(field) = outside else { return packets };
    for block in own {
        packets.take(&Cell::of_block(field, *block));
    }
    packets
}

fn own_blocks<'a>(analysis: &'a Analysis<'_>) -> impl Iterator<Item = Block> + use<'a> {
    analysis.lens.fabric.vpcs.iter().flat_map(|(_, vpc)| vpc.blocks.iter().copied())
}

fn between(analysis: &Analysis<'_>, from: &[Option<Member>], to: &[Option<Member>], place: usize) -> Open {
    match (from.get(place), to.get(place)) {
        (Some(Some(from)), Some(Some(to))) => analysis.open(from, to),
        _ => Open::default(),
    }
}

fn outside(from: PartyKind, to: PartyKind) -> Option<Field> {
    match (from, to) {
        (PartyKind::Internet, _) => Some(Field::Source),
        (_, PartyKind::Internet) => Some(Field::Destination),
        _ => None,
    }
}

/// Who there is in some fabrics: those that fare alike in each of them.
fn parties(analyses: &[&Analysis<'_>]) -> Vec<Places> {
    let mut parties = vec![(Party { kind: PartyKind::Internet, names: vec!["internet".into()] }, Vec::new())];
    if let Some((_, places)) = parties.first_mut() {
        places.extend(analyses.iter().map(|analysis| Some(analysis.internet())));
    }
    parties.extend(interfaces(analyses));
    parties.extend(services(analyses));
    parties
}

fn interfaces(analyses: &[&Analysis<'_>]) -> Vec<Places> {
    let mut by_name: BTreeMap<Address, Same> = BTreeMap::new();
    for (place, analysis) in analyses.iter().enumerate() {
        for (id, interface) in analysis.lens.fabric.interfaces.iter() {
            let name = Address::from_tag(&interface.origin.name);
            let ids = by_name.entry(name).or_insert_with(|| vec![None; analyses.len()]);
            if let Some(slot) = ids.get_mut(place) {
                slot.get_or_insert(id);
            }
        }
    }
    let mut alike: BTreeMap<Vec<Option<usize>>, Vec<(EcoString, Same)>> = BTreeMap::new();
    for (name, ids) in by_name {
        let of = |(analysis, id): (&&Analysis<'_>, &Option<Id<Interface>>)| id.map(|id| analysis.classes.of(id));
        let classes = analyses.iter().zip(&ids).map(of).collect();
        alike.entry(classes).or_default().push((name.text(), ids));
    }
    let mut parties: Vec<Places> = alike.into_values().map(|members| party(analyses.len(), members)).collect();
    parties.sort_by_cached_key(|(party, _)| party.names.first().map(|name| Address::from_tag(name)));
    parties
}

fn party(count: usize, members: Vec<(EcoString, Same)>) -> Places {
    let member = |place: usize| {
        let mut ids = members.iter().filter_map(|(_, ids)| *ids.get(place)?);
        Some(Member::Interfaces { first: ids.next()?, second: ids.next(), within: None })
    };
    let places = (0..count).map(member).collect();
    let names = members.into_iter().map(|(name, _)| name).collect();
    (Party { kind: PartyKind::Interfaces, names }, places)
}

fn services(analyses: &[&Analysis<'_>]) -> Vec<Places> {
    let mut by_name: BTreeMap<EcoString, Vec<Option<Member>>> = BTreeMap::new();
    for (place, analysis) in analyses.iter().enumerate() {
        for (id, service) in analysis.lens.fabric.services.iter() {
            let members = by_name.entry(service.origin.name.clone()).or_insert_with(|| vec![None; analyses.len()]);
            if let Some(slot) = members.get_mut(place) {
                *slot = Some(Member::Service(id));
            }
        }
    }
    let party = |name| Party { kind: PartyKind::Service, names: vec![name] };
    by_name.into_iter().map(|(name, members)| (party(name), members)).collect()
}
