//! Says what keeps something from being removed: EC2 only says that there is something, and never what (EC2 API Reference,
//! "DependencyViolation").
//!
//! In: a removal that EC2 refuses for the time being. Out: what uses the thing, in words, as soon as the refusal lasts.
//! Absent on purpose: doing anything about it, for what uses it is somebody else's.

use crate::cloud::Fault;
use crate::observe::{filter, pages};
use crate::patience::{About, Patient, is_in_use};
use futures_util::future::join_all;
use std::cell::{Cell, RefCell};
use std::time::Duration;
use tokio::sync::Notify;
use vpcc_core::call::{Call, Map, Value};

/// What goes by itself, such as the interface of a node that was terminated, is gone within this time.
const LASTS: Duration = Duration::from_secs(15);
/// How often it is looked whether something else is in the way by now.
const AGAIN: Duration = Duration::from_secs(60);
/// So many are named.
const NAMED: usize = 5;

/// A listing that shows what may be in the way of a removal.
struct Look {
    /// The removal.
    action: &'static str,
    /// Its parameter by which the listing is filtered.
    parameter: &'static str,
    listing: &'static str,
    list: &'static str,
    filter: &'static str,
    /// What an item is called; nothing if it is not in the way.
    name: fn(&Map) -> Option<String>,
}

const fn look(
    [action, parameter]: [&'static str; 2],
    [listing, list, filter]: [&'static str; 3],
    name: fn(&Map) -> Option<String>,
) -> Look {
    Look { action, parameter, listing, list, filter, name }
}

const INTERFACES: [&str; 2] = ["DescribeNetworkInterfaces", "NetworkInterfaces"];
const GROUPS: [&str; 2] = ["DescribeSecurityGroups", "SecurityGroups"];

/// What blocks what (VPC User Guide, "Delete your VPC", "Delete a subnet"; EC2 API Reference, "DeleteSecurityGroup",
/// "DetachInternetGateway").
const LOOKS: [Look; 16] = [
    look(["DeleteSubnet", "SubnetId"], [INTERFACES[0], INTERFACES[1], "subnet-id"], interface),
    look(["DeleteSecurityGroup", "GroupId"], [INTERFACES[0], INTERFACES[1], "group-id"], interface),
    look(["DeleteSecurityGroup", "GroupId"], [GROUPS[0], GROUPS[1], "ip-permission.group-id"], rule),
    look(["DeleteSecurityGroup", "GroupId"], [GROUPS[0], GROUPS[1], "egress.ip-permission.group-id"], rule),
    look(["DetachInternetGateway", "VpcId"], [INTERFACES[0], INTERFACES[1], "vpc-id"], public_interface),
    look(["DeleteVpc", "VpcId"], [INTERFACES[0], INTERFACES[1], "vpc-id"], interface),
    look(["DeleteVpc", "VpcId"], ["DescribeSubnets", "Subnets", "vpc-id"], |item| named("subnet", "SubnetId", item)),
    look(["DeleteVpc", "VpcId"], [GROUPS[0], GROUPS[1], "vpc-id"], group),
    look(["DeleteVpc", "VpcId"], ["DescribeInternetGateways", "InternetGateways", "attachment.vpc-id"], |item| {
        named("internet gateway", "InternetGatewayId", item)
    }),
    look(["DeleteVpc", "VpcId"], ["DescribeVpnGateways", "VpnGateways", "attachment.vpc-id"], |item| {
        named("VPN gateway", "VpnGatewayId", item)
    }),
    look(["DeleteVpc", "VpcId"], ["DescribeVpcEndpoints", "VpcEndpoints", "vpc-id"], |item| {
        named("VPC endpoint", "VpcEndpointId", item)
    }),
    look(["DeleteVpc", "VpcId"], ["DescribeRouteTables", "RouteTables", "vpc-id"], route_table),
    look(["DeleteRouteTable", "RouteTableId"], ["DescribeRouteTables", "RouteTables", "route-table-id"], |item| {
        subnets(item, "Associations")
    }),
    look(["DeleteNetworkAcl", "NetworkAclId"], ["DescribeNetworkAcls", "NetworkAcls", "network-acl-id"], |item| {
        subnets(item, "Associations")
    }),
    look(["DeleteDhcpOptions", "DhcpOptionsId"], ["DescribeVpcs", "Vpcs", "dhcp-options-id"], |item| {
        named("VPC", "VpcId", item)
    }),
    look(["ReleaseAddress", "AllocationId"], ["DescribeAddresses", "Addresses", "allocation-id"], address),
];

/// Sends a call; `waiting` hears why a removal has to wait, first as EC2 says it, and with what is in the way when it
/// lasts.
///
/// # Errors
/// The fault that is left when patience is at its end, with what is in the way.
pub(crate) async fn send(
    cloud: &Patient<'_>,
    region: &str,
    call: &Call,
    about: About,
    waiting: &dyn Fn(&Fault),
) -> Result<Map, Fault> {
    let (refused, told, begun) = (RefCell::new(None), Cell::new(false), Notify::new());
    let mut hear = |fault: &Fault| {
        refused.replace(Some(fault.clone()));
        if !told.replace(true) {
            waiting(fault);
            begun.notify_one();
        }
    };
    let look = async {
        begun.notified().await;
        let mut last = Vec::new();
        let mut pause = LASTS;
        while cloud.pause(pause).await.is_ok() {
            pause = AGAIN;
            let users = users(cloud, region, call).await;
            let fault = refused.borrow().clone();
            if let Some(fault) = fault.filter(|_| users != last) {
                waiting(&with_users(fault, &users));
                last = users;
            }
        }
        std::future::pending::<()>().await;
    };
    let sent = tokio::select! {
        biased;
        sent = cloud.send(region, call, about, &mut hear) => sent,
        () = look => Err(Fault::interrupted()),
    };
    match sent {
        Err(fault) if call.removes() && is_in_use(&fault) => {
            let users = users(cloud, region, call).await;
            Err(with_users(fault, &users))
        }
        sent => sent,
    }
}

fn with_users(fault: Fault, users: &[String]) -> Fault {
    if users.is_empty() {
        return fault;
    }
    let mut named = users.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if users.len() > NAMED {
        named += &format!(" and {} more", users.len() - NAMED);
    }
    Fault { message: format!("{}; it is used by {named}", fault.message.trim_end_matches('.')), ..fault }
}

/// Everything in the way of a removal, as far as these credentials may see it.
async fn users(cloud: &Patient<'_>, region: &str, call: &Call) -> Vec<String> {
    let looks = LOOKS.iter().filter(|look| look.action == call.action);
    let found = join_all(looks.map(async |look| {
        let by = vec![filter(look.filter, [call.parameters.text(look.parameter)])];
        let items = pages(cloud, region, look.listing, &[look.list], None, by).await.unwrap_or_default();
        items.iter().filter_map(look.name).collect::<Vec<_>>()
    }))
    .await;
    let mut users: Vec<String> = found.into_iter().flatten().collect();
    users.sort();
    users.dedup();
    users
}

/// An interface, and whose it is: an instance's, or that of a service, which tells by the description and by who asked for
/// the interface.
fn interface(item: &Map) -> Option<String> {
    let id = item.text("NetworkInterfaceId");
    let instance = item.map("Attachment").map_or("", |attachment| attachment.text("InstanceId"));
    let whose = match (instance, item.text("Description"), item.text("RequesterId")) {
        ("", "", "") => return named("network interface", "NetworkInterfaceId", item),
        ("", "", requester) => format!("of {requester}"),
        ("", description, "") => format!("(\"{description}\")"),
        ("", description, requester) => format!("(\"{description}\", of {requester})"),
        (instance, ..) => format!("of instance {instance}"),
    };
    Some(format!("network interface {id} {whose}"))
}

fn public_interface(item: &Map) -> Option<String> {
    let address = item.map("Association")?.text("PublicIp");
    Some(format!("{address} at {}", interface(item)?))
}

fn rule(group: &Map) -> Option<String> {
    Some(format!("a rule of {}", named("security group", "GroupId", group)?))
}

fn group(item: &Map) -> Option<String> {
    named("security group", "GroupId", item).filter(|_| item.text("GroupName") != "default")
}

fn route_table(item: &Map) -> Option<String> {
    let mut associations = item.list("Associations").iter().filter_map(Value::as_map);
    let main = associations.any(|association| association.is_true("Main"));
    named("route table", "RouteTableId", item).filter(|_| !main)
}

fn subnets(item: &Map, list: &str) -> Option<String> {
    let associations = item.list(list).iter().filter_map(Value::as_map);
    let ids: Vec<&str> = associations.map(|found| found.text("SubnetId")).filter(|id| !id.is_empty()).collect();
    (!ids.is_empty()).then(|| format!("subnet {}", ids.join(", subnet ")))
}

fn address(item: &Map) -> Option<String> {
    let holder = [("instance", "InstanceId"), ("network interface", "NetworkInterfaceId")];
    holder.iter().find(|(_, id)| !item.text(id).is_empty()).map(|(noun, id)| format!("{noun} {}", item.text(id)))
}

/// A thing with its id and its name.
fn named(noun: &str, id: &str, item: &Map) -> Option<String> {
    let mut tags = item.list("Tags").iter().chain(item.list("TagSet")).filter_map(Value::as_map);
    let tagged = tags.find(|tag| tag.text("Key") == "Name").map_or("", |tag| tag.text("Value"));
    let name = if tagged.is_empty() { item.text("GroupName") } else { tagged };
    let id = item.text(id);
    Some(if name.is_empty() { format!("{noun} {id}") } else { format!("{noun} {id} (\"{name}\")") })
}
