//! Peering of networks.

use super::{Address, Id, Network, Tags};
use crate::source::Span;
use ecow::EcoString;

/// That two networks reach each other by private addresses, as far as routes lead.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network that asks for it.
    pub network: Id<Network>,
    /// The network that it is asked of.
    pub other: PeerSide,
    /// Tags of its own.
    pub tags: Tags,
}

/// The far side of a peering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerSide {
    /// A network of this program.
    Here(Id<Network>),
    /// Somebody's VPC, who has to accept.
    Far {
        /// Its id.
        vpc: EcoString,
        /// Whose, if not of this account.
        account: Option<EcoString>,
        /// Where, if not in the region of the network that asks.
        region: Option<EcoString>,
    },
}

impl Peer {
    /// Whether it joins a network to another.
    pub fn joins(&self, network: Id<Network>) -> bool {
        self.network == network || self.other == PeerSide::Here(network)
    }

    /// The network of the program on the other side of one.
    pub fn across_from(&self, network: Id<Network>) -> Option<Id<Network>> {
        match self.other {
            PeerSide::Here(other) if other == network => Some(self.network),
            PeerSide::Here(other) if self.network == network => Some(other),
            _ => None,
        }
    }
}
