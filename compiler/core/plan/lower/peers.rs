//! Peering connections.

use super::Lowering;
use crate::call::{Map, Value};
use crate::kinds::VPC_PEERING_CONNECTION;
use crate::model::{Id, Network, Peer, PeerSide, Tags};
use ecow::EcoString;

impl Lowering<'_> {
    /// Peerings.
    pub(super) fn peers(&mut self) {
        let model = self.model;
        model.peers.iter().for_each(|(_, peer)| self.peer(peer));
    }

    /// Of two networks of the program the one whose address comes first asks, whichever is named first.
    fn in_order(&self, peer: &Peer) -> Peer {
        let address = |id: Id<Network>| &self.model.networks[id].address;
        match peer.other {
            PeerSide::Here(far) if address(far) < address(peer.network) => {
                Peer { network: far, other: PeerSide::Here(peer.network), ..peer.clone() }
            }
            _ => peer.clone(),
        }
    }

    fn peer(&mut self, peer: &Peer) {
        let (peer, networks) = (&self.in_order(peer), &self.model.networks);
        let near = self.region_of(peer.network);
        let (vpc, account, region, accepted): (Value, _, EcoString, _) = match &peer.other {
            PeerSide::Here(far) => ((&networks[*far].address).into(), None, self.region_of(*far), Some(true)),
            PeerSide::Far { vpc, account, region } => {
                (vpc.into(), account.clone(), region.clone().unwrap_or_else(|| near.clone()), None)
            }
        };
        let attributes = Map::new()
            .with("vpc", &networks[peer.network].address)
            .with("peer_vpc", vpc)
            .with_some("peer_account", account)
            .with_some("peer_region", Some(region).filter(|region| *region != near))
            .with_some("accepted", accepted);
        let tags: &Tags = &peer.tags;
        self.push(&VPC_PEERING_CONNECTION, peer.address.clone(), peer.network, tags, peer.origin, attributes);
    }

    /// The peerings by which groups of one network can name those of others.
    pub(super) fn peerings_of(&self, network: Id<Network>) -> Vec<crate::model::Address> {
        let joined = self.model.peers.iter().filter(|(_, peer)| peer.across_from(network).is_some());
        joined.map(|(_, peer)| peer.address.clone()).collect()
    }
}
