//! How much room a subnet has, and who is in it.

use crate::model::{EndpointForm, GatewayKind, Id, Model, Start, Subnet};
use crate::net::{Family, number};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// EC2 keeps the first four addresses of a subnet's block (VPC User Guide, "Subnet sizing").
const KEPT_FIRST: u128 = 4;

/// And the last one.
const KEPT_LAST: u128 = 1;

/// The room in a subnet.
pub(super) struct Room {
    /// The first address that can be used, and the last one.
    pub(super) usable: (IpAddr, IpAddr),
    /// How many can be used.
    pub(super) size: u128,
    /// How many are taken by what the program says.
    pub(super) taken: u128,
    /// The first of those that are free.
    pub(super) next: Option<IpAddr>,
}

impl Room {
    /// How many are free.
    pub(super) fn free(&self) -> u128 {
        self.size.saturating_sub(self.taken)
    }
}

/// The room in a subnet whose block could be made out.
pub(super) fn room(model: &Model, id: Id<Subnet>) -> Option<Room> {
    let block = model.subnets.get(id)?.block?;
    let size = block.span().checked_sub(KEPT_FIRST + KEPT_LAST - 1)?;
    let usable = (block.at(KEPT_FIRST)?, block.at(block.span().checked_sub(KEPT_LAST)?)?);
    let mut fixed = BTreeSet::new();
    let mut chosen: u128 = 0;
    for (_, node) in model.nodes.iter().filter(|(_, node)| node.subnet == Some(id)) {
        let count = u128::from(node.count());
        match node.start {
            Start::At { address, .. } if count <= size => {
                fixed.extend((0..count).map(|index| number(address) + index));
            }
            _ => chosen += count,
        }
    }
    for (_, endpoint) in model.endpoints.iter() {
        let EndpointForm::Interface { subnets, .. } = &endpoint.form else { continue };
        for (_, address) in subnets.iter().filter(|(subnet, _)| *subnet == id) {
            match address {
                Some(address) => {
                    fixed.insert(number(*address));
                }
                None => chosen += 1,
            }
        }
    }
    let gateways = model.gateways.iter();
    chosen += gateways
        .filter(|(_, gateway)| matches!(gateway.kind, GatewayKind::Nat { subnet, .. } if subnet == Some(id)))
        .count() as u128;
    let (first, last) = (number(usable.0), number(usable.1));
    let taken = fixed.range(first..=last).count() as u128 + chosen;
    let next = (first..=last).find(|address| !fixed.contains(address)).map(|address| Family::V4.address(address));
    Some(Room { usable, size, taken, next })
}
