//! From EC2's answers to the network as packets see it.
//!
//! In: texts of answers, as the AWS CLI prints them and as vpcc has them from EC2 itself. Out: a [`Fabric`]. An answer
//! that lacks what the others speak of is a problem; what EC2 has and packets are not followed through is
//! [`NotModelled`](super::fabric::RouteTarget::NotModelled) in it. Absent on purpose: asking EC2, and finding files.

mod filters;
mod interfaces;
mod items;
mod listings;
mod own;
mod problem;
mod routes;
mod values;
mod vpcs;
mod ways;

use super::fabric::{
    Acl, Fabric, Gateway, Group, Interface, Origin, Peering, PrefixList, RouteTable, Service, Subnet, Vpc,
};
use crate::With;
use crate::kinds::{ADDRESS_TAG, STACK_TAG};
use crate::model::Id;
use crate::net::Block;
use crate::problem::Diagnostic;
use crate::source::{Sources, Span};
use ecow::EcoString;
use items::{Tag, VpcEndpoint};
use listings::{Item, Listings, listings};
use problem::{Absence, Problem, head, quoted};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use values::{Read, read as read_items};

/// What things are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming<'n> {
    /// By their ids in EC2, with their tag `Name` beside.
    Ids,
    /// By their addresses in the program of this stack, if they are tagged as its own; by their ids otherwise.
    Stack(&'n str),
}

/// Reads answers of EC2, each file one or several of them. The fabric has no things that are not understood; each of
/// them is a problem.
pub fn read(sources: &Sources, naming: Naming<'_>) -> With<Fabric> {
    let (fabric, problems) = read_some(sources, naming, Extent::Whole);
    let mut problems: Vec<Diagnostic> = problems.into_iter().map(Diagnostic::from).collect();
    crate::problem::sort(&mut problems);
    With { value: fabric, problems }
}

/// Reads what EC2 has told of a stack's own things alone, as a plan asks for them: by their addresses in the program, all
/// of them taken to run. What every VPC comes with is taken to be as EC2 makes it where it isn't told; what belongs to
/// others and isn't told either is not modelled.
pub fn read_own(sources: &Sources, stack: &str) -> Fabric {
    read_some(sources, Naming::Stack(stack), Extent::Own).0
}

/// How much of a network its answers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// All of it.
    Whole,
    /// What belongs to a stack.
    Own,
}

fn read_some(sources: &Sources, naming: Naming<'_>, extent: Extent) -> (Fabric, Vec<Problem>) {
    let mut problems = Vec::new();
    let listings = listings(sources, &mut problems);
    let readable = problems.iter().all(|problem| matches!(problem, Problem::Partial { .. }));
    let (fabric, known, holes) = (Fabric::default(), Known::default(), HashSet::new());
    let mut reader = Reader { naming, extent, listings, fabric, known, holes, problems };
    if readable {
        reader.fill();
    }
    (reader.fabric, reader.problems)
}

/// What reads answers.
struct Reader<'a> {
    naming: Naming<'a>,
    extent: Extent,
    listings: Listings<'a>,
    fabric: Fabric,
    known: Known,
    /// Lists of which something is known to be missing, which is said once.
    holes: HashSet<&'static str>,
    problems: Vec<Problem>,
}

/// Things by their ids in EC2.
#[derive(Default)]
struct Known {
    vpcs: HashMap<EcoString, Id<Vpc>>,
    subnets: HashMap<EcoString, Id<Subnet>>,
    groups: HashMap<EcoString, Id<Group>>,
    acls: HashMap<EcoString, Id<Acl>>,
    tables: HashMap<EcoString, Id<RouteTable>>,
    interfaces: HashMap<EcoString, Id<Interface>>,
    /// The groups that VPCs come with, where they are not listed.
    default_groups: HashMap<Id<Vpc>, Id<Group>>,
    gateways: HashMap<EcoString, Id<Gateway>>,
    peerings: HashMap<EcoString, Id<Peering>>,
    services: HashMap<EcoString, Id<Service>>,
    prefix_lists: HashMap<EcoString, Id<PrefixList>>,
}

impl<'a> Reader<'a> {
    /// What a thing refers to comes before it.
    fn fill(&mut self) {
        self.vpcs();
        self.prefix_lists();
        self.groups();
        self.subnets();
        self.acls();
        self.gateways();
        let endpoints = self.things("VpcEndpoints", "VPC endpoint", |endpoint: &VpcEndpoint| &endpoint.vpc_endpoint_id);
        self.interfaces(&endpoints);
        self.peerings();
        self.tables(&endpoints);
    }

    /// The things of a list, in the order of their ids, each one once.
    fn things<T: Deserialize<'a>>(
        &mut self,
        list: &'static str,
        noun: &'static str,
        id: fn(&T) -> &EcoString,
    ) -> Vec<Read<'a, T>> {
        let items = self.listings.items(list);
        let read = read_items(items, noun, &mut self.problems);
        if read.len() < items.len() {
            self.holes.insert(list);
        }
        let mut by_id: BTreeMap<EcoString, Read<'a, T>> = BTreeMap::new();
        for thing in read {
            let key = id(&thing.value).clone();
            match by_id.get(&key) {
                None => {
                    by_id.insert(key, thing);
                }
                Some(first) if alike(&first.item, &thing.item) => {}
                Some(first) => {
                    let place = |item: &Item| quoted(item, &key).unwrap_or(item.span);
                    let (span, other) = (place(&thing.item), place(&first.item));
                    self.problems.push(Problem::Differs { span, other, noun, id: key.to_string() });
                }
            }
        }
        by_id.into_values().collect()
    }

    /// How a thing is called, and where its id is written.
    fn origin<T>(&self, read: &Read<T>, id: &EcoString, tags: &[Tag]) -> Origin {
        let (name, alias) = self.called(id, tags);
        Origin { name, alias, span: quoted(&read.item, id) }
    }

    /// What a thing with an id and tags is called, and what else.
    fn called(&self, id: &EcoString, tags: &[Tag]) -> (EcoString, Option<EcoString>) {
        let tag = |key: &str| tags.iter().find(|tag| tag.key == key).map(|tag| &tag.value);
        match (self.naming, tag(ADDRESS_TAG)) {
            (Naming::Stack(stack), Some(address)) if tag(STACK_TAG).is_some_and(|tag| tag == stack) => {
                (address.clone(), Some(id.clone()))
            }
            _ => (id.clone(), items::name(tags).cloned()),
        }
    }

    /// What an item of a list refers to. If that isn't there, it is a problem, and leaves a hole in the item's own list.
    fn find<T, K>(
        &mut self,
        known: fn(&Known) -> &HashMap<EcoString, Id<K>>,
        read: &Read<'a, T>,
        (own_list, noun, id): (&'static str, &'static str, &EcoString),
        (relation, other, list): (&'static str, &EcoString, &'static str),
    ) -> Option<Id<K>> {
        let found = known(&self.known).get(other).copied();
        if found.is_none() {
            self.absent(read, (noun, id), (relation, other, list));
            self.holes.insert(own_list);
        }
        found
    }

    /// Says that an item refers to what no file lists, unless it has been said that the list lacks something.
    fn absent<T>(
        &mut self,
        read: &Read<'a, T>,
        (noun, id): (&'static str, &EcoString),
        (relation, other, list): (&'static str, &EcoString, &'static str),
    ) {
        if !self.listings.has(list) {
            let span = quoted(&read.item, other).unwrap_or_else(|| head(&read.item));
            self.no_list(span, list, format!("{noun} `{id}` {relation} this"));
        } else if self.holes.insert(list) {
            let which = Absence { relation, id: other.to_string(), list };
            self.problems.push(Problem::absent(read, noun, id, which));
        }
    }

    /// Says so if something has a block outside of those of what it is in, unless it has been said that the list of those
    /// lacks something. What is told of a stack alone was checked before.
    fn inside<T>(
        &mut self,
        read: &Read<'a, T>,
        (list, noun, id): (&'static str, &'static str, &EcoString),
        blocks: &[Block],
        (within, holds, others): (&EcoString, &[Block], &'static str),
    ) {
        let told = self.extent == Extent::Own || self.holes.contains(others);
        let outside = blocks.iter().find(|block| !holds.iter().any(|own| own.contains(**block)));
        let Some(block) = outside.filter(|_| !told) else { return };
        let texts = [block.to_string(), block.first().to_string()];
        let span = texts.iter().find_map(|text| quoted(&read.item, text)).unwrap_or_else(|| head(&read.item));
        let (id, within) = (id.to_string(), within.to_string());
        self.problems.push(Problem::Outside { span, noun, id, block: *block, within });
        self.holes.insert(list);
    }

    /// Every VPC with subnets has these things, unless something was left out when the answers were saved.
    fn every_vpc_has(&mut self, list: &'static str, what: &'static str, has: impl Fn(&Vpc) -> bool) {
        if self.holes.contains(list) {
            return;
        }
        let used: HashSet<Id<Vpc>> = self.fabric.subnets.iter().map(|(_, subnet)| subnet.vpc).collect();
        let lacking = self.fabric.vpcs.iter().filter(|(id, vpc)| used.contains(id) && !has(vpc));
        let lacking: Vec<Origin> = lacking.map(|(_, vpc)| vpc.origin.clone()).collect();
        for Origin { name: vpc, span, .. } in lacking {
            let Some(span) = span else { continue };
            if self.listings.has(list) {
                self.problems.push(Problem::Incomplete { span, vpc: vpc.to_string(), what, list });
            } else {
                self.no_list(span, list, format!("this VPC has a {what}"));
            }
        }
    }

    /// Says that a list is missing, once.
    fn no_list(&mut self, span: Span, list: &'static str, because: String) {
        if self.holes.insert(list) {
            self.problems.push(Problem::NoList { span, list, because });
        }
    }
}

/// Whether two items tell the same, but for tags, which only the owner of a shared thing sees.
fn alike(one: &Item, other: &Item) -> bool {
    let plain = |item: &Item| {
        let mut value: serde_json::Value = serde_json::from_str(item.text).unwrap_or_default();
        if let Some(members) = value.as_object_mut() {
            members.retain(|name, _| !matches!(name.as_str(), "Tags" | "TagSet"));
        }
        value
    };
    one.text == other.text || plain(one) == plain(other)
}
