//! Network interfaces: the one of each instance, and those that services hold.

use super::answer::{self, Members};
use super::describe::{self, Item, Listing, Pages};
use super::elastic_ips;
use super::groups;
use super::ids;
use super::input::{Setting, Switch, just_one};
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::regions;
use super::site::Site;
use super::tags::Tags;
use super::time::Moment;
use super::vpc::Vpc;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, Ipv6Addr};
use vpcc_core::call::Map;

/// A network interface.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Interface {
    pub vpc: String,
    pub subnet: String,
    pub address: Ipv4Addr,
    #[serde(default)]
    pub ipv6: Vec<Ipv6Addr>,
    pub groups: Vec<String>,
    pub description: String,
    pub source_dest_check: bool,
    /// Whether it is to have a public address whenever its instance runs.
    pub wants_public: bool,
    /// The public address that it has while no elastic one is associated.
    pub public: Option<Ipv4Addr>,
    pub attachment: Option<Attachment>,
    /// The type that EC2 gives it when a service of Amazon's holds it: `nat_gateway`.
    #[serde(default)]
    pub service: Option<String>,
    pub tags: Tags,
}

/// That an interface is the first one of an instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Attachment {
    pub id: String,
    pub instance: String,
    pub delete_on_termination: bool,
    pub at: Moment,
}

thing!(Interface, ids::INTERFACE);

impl Interface {
    /// Whether it is in use.
    fn is_used(&self) -> bool {
        self.attachment.is_some() || self.service.is_some()
    }

    /// The instance that it is attached to.
    pub fn instance(&self) -> Option<&str> {
        self.attachment.as_ref().map(|attachment| attachment.instance.as_str())
    }
}

/// A public address that nothing had before. They are of the range for tests of network devices (RFC 2544), which leads
/// nowhere.
pub(super) fn new_public(region: &mut Region) -> Ipv4Addr {
    const FIRST: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
    const SIZE: u64 = 1 << 17;
    let count = region.count("public-address") % SIZE;
    Ipv4Addr::from(u32::from(FIRST) + u32::try_from(count).unwrap_or_default())
}

/// `ModifyNetworkInterfaceAttribute`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Modify {
    network_interface_id: String,
    associate_public_ip_address: Option<bool>,
    description: Option<Setting>,
    groups: Option<Vec<String>>,
    source_dest_check: Option<Switch>,
}

/// `ModifyNetworkInterfaceAttribute`: one attribute a call. A public address comes or goes at once if the instance runs,
/// and else when it starts.
pub(super) fn modify(site: &mut Site, call: Modify) -> Reply {
    just_one(&[
        ("associatePublicIpAddress", call.associate_public_ip_address.is_some()),
        ("description", call.description.is_some()),
        ("groups", call.groups.is_some()),
        ("sourceDestCheck", call.source_dest_check.is_some()),
    ])?;
    let id = call.network_interface_id.as_str();
    check_owner(site, id)?;
    if let Some(groups) = &call.groups {
        set_groups(site, id, groups)?;
    }
    if let Some(public) = call.associate_public_ip_address {
        set_public(site, id, public)?;
    }
    let interface = site.region.interfaces.find_mut(id)?;
    if let Some(Setting { value }) = call.description {
        interface.description = value;
    }
    if let Some(Switch { value }) = call.source_dest_check {
        interface.source_dest_check = value;
    }
    Ok(answer::nothing())
}

/// Holds that an interface is the account's own to change, and not held by a service.
pub(super) fn check_owner(site: &Site, id: &str) -> Result<(), Refusal> {
    if site.region.interfaces.find(id)?.service.is_some() { Err(Refusal::not_yours()) } else { Ok(()) }
}

/// Puts an interface into other groups: at least one.
pub(super) fn set_groups(site: &mut Site, id: &str, asked: &[String]) -> Result<(), Refusal> {
    if asked.is_empty() {
        return Err(Refusal::missing("Groups"));
    }
    let vpc = site.region.interfaces.find(id)?.vpc.clone();
    let groups = groups::for_interface(site, &vpc, asked)?;
    site.region.interfaces.find_mut(id)?.groups = groups;
    Ok(())
}

fn set_public(site: &mut Site, id: &str, public: bool) -> Result<(), Refusal> {
    let instance = site.region.interfaces.find(id)?.instance();
    let runs = instance.and_then(|id| site.region.instances.get(id)).is_some_and(|instance| instance.runs());
    let interface = site.region.interfaces.find_mut(id)?;
    interface.wants_public = public;
    if !public {
        interface.public = None;
    } else if runs {
        give_public(site.region, id);
    }
    Ok(())
}

/// Gives an interface a public address, if it is to have one and has none, not even an elastic one.
pub(super) fn give_public(region: &mut Region, id: &str) {
    let wants = region.interfaces.get(id).is_some_and(|found| found.wants_public && found.public.is_none());
    if !wants || elastic_ips::of(region, id).is_some() {
        return;
    }
    let address = new_public(region);
    if let Some(interface) = region.interfaces.get_mut(id) {
        interface.public = Some(address);
    }
}

/// The address under which the internet knows an interface: an elastic one, or the one that it was given.
pub(super) fn public_address(region: &Region, id: &str, interface: &Interface) -> Option<Ipv4Addr> {
    elastic_ips::of(region, id).map(|(_, found)| found.address).or(interface.public)
}

/// The private name of an address: `ip-10-0-0-5.eu-central-1.compute.internal`.
pub(super) fn private_name(site: &Site, address: Ipv4Addr) -> String {
    let dashes = address.to_string().replace('.', "-");
    format!("ip-{dashes}.{}", regions::private_domain(&site.region.name))
}

/// The public name of an address; empty unless the VPC has both DNS switches on (VPC User Guide, "DNS attributes").
pub(super) fn public_name(site: &Site, vpc: &str, address: Ipv4Addr) -> String {
    if !site.region.vpcs.get(vpc).is_some_and(Vpc::has_names) {
        return String::new();
    }
    let dashes = address.to_string().replace('.', "-");
    format!("ec2-{dashes}.{}", regions::public_domain(&site.region.name))
}

/// `DescribeNetworkInterfaces`.
pub(super) static INTERFACES: Listing = Listing {
    list: "NetworkInterfaces",
    ids: "NetworkInterfaceIds",
    kind: &ids::INTERFACE,
    filters: &[
        ("addresses.association.owner-id", "PrivateIpAddresses.Association.IpOwnerId"),
        ("addresses.association.public-ip", "PrivateIpAddresses.Association.PublicIp"),
        ("addresses.primary", "PrivateIpAddresses.Primary"),
        ("addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"),
        ("association.allocation-id", "Association.AllocationId"),
        ("association.association-id", "Association.AssociationId"),
        ("association.ip-owner-id", "Association.IpOwnerId"),
        ("association.public-dns-name", "Association.PublicDnsName"),
        ("association.public-ip", "Association.PublicIp"),
        ("attachment.attach-time", "Attachment.AttachTime"),
        ("attachment.attachment-id", "Attachment.AttachmentId"),
        ("attachment.delete-on-termination", "Attachment.DeleteOnTermination"),
        ("attachment.device-index", "Attachment.DeviceIndex"),
        ("attachment.instance-id", "Attachment.InstanceId"),
        ("attachment.instance-owner-id", "Attachment.InstanceOwnerId"),
        ("attachment.status", "Attachment.Status"),
        ("availability-zone", "AvailabilityZone"),
        ("availability-zone-id", "AvailabilityZoneId"),
        ("description", "Description"),
        ("group-id", "Groups.GroupId"),
        ("group-name", "Groups.GroupName"),
        ("interface-type", "InterfaceType"),
        ("ipv6-addresses.ipv6-address", "Ipv6Addresses.Ipv6Address"),
        ("mac-address", "MacAddress"),
        ("network-interface-id", "NetworkInterfaceId"),
        ("operator.managed", "Operator.Managed"),
        ("operator.principal", "Operator.Principal"),
        ("owner-id", "OwnerId"),
        ("private-dns-name", "PrivateDnsName"),
        ("private-ip-address", "PrivateIpAddress"),
        ("requester-id", "RequesterId"),
        ("requester-managed", "RequesterManaged"),
        ("source-dest-check", "SourceDestCheck"),
        ("status", "Status"),
        ("subnet-id", "SubnetId"),
        ("tag-key", "TagSet.Key"),
        ("vpc-id", "VpcId"),
    ],
    pages: Pages::USUAL,
    items: |site| {
        let all = site.region.interfaces.iter();
        let sought = all.filter(|(id, found)| !describe::leaves_out(site, "network-interface-id", id, &found.tags));
        sought.map(|(id, found)| Item::new(id, view(site, id, found))).collect()
    },
};

/// An interface as `DescribeNetworkInterfaces` shows it.
pub(super) fn view(site: &Site, id: &str, interface: &Interface) -> Map {
    let zone = site.region.subnets.get(&interface.subnet).map_or("", |subnet| subnet.zone.as_str());
    let elastic = elastic_ips::of(site.region, id).map(|(allocation, found)| found.association_ids(allocation));
    let mut view = told(site, id, interface, elastic)
        .with("AvailabilityZone", zone)
        .with("AvailabilityZoneId", regions::zone_id(zone))
        .with("RequesterManaged", interface.service.is_some())
        .with_list("TagSet", answer::list(&interface.tags));
    if let Some(attachment) = &interface.attachment {
        let members =
            attached(attachment).with("InstanceId", attachment.instance.as_str()).with("InstanceOwnerId", site.account);
        view.set("Attachment", members);
    }
    view
}

/// An interface as its instance shows it.
pub(super) fn members(site: &Site, id: &str, interface: &Interface) -> Map {
    told(site, id, interface, None)
}

/// What both tell; of an association with an elastic address, its ids only where they are asked for.
fn told(site: &Site, id: &str, interface: &Interface, elastic: Option<Map>) -> Map {
    let association = association(site, id, interface, elastic);
    let name = private_name(site, interface.address);
    let address = Map::new()
        .with("Primary", true)
        .with("PrivateIpAddress", interface.address.to_string())
        .with("PrivateDnsName", name.as_str())
        .with_some("Association", association.clone());
    Map::new()
        .with("NetworkInterfaceId", id)
        .with("OwnerId", site.account)
        .with("VpcId", interface.vpc.as_str())
        .with("SubnetId", interface.subnet.as_str())
        .with("Description", interface.description.as_str())
        .with("InterfaceType", interface.service.as_deref().unwrap_or("interface"))
        .with("MacAddress", mac(id))
        .with("Status", if interface.is_used() { "in-use" } else { "available" })
        .with("SourceDestCheck", interface.source_dest_check)
        .with("PrivateIpAddress", interface.address.to_string())
        .with("PrivateDnsName", name)
        .with("PrivateIpAddresses", [address])
        .with_list("Ipv6Addresses", interface.ipv6.iter().map(ipv6))
        .with_list("Groups", groups::identifiers(site, &interface.groups))
        .with_some("Association", association)
        .with_some("Attachment", interface.attachment.as_ref().map(attached))
}

fn ipv6(address: &Ipv6Addr) -> Map {
    Map::new().with("Ipv6Address", address.to_string())
}

/// The public address of an interface; a given one is Amazon's, an elastic one the account's.
fn association(site: &Site, id: &str, interface: &Interface, elastic: Option<Map>) -> Option<Map> {
    let owner = if elastic_ips::of(site.region, id).is_some() { site.account } else { "amazon" };
    let address = public_address(site.region, id, interface)?;
    let association = elastic
        .unwrap_or_default()
        .with("IpOwnerId", owner)
        .with("PublicIp", address.to_string())
        .with_text("PublicDnsName", &public_name(site, &interface.vpc, address));
    Some(association)
}

fn attached(attachment: &Attachment) -> Map {
    Map::new()
        .with("AttachmentId", attachment.id.as_str())
        .with("AttachTime", attachment.at.text())
        .with("DeviceIndex", 0)
        .with("NetworkCardIndex", 0)
        .with("Status", "attached")
        .with("DeleteOnTermination", attachment.delete_on_termination)
}

/// A hardware address that is a function of the id; its second digit says that somebody made it up.
fn mac(id: &str) -> String {
    let digits = ids::digits(id);
    let pairs: Vec<&str> = (2..12).step_by(2).filter_map(|start| digits.get(start..start + 2)).collect();
    format!("02:{}", pairs.join(":"))
}
