//! What things are called in pictures.

use super::read::Reading;
use crate::model::{Address, Network, Subnet};
use ecow::{EcoString, eco_format};
use std::net::IpAddr;

/// The name that something has in a network.
pub(super) fn within(network: &Address, address: &Address) -> EcoString {
    let inside = address.as_str().strip_prefix(network.as_str()).and_then(|rest| rest.strip_prefix('.'));
    inside.unwrap_or(address.as_str()).into()
}

/// The name of what there may be by default.
pub(super) fn own_or_default(is_default: bool, name: EcoString) -> EcoString {
    if is_default { "default".into() } else { name }
}

/// The blocks of a network.
pub(super) fn blocks(network: &Network) -> EcoString {
    let mut texts: Vec<String> = network.blocks.iter().map(|(block, _)| block.to_string()).collect();
    texts.extend(network.ipv6.map(|_| "IPv6 /56".to_owned()));
    texts.join(", ").into()
}

/// The block of a subnet, and which of the network's IPv6 blocks it has.
pub(super) fn subnet_block(subnet: &Subnet) -> EcoString {
    let mut texts: Vec<String> = subnet.block.iter().map(ToString::to_string).collect();
    texts.extend(subnet.ipv6.map(|(number, _)| format!("IPv6 /64 #{number}")));
    texts.extend(subnet.existing.as_ref().map(ToString::to_string));
    texts.join(" · ").into()
}

/// A zone, with its region if that is known.
pub(super) fn zone(region: Option<&EcoString>, letter: &str) -> EcoString {
    region.map_or_else(|| eco_format!("zone {letter}"), |region| eco_format!("{region}{letter}"))
}

/// A service without what all of Amazon's start with: `s3` for `com.amazonaws.eu-central-1.s3`.
pub(super) fn service(name: &str) -> EcoString {
    let short = name.strip_prefix("com.amazonaws.").and_then(|rest| rest.split_once('.'));
    short.map_or(name, |(_, short)| short).into()
}

/// A range of addresses; of the last one only what differs, if that is one number.
pub(super) fn range(first: IpAddr, last: IpAddr) -> EcoString {
    let (first, last) = (first.to_string(), last.to_string());
    match (first.rsplit_once('.'), last.rsplit_once('.')) {
        (Some((net, _)), Some((same, host))) if net == same => eco_format!("{first} – .{host}"),
        _ => eco_format!("{first} – {last}"),
    }
}

/// What is to be known of a network besides its blocks.
pub(super) fn facts(reading: Reading<'_>) -> Vec<EcoString> {
    let Reading { model, id, network, lists } = reading;
    let mut facts: Vec<EcoString> = Vec::new();
    facts.extend(network.existing.iter().map(|existing| eco_format!("uses {existing}")));
    facts.extend(network.region.clone());
    let dns = &network.dns;
    let list = |addresses: &[IpAddr]| addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ");
    facts.extend(dns.domain.iter().map(|domain| eco_format!("DHCP domain {domain}")));
    facts.extend((!dns.servers.is_empty()).then(|| eco_format!("DNS {}", list(&dns.servers))));
    facts.extend((!dns.ntp.is_empty()).then(|| eco_format!("NTP {}", list(&dns.ntp))));
    facts.extend((!dns.support).then(|| "no DNS".into()));
    facts.extend(network.dedicated.then(|| "dedicated".into()));
    for (_, log) in model.flow_logs.iter().filter(|(_, log)| log.network == id) {
        let of = log.subnet.map(|subnet| eco_format!(" of {}", reading.name(&model.subnets[subnet].address)));
        facts.push(eco_format!("flow log {}{}", reading.name(&log.address), of.unwrap_or_default()));
    }
    let spare =
        model.elastics.iter().filter(|(id, elastic)| elastic.network == reading.id && !lists.elastics.contains(id));
    facts.extend(spare.map(|(_, elastic)| eco_format!("Elastic IP {}", reading.name(&elastic.address))));
    facts
}
