//! What leads from the doors of networks, and where to.

use super::chart::{Chart, Link, Outside};
use super::words;
use crate::model::{Address, Customer, GatewayKind, Id, Model, Network, Peer, PeerSide};

/// Adds what is outside of the networks, and what joins them to it and to each other.
pub(super) fn read_links(model: &Model, chart: &mut Chart) {
    let gateways = model.gateways.iter().map(|(_, gateway)| gateway);
    let open = gateways.filter(|gateway| matches!(gateway.kind, GatewayKind::Internet | GatewayKind::Egress));
    chart.links.extend(open.map(|gateway| Link { from: gateway.address.clone(), to: None }));
    chart.internet = !chart.links.is_empty();
    for (_, vpn) in model.vpns.iter() {
        if let (Some(gateway), Some(customer)) = (vpn.gateway, vpn.customer) {
            let (from, to) = (&model.gateways[gateway].address, &model.customers[customer].address);
            chart.links.push(Link { from: from.clone(), to: Some(to.clone()) });
        }
    }
    for (_, peer) in model.peers.iter() {
        let to = match &peer.other {
            PeerSide::Here(other) => door_key(model, peer, *other),
            PeerSide::Far { vpc, account, region } => {
                let note = [Some(vpc), account.as_ref(), region.as_ref()].map(|part| part.map(ToString::to_string));
                let note = note.into_iter().flatten().collect::<Vec<_>>().join(" · ").into();
                let key = peer.address.part("far");
                chart.outside.push(Outside { key: key.clone(), name: "VPC".into(), note });
                key
            }
        };
        chart.links.push(Link { from: door_key(model, peer, peer.network), to: Some(to) });
    }
    chart.outside.extend(model.customers.iter().map(|(_, customer)| far_end(model, customer)));
    chart.outside.sort_by(|a, b| a.key.cmp(&b.key));
    chart.links.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
    chart.links.dedup();
}

fn far_end(model: &Model, customer: &Customer) -> Outside {
    let ip = customer.ip.map(|ip| ip.to_string());
    let asn = customer.asn.map(|asn| format!("AS {asn}"));
    let note = ip.into_iter().chain(asn).collect::<Vec<_>>().join(" · ").into();
    let name = words::within(&model.networks[customer.network].address, &customer.address);
    Outside { key: customer.address.clone(), name, note }
}

/// A peering has a door in each of its networks.
pub(super) fn door_key(model: &Model, peer: &Peer, network: Id<Network>) -> Address {
    model.networks[network].address.part(peer.address.as_str())
}
