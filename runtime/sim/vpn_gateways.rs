//! Virtual private gateways: the ends of VPN connections at VPCs.

use super::answer::{self, Members};
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::{Moment, Timing};
use super::vpn_connections;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;

/// A virtual private gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct VpnGateway {
    asn: i64,
    attachment: Option<Attachment>,
    /// When it was deleted.
    deleted: Option<Moment>,
    tags: Tags,
}

/// That a gateway is at a VPC, comes to it, goes from it, or was there.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Attachment {
    vpc: String,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Phase {
    Attaching { until: Moment },
    Attached,
    Detaching { until: Moment },
    Detached { since: Moment },
}

thing!(VpnGateway, ids::VPN_GATEWAY, |gateway| gateway.deleted.is_none());

impl VpnGateway {
    /// Whether it is attached to a VPC, ready for use.
    pub fn serves(&self, vpc: &str) -> bool {
        self.attachment.as_ref().is_some_and(|found| found.vpc == vpc && found.phase == Phase::Attached)
    }

    /// The VPC that it is at, also while it comes or goes.
    pub fn place(&self) -> Option<&str> {
        let there = |found: &&Attachment| !matches!(found.phase, Phase::Detached { .. });
        self.attachment.as_ref().filter(there).map(|found| found.vpc.as_str())
    }
}

/// A gateway that a request names; one that is deleted is listed, and is not there.
pub(super) fn find<'s>(site: &'s Site, id: &str) -> Result<&'s VpnGateway, Refusal> {
    let gateway = site.region.vpn_gateways.find(id)?;
    if gateway.deleted.is_some() { Err(ids::VPN_GATEWAY.absent(id)) } else { Ok(gateway) }
}

/// `CreateVpnGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    r#type: String,
    amazon_side_asn: Option<i64>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// The only type of VPN that there is.
pub(super) const TYPE: &str = "ipsec.1";

/// Holds that a type of VPN is the one that there is.
pub(super) fn check_type(given: &str) -> Result<(), Refusal> {
    if given == TYPE { Ok(()) } else { Err(Refusal::value("type", given, "Expected one of ipsec.1.")) }
}

/// The number of Amazon's side if none is asked for, and those that can be (EC2 API Reference, "CreateVpnGateway").
const DEFAULT_ASN: i64 = 64_512;
const ASNS: [std::ops::RangeInclusive<i64>; 2] = [64_512..=65_534, 4_200_000_000..=4_294_967_294];

/// `CreateVpnGateway`.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    check_type(&call.r#type)?;
    let asn = call.amazon_side_asn.unwrap_or(DEFAULT_ASN);
    if !ASNS.iter().any(|range| range.contains(&asn)) {
        return Err(Refusal::value("amazonSideAsn", asn, "It is not a private ASN."));
    }
    let tags = tags::for_new(&call.tag_specifications, &ids::VPN_GATEWAY)?;
    let count = site.region.vpn_gateways.iter().filter(|(_, gateway)| gateway.deleted.is_none()).count();
    site.terms.quotas.hold(Quota::VpnGateways, count + 1)?;
    let id = site.region.new_id(ids::VPN_GATEWAY.prefix);
    let gateway = VpnGateway { asn, attachment: None, deleted: None, tags };
    let answer = Map::new().with("VpnGateway", view(&id, &gateway));
    site.region.vpn_gateways.add(id, gateway);
    Ok(answer)
}

/// `AttachVpnGateway` and `DetachVpnGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Attach {
    vpn_gateway_id: String,
    vpc_id: String,
}

/// `AttachVpnGateway`: one gateway for a VPC, one VPC for a gateway. Asking for what is so already changes nothing.
pub(super) fn attach(site: &mut Site, call: Attach) -> Reply {
    let Attach { vpn_gateway_id: id, vpc_id: vpc } = call;
    let place = find(site, &id)?.place().map(str::to_owned);
    site.region.vpcs.find(&vpc)?;
    if let Some(other) = place.as_ref().filter(|other| **other != vpc) {
        let message = format!("The vpnGateway '{id}' is already attached to network {other}");
        return Err(Refusal::new("VpnGatewayAttachmentLimitExceeded", message));
    }
    if place.is_none() && is_at(site.region, &vpc) {
        return Err(Refusal::invalid(format!("Network {vpc} already has a virtual private gateway attached")));
    }
    let phase = Phase::Attaching { until: site.now.after(site.terms.timing.vpn_attachment) };
    let gateway = site.region.vpn_gateways.find_mut(&id)?;
    if place.is_none() {
        gateway.attachment = Some(Attachment { vpc, phase });
    }
    Ok(Map::new().with_some("VpcAttachment", gateway.attachment.as_ref().map(attachment)))
}

/// Whether a gateway is at a VPC.
pub(super) fn is_at(region: &Region, vpc: &str) -> bool {
    region.vpn_gateways.iter().any(|(_, gateway)| gateway.place() == Some(vpc))
}

/// `DetachVpnGateway`: refused while a connection is still being made.
pub(super) fn detach(site: &mut Site, call: Attach) -> Reply {
    let Attach { vpn_gateway_id: id, vpc_id: vpc } = call;
    let until = site.now.after(site.terms.timing.vpn_attachment);
    if find(site, &id)?.place() != Some(&vpc) {
        let message = format!("The attachment with vpn gateway ID '{id}' and vpc ID '{vpc}' does not exist");
        return Err(Refusal::new("InvalidVpnGatewayAttachment.NotFound", message));
    }
    if vpn_connections::of_gateway(site.region, &id).any(|connection| connection.is_pending()) {
        let message = "This call cannot be completed because there are pending VPNs or Virtual Interfaces";
        return Err(Refusal::invalid(message));
    }
    if let Some(attachment) = &mut site.region.vpn_gateways.find_mut(&id)?.attachment {
        attachment.phase = Phase::Detaching { until };
    }
    Ok(answer::nothing())
}

/// `DeleteVpnGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    vpn_gateway_id: String,
}

/// `DeleteVpnGateway`: refused while it is at a VPC or has connections.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.vpn_gateway_id.as_str();
    let has_connections = vpn_connections::of_gateway(site.region, id).next().is_some();
    if find(site, id)?.place().is_some() || has_connections {
        return Err(Refusal::new("IncorrectState", format!("The vpnGateway ID '{id}' is in use.")));
    }
    site.region.vpn_gateways.find_mut(id)?.deleted = Some(site.now);
    for (_, table) in site.region.route_tables.iter_mut() {
        table.propagating.retain(|gateway| gateway != id);
    }
    Ok(answer::nothing())
}

/// Takes attachments into their next phases where that is due; gives how many changed. Deleted gateways are listed for a
/// while.
pub(super) fn settle(region: &mut Region, timing: &Timing, now: Moment) -> usize {
    let before = region.vpn_gateways.len();
    region.vpn_gateways.retain(|gateway| gateway.deleted.is_none_or(|since| now < since.after(timing.listed)));
    let mut changed = before - region.vpn_gateways.len();
    for (_, gateway) in region.vpn_gateways.iter_mut() {
        let Some(attachment) = &mut gateway.attachment else { continue };
        let next = match attachment.phase {
            Phase::Attaching { until } if until <= now => Some(Phase::Attached),
            Phase::Detaching { until } if until <= now => Some(Phase::Detached { since: until }),
            Phase::Detached { since } if since.after(timing.listed) <= now => None,
            _ => continue,
        };
        changed += 1;
        match next {
            Some(phase) => attachment.phase = phase,
            None => gateway.attachment = None,
        }
    }
    changed
}

/// `DescribeVpnGateways`.
pub(super) static VPN_GATEWAYS: Listing = Listing {
    list: "VpnGateways",
    ids: "VpnGatewayIds",
    kind: &ids::VPN_GATEWAY,
    filters: &[
        ("amazon-side-asn", "AmazonSideAsn"),
        ("attachment.state", "VpcAttachments.State"),
        ("attachment.vpc-id", "VpcAttachments.VpcId"),
        ("availability-zone", "AvailabilityZone"),
        ("state", "State"),
        ("tag-key", "Tags.Key"),
        ("type", "Type"),
        ("vpn-gateway-id", "VpnGatewayId"),
    ],
    pages: Pages::One,
    items: |site| site.region.vpn_gateways.iter().map(|(id, gateway)| Item::new(id, view(id, gateway))).collect(),
};

fn view(id: &str, gateway: &VpnGateway) -> Map {
    Map::new()
        .with("VpnGatewayId", id)
        .with("State", if gateway.deleted.is_some() { "deleted" } else { "available" })
        .with("Type", TYPE)
        .with("AmazonSideAsn", gateway.asn)
        .with_list("VpcAttachments", gateway.attachment.iter().map(attachment))
        .with_tags(&gateway.tags)
}

fn attachment(attachment: &Attachment) -> Map {
    let state = match attachment.phase {
        Phase::Attaching { .. } => "attaching",
        Phase::Attached => "attached",
        Phase::Detaching { .. } => "detaching",
        Phase::Detached { .. } => "detached",
    };
    Map::new().with("State", state).with("VpcId", attachment.vpc.as_str())
}
