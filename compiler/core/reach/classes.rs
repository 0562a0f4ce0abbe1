//! Interfaces that packets cannot tell apart: in one subnet, with the same groups, and with addresses between which no rule,
//! entry or route makes a difference. What holds for one of a class holds for all of it.

use super::fabric::{Fabric, Interface, InterfaceOf, Public, State, Subnet};
use crate::model::Id;
use crate::net::{Block, Family, number};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

/// The classes of a fabric's interfaces.
pub(super) struct Classes {
    /// The class of each interface.
    of: Vec<usize>,
    /// The members of each class, in order.
    pub(super) members: Vec<Vec<Id<Interface>>>,
    /// The numbers at which what is said of addresses may change, sorted.
    edges: [Vec<u128>; 2],
    /// The addresses that are taken, so that EC2 chooses none of them.
    taken: HashSet<IpAddr>,
    /// Of each block that an address is to be chosen from, those that stand for all of it.
    points: HashMap<Block, Vec<IpAddr>>,
}

/// What tells classes apart.
type Key = (Id<Subnet>, Vec<usize>, State, InterfaceOf, bool, Vec<Place>);

/// Where an address stands between the edges, whether it is known, and the same of its public address.
type Place = (Family, usize, bool, Option<Option<usize>>);

impl Classes {
    /// Sorts a fabric's interfaces into classes.
    pub(super) fn new(fabric: &Fabric) -> Classes {
        let mut classes = Classes {
            of: Vec::new(),
            members: Vec::new(),
            edges: edges(fabric),
            taken: fabric.interfaces.iter().flat_map(|(_, interface)| known(interface)).collect(),
            points: HashMap::new(),
        };
        for address in fabric.interfaces.iter().flat_map(|(_, interface)| &interface.addresses) {
            if !classes.points.contains_key(&address.block) {
                let points = classes.points_in(address.block);
                classes.points.insert(address.block, points);
            }
        }
        let mut keys: HashMap<Key, usize> = HashMap::new();
        for (id, interface) in fabric.interfaces.iter() {
            let class = *keys.entry(classes.key(interface)).or_insert(classes.members.len());
            if class == classes.members.len() {
                classes.members.push(Vec::new());
            }
            classes.of.push(class);
            if let Some(members) = classes.members.get_mut(class) {
                members.push(id);
            }
        }
        classes
    }

    /// The class of an interface.
    pub(super) fn of(&self, id: Id<Interface>) -> usize {
        self.of.get(id.index()).copied().unwrap_or_default()
    }

    /// Interfaces by class, in the order of the classes' first ones.
    pub(super) fn sort(&self, interfaces: &[Id<Interface>]) -> Vec<Vec<Id<Interface>>> {
        let mut sorted: BTreeMap<usize, Vec<Id<Interface>>> = BTreeMap::new();
        for id in interfaces {
            sorted.entry(self.of(*id)).or_default().push(*id);
        }
        sorted.into_values().collect()
    }

    fn key(&self, interface: &Interface) -> Key {
        let mut groups: Vec<usize> = interface.groups.iter().map(|group| group.index()).collect();
        groups.sort_unstable();
        groups.dedup();
        let place = |address: &super::fabric::Private| {
            let block = address.block;
            let public = address.public.map(|public| match public {
                Public::Known(address) => Some(self.edge(address.into())),
                Public::Later => None,
            });
            (block.family(), self.edge(block.first()), block.span() == 0, public)
        };
        let places = interface.addresses.iter().map(place).collect();
        (interface.subnet, groups, interface.state.clone(), interface.of.clone(), interface.forwards, places)
    }

    fn edges(&self, family: Family) -> &[u128] {
        let [v4, v6] = &self.edges;
        if family == Family::V4 { v4 } else { v6 }
    }

    fn edge(&self, address: IpAddr) -> usize {
        let number = number(address);
        self.edges(Family::of(address)).partition_point(|edge| *edge <= number)
    }

    /// Addresses that stand for all of an interface's block that are free: one for each stretch without an edge.
    pub(super) fn points(&self, block: Block) -> &[IpAddr] {
        self.points.get(&block).map_or(&[], Vec::as_slice)
    }

    fn points_in(&self, block: Block) -> Vec<IpAddr> {
        if block.span() == 0 {
            return vec![block.first()];
        }
        // EC2 keeps the first four addresses and the last one (VPC user guide, "Subnet sizing").
        let (first, last) = (block.first_number() + 4, block.last_number().saturating_sub(1));
        let edges = self.edges(block.family());
        let behind = edges.get(edges.partition_point(|edge| *edge <= first)..).unwrap_or_default();
        let inside = behind.iter().copied().take_while(|edge| *edge <= last);
        let starts: Vec<u128> = std::iter::once(first).chain(inside).collect();
        let ends = starts.iter().skip(1).map(|start| start - 1).chain([last]);
        let free = |(start, end): (u128, u128)| {
            let mut numbers = start..=end;
            let number = numbers.find(|number| !self.taken.contains(&block.family().address(*number)))?;
            Some(block.family().address(number))
        };
        starts.iter().copied().zip(ends).filter_map(free).collect()
    }
}

fn known(interface: &Interface) -> impl Iterator<Item = IpAddr> {
    interface.addresses.iter().filter(|address| address.block.span() == 0).map(|address| address.block.first())
}

/// Both ends of every block that is spoken of.
fn edges(fabric: &Fabric) -> [Vec<u128>; 2] {
    let of_lists = fabric.prefix_lists.iter().flat_map(|(_, list)| list.blocks.iter().flatten().copied());
    let mut edges = [Vec::new(), Vec::new()];
    for block in fabric.blocks_spoken_of().chain(of_lists) {
        let [v4, v6] = &mut edges;
        let of_family = if block.family() == Family::V4 { v4 } else { v6 };
        of_family.push(block.first_number());
        of_family.push(block.last_number().saturating_add(1));
    }
    for of_family in &mut edges {
        of_family.sort_unstable();
        of_family.dedup();
    }
    edges
}
