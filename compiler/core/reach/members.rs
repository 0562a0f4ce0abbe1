//! Who the members of the ends of a question are.

use super::ask::Analysis;
use super::beyond;
use super::fabric::{Interface, InterfaceOf, Origin, Public};
use super::packets::{Cell, Field, Packets};
use super::query::{Endpoint, Query, Side};
use super::walk::is_link_local;
use crate::model::Id;
use crate::net::Block;
use ecow::eco_format;
use std::net::IpAddr;

/// To take the blocks of a VPC out of what is outside takes as long as so many steps.
const STEPS_OF_A_VPC: usize = 32;

/// A member of an end, or several that fare alike.
#[derive(Clone)]
pub(super) enum Member {
    /// Interfaces of one class, the first of them and another one; of each, the addresses in a block, if one is given.
    Interfaces { first: Id<Interface>, second: Option<Id<Interface>>, within: Option<Block> },
    /// Addresses outside, as sources.
    Outside { sources: Packets, internet: bool, name: Origin },
    /// A service.
    Service(Id<super::fabric::Service>),
    /// An address inside that nothing has.
    Nobody(IpAddr),
    /// An address of Amazon's own: DNS, time, metadata, which neither groups nor ACLs filter.
    Amazon(IpAddr),
}

impl Analysis<'_> {
    /// The members of both ends of a question.
    pub(super) fn ends(&self, query: &Query) -> Result<(Vec<Member>, Vec<Member>), Side> {
        let from = self.members(&query.from);
        let to = self.members(&query.to);
        let mut from: Vec<Member> = from
            .into_iter()
            .filter(|member| !matches!(member, Member::Nobody(_) | Member::Amazon(_) | Member::Service(_)))
            .collect();
        // Endpoints begin nothing; among others they are not who is meant.
        if !from.iter().all(|member| self.is_endpoint(member)) {
            from.retain(|member| !self.is_endpoint(member));
        }
        match (from.is_empty(), to.is_empty()) {
            (true, _) => Err(Side::From),
            (_, true) => Err(Side::To),
            (false, false) => Ok((from, to)),
        }
    }

    fn is_endpoint(&self, member: &Member) -> bool {
        let of = |id: Id<Interface>| &self.lens.fabric.interfaces[id].of;
        matches!(member, Member::Interfaces { first, .. } if *of(*first) == InterfaceOf::Endpoint)
    }

    /// Whatever has a public address, but for services behind gateway endpoints, which are reached as such.
    pub(super) fn internet(&self) -> Member {
        let mut sources = beyond::internet();
        for block in self.services() {
            sources.take(&Cell::of_block(Field::Source, block));
        }
        Member::Outside { sources, internet: true, name: Origin::new("internet") }
    }

    /// The addresses of services behind gateway endpoints.
    pub(super) fn services(&self) -> Vec<Block> {
        let services = self.lens.fabric.services.iter();
        services.flat_map(|(_, service)| self.lens.list(service.addresses).unwrap_or_default()).copied().collect()
    }

    pub(super) fn members(&self, end: &Endpoint) -> Vec<Member> {
        match end {
            Endpoint::Interfaces(ids) => self.interfaces(ids, None),
            Endpoint::Internet => vec![self.internet()],
            Endpoint::Service(id) => vec![Member::Service(*id)],
            Endpoint::Block(block) => self.of_block(*block),
        }
    }

    fn interfaces(&self, ids: &[Id<Interface>], within: Option<Block>) -> Vec<Member> {
        self.lens.effort.spend(ids.len());
        let member = |ids: Vec<Id<Interface>>| {
            Some(Member::Interfaces { first: *ids.first()?, second: ids.get(1).copied(), within })
        };
        self.classes.sort(ids).into_iter().filter_map(member).collect()
    }

    fn of_block(&self, block: Block) -> Vec<Member> {
        let fabric = self.lens.fabric;
        self.lens.effort.spend(fabric.interfaces.len() + STEPS_OF_A_VPC * fabric.vpcs.len());
        if self.is_amazons(block) {
            return vec![Member::Amazon(block.first())];
        }
        let holds = |interface: &Interface| {
            let has = |address: &super::fabric::Private| {
                address.block.overlaps(block)
                    || matches!(address.public, Some(Public::Known(public)) if block.holds(public.into()))
            };
            !block.is_any() && interface.addresses.iter().any(has)
        };
        let ids: Vec<Id<Interface>> =
            fabric.interfaces.iter().filter(|(_, interface)| holds(interface)).map(|(id, _)| id).collect();
        let mut members = self.interfaces(&ids, Some(block));
        let mut outside = Packets::of(Cell::of_block(Field::Source, block));
        for own in fabric.vpcs.iter().flat_map(|(_, vpc)| &vpc.blocks) {
            outside.take(&Cell::of_block(Field::Source, *own));
        }
        if !block.is_any() {
            let public = fabric.public_addresses().filter(|public| block.holds(*public));
            for own in public {
                outside.take(&Cell::of_block(Field::Source, Block::host(own)));
            }
        }
        if !outside.is_empty() {
            let name = Origin::new(eco_format!("{block}"));
            members.push(Member::Outside { sources: outside, internet: false, name });
        }
        if members.is_empty() {
            members.push(Member::Nobody(block.first()));
        }
        members
    }

    /// Whether a block is one of link-local services, or a VPC's DNS server: the third address of its first block (VPC user
    /// guide, "DNS attributes for your VPC").
    pub(super) fn is_amazons(&self, block: Block) -> bool {
        let server = |vpc: &super::fabric::Vpc| vpc.blocks.first().and_then(|block| block.at(2)).map(Block::host);
        is_link_local(block) || self.lens.fabric.vpcs.iter().any(|(_, vpc)| server(vpc) == Some(block))
    }
}

/// The pairs of members that are to reach each other; what is a member of both ends need not reach itself.
pub(super) fn pairs<'a>(from: &'a [Member], to: &'a [Member]) -> impl Iterator<Item = (Member, Member)> + 'a {
    from.iter().flat_map(move |one| to.iter().filter_map(move |other| apart(one, other)))
}

/// Two members as two that are not the same, if there are two.
pub(super) fn apart(one: &Member, other: &Member) -> Option<(Member, Member)> {
    let (mut one, mut other) = (one.clone(), other.clone());
    if let (Member::Interfaces { first: a, second: b, .. }, Member::Interfaces { first: c, second: d, .. }) =
        (&mut one, &mut other)
        && a == c
    {
        match (*b, *d) {
            (_, Some(another)) => *c = another,
            (Some(another), None) => *a = another,
            (None, None) => return None,
        }
    }
    Some((one, other))
}
