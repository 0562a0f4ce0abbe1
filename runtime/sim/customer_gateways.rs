//! Customer gateways: what Amazon knows of the other ends of VPN connections.

use super::answer::{self, Members};
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::{Moment, Timing};
use super::vpn_gateways::{self, TYPE};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;
use vpcc_core::call::Map;

/// A customer gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CustomerGateway {
    address: Ipv4Addr,
    asn: i64,
    device: Option<String>,
    /// When it was deleted.
    deleted: Option<Moment>,
    tags: Tags,
}

thing!(CustomerGateway, ids::CUSTOMER_GATEWAY, |gateway| gateway.deleted.is_none());

/// Holds that a gateway that a request names is there; one that is deleted is listed, and is not.
pub(super) fn check(site: &Site, id: &str) -> Result<(), Refusal> {
    let gateway = site.region.customer_gateways.find(id)?;
    if gateway.deleted.is_some() { Err(ids::CUSTOMER_GATEWAY.absent(id)) } else { Ok(()) }
}

/// `CreateCustomerGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    r#type: String,
    ip_address: String,
    bgp_asn: Option<i64>,
    device_name: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// The number of the customer's side if none is asked for (EC2 API Reference, "CreateCustomerGateway").
const DEFAULT_ASN: i64 = 65_000;

/// `CreateCustomerGateway`: asking again for one that is there gives that one (EC2 API Reference).
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    vpn_gateways::check_type(&call.r#type)?;
    let address: Result<Ipv4Addr, _> = call.ip_address.parse();
    let address = address.map_err(|_| Refusal::value("ipAddress", &call.ip_address, "This is not a valid address."))?;
    let asn = call.bgp_asn.unwrap_or(DEFAULT_ASN);
    if !(1..=i64::from(i32::MAX)).contains(&asn) {
        return Err(Refusal::value("bgpAsn", asn, "Expecting a value between 1 and 2147483647."));
    }
    let tags = tags::for_new(&call.tag_specifications, &ids::CUSTOMER_GATEWAY)?;
    let gateway = CustomerGateway { address, asn, device: call.device_name, deleted: None, tags };
    let twin = |other: &CustomerGateway| {
        (other.address, other.asn, &other.device, other.deleted) == (address, asn, &gateway.device, None)
    };
    if let Some((id, twin)) = site.region.customer_gateways.iter().find(|(_, other)| twin(other)) {
        return Ok(Map::new().with("CustomerGateway", view(id, twin)));
    }
    let count = site.region.customer_gateways.iter().filter(|(_, other)| other.deleted.is_none()).count();
    site.terms.quotas.hold(Quota::CustomerGateways, count + 1)?;
    let id = site.region.new_id(ids::CUSTOMER_GATEWAY.prefix);
    let answer = Map::new().with("CustomerGateway", view(&id, &gateway));
    site.region.customer_gateways.add(id, gateway);
    Ok(answer)
}

/// `DeleteCustomerGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    customer_gateway_id: String,
}

/// `DeleteCustomerGateway`: refused while it has a connection.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.customer_gateway_id.as_str();
    check(site, id)?;
    let mut connections = site.region.vpn_connections.iter();
    if connections.any(|(_, connection)| connection.customer_gateway == id && connection.is_there()) {
        return Err(Refusal::new("IncorrectState", "The customer gateway is in use."));
    }
    site.region.customer_gateways.find_mut(id)?.deleted = Some(site.now);
    Ok(answer::nothing())
}

/// Deleted gateways are listed for a while; gives how many are not any more.
pub(super) fn settle(region: &mut Region, timing: &Timing, now: Moment) -> usize {
    let before = region.customer_gateways.len();
    region.customer_gateways.retain(|gateway| gateway.deleted.is_none_or(|since| now < since.after(timing.listed)));
    before - region.customer_gateways.len()
}

/// `DescribeCustomerGateways`.
pub(super) static CUSTOMER_GATEWAYS: Listing = Listing {
    list: "CustomerGateways",
    ids: "CustomerGatewayIds",
    kind: &ids::CUSTOMER_GATEWAY,
    filters: &[
        ("bgp-asn", "BgpAsn"),
        ("customer-gateway-id", "CustomerGatewayId"),
        ("ip-address", "IpAddress"),
        ("state", "State"),
        ("tag-key", "Tags.Key"),
        ("type", "Type"),
    ],
    pages: Pages::One,
    items: |site| site.region.customer_gateways.iter().map(|(id, gateway)| Item::new(id, view(id, gateway))).collect(),
};

fn view(id: &str, gateway: &CustomerGateway) -> Map {
    Map::new()
        .with("CustomerGatewayId", id)
        .with("State", if gateway.deleted.is_some() { "deleted" } else { "available" })
        .with("Type", TYPE)
        .with("IpAddress", gateway.address.to_string())
        .with("BgpAsn", gateway.asn.to_string())
        .with_some("DeviceName", gateway.device.as_deref())
        .with_tags(&gateway.tags)
}
