//! What lives in EC2, as the Describe calls show it.

use super::vpc_cidr_block::place_of;
use super::{ADDRESS_TAG, KINDS, Kind, State, tags};
use crate::call::{Map, Value};
use crate::model::Address;
use crate::net::Block;
use ecow::EcoString;
use std::collections::{BTreeMap, HashMap};

/// A thing as a Describe call lists it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it lives.
    pub region: EcoString,
    /// Its members, by the EC2 API's names.
    pub members: Map,
}

/// All items that were listed, by the name of their kind.
#[derive(Clone, Debug, Default)]
pub struct Live {
    items: BTreeMap<&'static str, Vec<Item>>,
    /// Table and association of each subnet that is associated with a table of its own.
    associations: HashMap<EcoString, (EcoString, EcoString)>,
    /// Network ACL and association of each subnet; no ACL where that is the VPC's default one.
    acls: HashMap<EcoString, (Option<EcoString>, EcoString)>,
}

/// The IPv6 block of a subnet, as its place in the VPC's.
pub(super) struct SubnetIpv6 {
    /// Its place: 0 for the first /64.
    pub place: i64,
    /// The association of the VPC's block with the VPC.
    pub whole: EcoString,
}

/// Something that belongs to the stack and lives.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The address that it stands for.
    pub address: Address,
    /// The address that its tags tell; another one if the program calls it otherwise by now, and none if it came with a
    /// VPC and no stack has taken it over.
    pub tagged: Option<Address>,
    /// What it is.
    pub kind: &'static Kind,
    /// Where it lives.
    pub region: EcoString,
    /// Its id.
    pub id: EcoString,
    /// Where in its life it is.
    pub state: State,
    /// How it is, as EC2 tells it.
    pub attributes: Map,
    /// Tags that people see.
    pub tags: Map,
    /// Ids and addresses that an item shows only when it lives.
    pub outputs: Map,
}

impl Live {
    /// Takes in what a Describe call listed.
    pub fn add(&mut self, kind: &'static Kind, items: impl IntoIterator<Item = Item>) {
        for item in items {
            match kind.name {
                "route-table" => self.associate(&item.members),
                "network-acl" | "default-network-acl" => self.associate_acl(&item.members),
                _ => {}
            }
            let kind = kind.of_item(&item.members);
            let items = self.items.entry(kind.name).or_default();
            let id = item.members.text(kind.id);
            if kind.comes_with_vpc().is_none() || items.iter().all(|other| other.members.text(kind.id) != id) {
                items.push(item);
            }
        }
    }

    fn associate(&mut self, table: &Map) {
        for association in table.list("Associations").iter().filter_map(Value::as_map) {
            let state = association.map("AssociationState").map_or("", |state| state.text("State"));
            let subnet = association.text("SubnetId");
            if !subnet.is_empty() && !matches!(state, "disassociated" | "disassociating" | "failed") {
                let entry = (table.text("RouteTableId").into(), association.text("RouteTableAssociationId").into());
                self.associations.insert(subnet.into(), entry);
            }
        }
    }

    fn associate_acl(&mut self, acl: &Map) {
        let own = (!acl.is_true("IsDefault")).then(|| EcoString::from(acl.text("NetworkAclId")));
        for association in acl.list("Associations").iter().filter_map(Value::as_map) {
            let entry = (own.clone(), association.text("NetworkAclAssociationId").into());
            self.acls.insert(association.text("SubnetId").into(), entry);
        }
    }

    /// What was listed, as answers of EC2 tell it: the name of a list with its items.
    pub fn answers(&self) -> Vec<(&'static str, Map)> {
        let answer = |kind: &&'static Kind| {
            let list = kind.describe?.list.last()?;
            let items: Vec<Map> = self.items(kind.name).iter().map(|item| item.members.clone()).collect();
            Some((kind.name, Map::new().with(list, items)))
        };
        KINDS.iter().filter_map(answer).collect()
    }

    /// The items of a kind.
    pub fn items(&self, kind: &str) -> &[Item] {
        self.items.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The route table that a subnet is associated with, and the id of that association.
    pub fn table_of(&self, subnet: &str) -> Option<&(EcoString, EcoString)> {
        self.associations.get(subnet)
    }

    /// The association of a VPC's further IPv4 block with the VPC, if a subnet is inside one.
    pub(super) fn block_of(&self, subnet: &Map) -> Option<EcoString> {
        let inside: Block = subnet.text("CidrBlock").parse().ok()?;
        let vpc = self.vpc_of(subnet)?;
        let blocks = vpc.list("CidrBlockAssociationSet").iter().filter_map(Value::as_map);
        let mut further = blocks.filter(|block| block.text("CidrBlock") != vpc.text("CidrBlock"));
        let holder =
            further.find(|block| block.text("CidrBlock").parse().is_ok_and(|block: Block| block.contains(inside)));
        holder.map(|block| block.text("AssociationId").into())
    }

    /// The IPv6 block of a subnet.
    pub(super) fn ipv6_of(&self, subnet: &Map) -> Option<SubnetIpv6> {
        let mut associations = subnet.list("Ipv6CidrBlockAssociationSet").iter().filter_map(Value::as_map);
        let state = |item: &Map| item.map("Ipv6CidrBlockState").map_or("", |state| state.text("State")).to_owned();
        let block = associations
            .find(|item| !matches!(state(item).as_str(), "disassociating" | "disassociated" | "failing" | "failed"))?;
        let blocks = self.vpc_of(subnet)?.list("Ipv6CidrBlockAssociationSet").iter().filter_map(Value::as_map);
        let text = block.text("Ipv6CidrBlock");
        let mut places = blocks.filter_map(|whole| Some((place_of(text, whole.text("Ipv6CidrBlock"))?, whole)));
        let (place, whole) = places.next()?;
        Some(SubnetIpv6 { place, whole: whole.text("AssociationId").into() })
    }

    /// Whether the VPC of an item has an IPv6 block.
    pub(super) fn has_ipv6(&self, item: &Map) -> bool {
        self.vpc_of(item).is_some_and(|vpc| !vpc.list("Ipv6CidrBlockAssociationSet").is_empty())
    }

    fn vpc_of(&self, item: &Map) -> Option<&Map> {
        self.items("vpc").iter().map(|vpc| &vpc.members).find(|vpc| vpc.text("VpcId") == item.text("VpcId"))
    }

    /// The network ACL of a subnet, if it is not the VPC's default one, and the id of that association.
    pub fn acl_of(&self, subnet: &str) -> Option<&(Option<EcoString>, EcoString)> {
        self.acls.get(subnet)
    }

    /// Everything that belongs to a stack, sorted by address and id.
    pub fn of_stack(&self, stack: &str) -> Vec<Observed> {
        let mut observed: Vec<Observed> = Vec::new();
        for kind in KINDS {
            for item in self.items(kind.listed_with().name) {
                if let Some(name) = kind.comes_with_vpc() {
                    observed.extend(self.of_vpc(kind, name, item, stack));
                    continue;
                }
                let Some(address) = tags::address(&item.members, stack) else { continue };
                match kind.each {
                    None => observed.extend(self.observed(kind, kind.address_of(address), item)),
                    Some(each) => observed.extend(each(&item.members).into_iter().filter_map(|(name, members)| {
                        let item = Item { region: item.region.clone(), members };
                        self.observed(kind, address.part(&name), &item)
                    })),
                }
            }
        }
        observed.sort_by(|a, b| (&a.address, &a.id).cmp(&(&b.address, &b.id)));
        observed
    }

    /// What one of the stack's VPCs comes with.
    fn of_vpc(&self, kind: &'static Kind, name: &str, item: &Item, stack: &str) -> Option<Observed> {
        let address = tags::address(self.vpc_of(&item.members)?, stack)?.part(name);
        let tagged = tags::address(&item.members, stack);
        self.observed(kind, address, item).map(|observed| Observed { tagged, ..observed })
    }

    /// What an item shows, unless the thing is gone or on its way out.
    fn observed(&self, kind: &'static Kind, address: Address, item: &Item) -> Option<Observed> {
        let state = (kind.state)(&item.members);
        (!matches!(state, State::Gone | State::Going)).then(|| Observed {
            tagged: Some(address.clone()),
            address,
            kind,
            region: item.region.clone(),
            id: item.members.text(kind.id).into(),
            state,
            attributes: (kind.read)(item, self),
            tags: tags::visible(&item.members),
            outputs: (kind.outputs)(&item.members),
        })
    }
}

impl Kind {
    /// The kind whose listing shows this one.
    pub fn listed_with(&'static self) -> &'static Kind {
        self.part.filter(|_| self.describe.is_none()).map_or(self, |(owner, _)| owner)
    }

    /// The kind of an item in this kind's listing: what a VPC comes with is listed among others of its sort, and the
    /// address in its tags tells it.
    fn of_item(&'static self, item: &Map) -> &'static Kind {
        let part = tags::get(item, ADDRESS_TAG).and_then(|address| address.rsplit_once('/'));
        let found = KINDS.iter().find(|kind| kind.id == self.id && kind.comes_with_vpc() == part.map(|(_, part)| part));
        found.filter(|_| part.is_some()).copied().unwrap_or(self)
    }

    /// The address of this kind's part of what is listed under an address.
    fn address_of(&self, listed: Address) -> Address {
        self.part.map_or(listed.clone(), |(_, name)| listed.part(name))
    }
}

/// Puts a reference in place of each id that has a name.
pub fn name_references(attributes: &mut Map, names: &HashMap<EcoString, Address>) {
    attributes.values_mut().for_each(|value| name_in(value, names));
}

fn name_in(value: &mut Value, names: &HashMap<EcoString, Address>) {
    match value {
        Value::Text(text) => {
            if let Some(address) = names.get(text) {
                *value = Value::Ref(address.clone());
            }
        }
        Value::List(list) => list.iter_mut().for_each(|value| name_in(value, names)),
        Value::Map(map) => name_references(map, names),
        _ => {}
    }
}
