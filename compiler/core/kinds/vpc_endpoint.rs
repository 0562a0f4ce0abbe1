//! VPC endpoints.

use super::{
    Attribute, Change, Claim, ClaimOn, Describe, ENDPOINT_TAG, GROUPS_OF_AN_INTERFACE, Item, Kind, Live, Making,
    Observed, Op, Overlap, Removing, Resource, State, Updating, Wait,
};
use super::{attribute, effect, policy, tags};
use crate::call::{Map, Value};
use crate::net::Block;
use ecow::EcoString;
use std::net::IpAddr;

/// A gateway endpoint with the route tables that lead to it, or an interface endpoint with its subnets and groups.
pub static VPC_ENDPOINT: Kind = Kind {
    name: "vpc-endpoint",
    describe: Some(Describe {
        action: "DescribeVpcEndpoints",
        resource_type: "vpc-endpoint",
        list: &["VpcEndpoints"],
        id_filter: "vpc-endpoint-id",
        ..Describe::PLAIN
    }),
    id: "VpcEndpointId",
    attributes: &[
        Attribute::new("vpc", Change::Replaces("an endpoint cannot move to another VPC")),
        Attribute::new("type", Change::Replaces("the type of an endpoint is fixed when it is made")),
        Attribute::new("service", Change::Replaces("the service of an endpoint is fixed when it is made")),
        Attribute::set("tables", &[]),
        Attribute {
            change: Change::OneWay("an endpoint has to leave its old subnets before these can make room for new ones"),
            label: Some(interface_text),
            ..Attribute::set("subnets", &["subnet"])
        },
        Attribute::set("groups", &[]),
        Attribute::new("private_dns", Change::InPlace),
        Attribute::new("policy", Change::InPlace),
    ],
    loses: Some("what goes through it is interrupted until the new one is there"),
    // Two would contend for the same routes and names.
    overlap: Overlap::OldFirst,
    joins: Some(("groups", GROUPS_OF_AN_INTERFACE)),
    effect: |updating| effect::of_set(updating, "groups"),
    opens: true,
    read,
    state,
    create,
    update,
    delete,
    claims,
    summary,
    outputs: |item| Map::new().with("id", item.text("VpcEndpointId")),
    ..Kind::PLAIN
};

fn read(item: &Item, live: &Live) -> Map {
    let item = &item.members;
    let base = Map::new()
        .with("vpc", item.text("VpcId"))
        .with("type", item.text("VpcEndpointType"))
        .with("service", item.text("ServiceName"));
    let base = match item.text("VpcEndpointType") {
        "Interface" => base
            .with("subnets", subnets(item, live))
            .with("groups", groups(item))
            .with_some("default_group", default_group(item))
            .with("private_dns", item.is_true("PrivateDnsEnabled")),
        _ => base.with("tables", sorted(item.list("RouteTableIds"))),
    };
    base.with_some(
        "policy",
        policy::canonical(item.text("PolicyDocument")).filter(|text| !policy::is_full_access(text)),
    )
}

fn sorted(ids: &[Value]) -> Vec<Value> {
    let mut ids: Vec<&str> = ids.iter().filter_map(Value::as_text).collect();
    ids.sort_unstable();
    ids.into_iter().map(Value::from).collect()
}

/// The groups of its interfaces; being in the VPC's default group alone is being in none.
fn groups(item: &Map) -> Vec<Value> {
    let groups: Vec<&Map> = item.list("Groups").iter().filter_map(Value::as_map).collect();
    match groups.as_slice() {
        [_] if default_group(item).is_some() => Vec::new(),
        groups => sorted(&groups.iter().map(|group| group.text("GroupId").into()).collect::<Vec<_>>()),
    }
}

/// The VPC's default group, if it is in that alone.
fn default_group(item: &Map) -> Option<EcoString> {
    let mut groups = item.list("Groups").iter().filter_map(Value::as_map);
    let first = groups.next().filter(|group| group.text("GroupName") == "default")?;
    groups.next().is_none().then(|| first.text("GroupId").into())
}

/// Its subnets with the addresses that it was given there. EC2 shows only interfaces, so a tag tells the addresses.
fn subnets(item: &Map, live: &Live) -> Vec<Value> {
    let given = tags::get(item, ENDPOINT_TAG).unwrap_or_default();
    let given: Vec<IpAddr> = given.split(' ').filter_map(|address| address.parse().ok()).collect();
    let block = |id: &str| -> Option<Block> {
        let subnets = live.items("subnet").iter().map(|subnet| &subnet.members);
        subnets.filter(|subnet| subnet.text("SubnetId") == id).find_map(|subnet| subnet.text("CidrBlock").parse().ok())
    };
    let ids = sorted(item.list("SubnetIds"));
    ids.into_iter()
        .map(|id| {
            let block = id.as_text().and_then(block);
            let address = block.and_then(|block| given.iter().find(|address| block.holds(**address)));
            Map::new().with("subnet", id).with_some("address", address.map(|address| address.to_string())).into()
        })
        .collect()
}

/// The service writes its states with small letters, though the API's list of them does not.
fn state(item: &Map) -> State {
    match item.text("State").to_ascii_lowercase().as_str() {
        "pending" => State::Pending,
        "deleting" => State::Going,
        "deleted" => State::Gone,
        bad @ ("failed" | "rejected" | "expired") => {
            let why = item.map("LastError").map_or("", |error| error.text("Message"));
            State::Failed(if why.is_empty() { format!("it is {bad}") } else { why.to_owned() })
        }
        _ => State::Ready,
    }
}

fn create(endpoint: &Resource, making: &Making) -> Vec<Op> {
    let attributes = &endpoint.attributes;
    let groups = Some(attributes.list("groups").to_vec()).filter(|groups| !groups.is_empty());
    let subnets: Vec<&Map> = attributes.list("subnets").iter().filter_map(Value::as_map).collect();
    let parameters = Map::new()
        .with("VpcEndpointType", attribute(attributes, "type"))
        .with("VpcId", attribute(attributes, "vpc"))
        .with("ServiceName", attribute(attributes, "service"))
        .with_some("PolicyDocument", attributes.get("policy"))
        .with_some("RouteTableIds", attributes.get("tables"))
        .with_some("SubnetIds", attributes.get("subnets").map(|_| ids(&subnets)))
        .with_some("SubnetConfigurations", configurations(&subnets))
        .with_some("SecurityGroupIds", groups)
        .with_some("PrivateDnsEnabled", attributes.get("private_dns"))
        .with("TagSpecifications", endpoint.tag_specifications(making.stack, &["vpc-endpoint"]));
    let make = Op::new("CreateVpcEndpoint", parameters);
    vec![make.gives(&endpoint.address, "VpcEndpoint.VpcEndpointId").shows("VpcEndpoint").wait(Wait::Ready)]
}

fn ids(subnets: &[&Map]) -> Vec<Value> {
    subnets.iter().map(|subnet| attribute(subnet, "subnet")).collect()
}

/// The addresses that interfaces are to have (EC2 API Reference, "SubnetConfiguration").
fn configurations(subnets: &[&Map]) -> Option<Vec<Map>> {
    let fixed = subnets.iter().filter_map(|subnet| Some((subnet, subnet.get("address")?)));
    let all: Vec<Map> = fixed
        .map(|(subnet, address)| Map::new().with("SubnetId", attribute(subnet, "subnet")).with("Ipv4", address))
        .collect();
    (!all.is_empty()).then_some(all)
}

/// What is in one list and not in another.
fn without(list: &[Value], other: &[Value]) -> Vec<Value> {
    list.iter().filter(|value| !other.contains(value)).cloned().collect()
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    Some(list).filter(|list| !list.is_empty())
}

fn update(updating: &Updating) -> Vec<Op> {
    let (before, after) = (&updating.before.attributes, &updating.after.attributes);
    let (mut first, groups) = change_groups(updating);
    let (left, subnets) = change_subnets(updating);
    first.extend(left);
    let private_dns = updating.has("private_dns").then(|| after.is_true("private_dns"));
    let policy = updating.has("policy").then(|| after.get("policy"));
    let change = Map::new()
        .with("VpcEndpointId", updating.id())
        .with_some("AddRouteTableIds", some(without(after.list("tables"), before.list("tables"))))
        .with_some("RemoveRouteTableIds", some(without(before.list("tables"), after.list("tables"))))
        .with_some("PrivateDnsEnabled", private_dns)
        .with_some("PolicyDocument", policy.flatten())
        .with_some("ResetPolicy", (policy == Some(None)).then_some(true));
    let change = groups.iter().chain(subnets.iter()).fold(change, |mut change, (name, value)| {
        change.push(name.to_owned(), value);
        change
    });
    let change = (change.len() > 1).then(|| modify(change));
    let tag = updating.has("subnets").then(|| tags::set_mark(updating, ENDPOINT_TAG));
    first.into_iter().chain(change).chain(tag).collect()
}

fn modify(parameters: Map) -> Op {
    Op::new("ModifyVpcEndpoint", parameters).wait(Wait::Ready)
}

/// The calls that come before, and what is said of subnets. An interface keeps its address, so where that changes, the
/// endpoint leaves the subnet and comes back.
fn change_subnets(updating: &Updating) -> (Option<Op>, Map) {
    let list = |attributes: &Map| attributes.list("subnets").to_vec();
    let (before, after) = (list(&updating.before.attributes), list(&updating.after.attributes));
    let id = |subnet: &Value| subnet.as_map().and_then(|subnet| subnet.get("subnet").cloned());
    let stays = |subnet: &Value| {
        let same = after.iter().find(|other| id(other) == id(subnet)).and_then(Value::as_map);
        same.is_some_and(|same| same.get("address").is_none() || Some(same) == subnet.as_map())
    };
    let left: Vec<Value> = before.iter().filter(|subnet| !stays(subnet)).filter_map(id).collect();
    let here = |subnet: &Value| before.iter().any(|other| id(other) == id(subnet) && stays(other));
    let entered: Vec<&Map> = after.iter().filter(|subnet| !here(subnet)).filter_map(Value::as_map).collect();
    let subnets = Map::new()
        .with_some("AddSubnetIds", some(ids(&entered)))
        .with_some("SubnetConfigurations", configurations(&entered));
    if entered.iter().any(|subnet| subnet.get("subnet").is_some_and(|id| left.contains(id))) {
        let leave = Map::new().with("VpcEndpointId", updating.id()).with("RemoveSubnetIds", left);
        return (Some(modify(leave)), subnets);
    }
    (None, subnets.with_some("RemoveSubnetIds", some(left)))
}

/// The calls that come before, and what is said of groups. Without groups of its own, an endpoint is in its VPC's default
/// one.
fn change_groups(updating: &Updating) -> (Vec<Op>, Map) {
    if !updating.has("groups") {
        return (Vec::new(), Map::new());
    }
    let (before, after) = (&updating.before.attributes, &updating.after.attributes);
    let (mut old, mut new) = (before.list("groups").to_vec(), after.list("groups").to_vec());
    old.extend(before.get("default_group").cloned());
    let mut find = Vec::new();
    if new.is_empty() {
        let default = updating.after.address.part("default-group");
        find.push(
            super::default_security_group::find(attribute(before, "vpc")).gives(&default, "SecurityGroups.0.GroupId"),
        );
        new.push(default.into());
    }
    let groups = Map::new()
        .with_some("AddSecurityGroupIds", some(without(&new, &old)))
        .with_some("RemoveSecurityGroupIds", some(without(&old, &new)));
    (find, groups)
}

fn delete(endpoint: &Observed, _: Removing) -> Vec<Op> {
    let parameters = Map::new().with("VpcEndpointIds", [endpoint.id.clone()]);
    vec![Op::new("DeleteVpcEndpoints", parameters).merges("VpcEndpointIds").wait(Wait::Gone)]
}

/// An interface in a plan: the subnet that it is in, and its address there if it has one of the program's.
fn interface_text(name: &'static str, interface: &Map) -> String {
    let part = |member: &str| interface.get(member).map(Value::plain_text);
    let at = part("address").map(|address| format!(" at {address}"));
    format!("{name}.{}{}", part("subnet").unwrap_or_default(), at.unwrap_or_default())
}

/// A service's own name leads to one endpoint of a VPC, a table has one route to a service, and a subnet has an address
/// once.
fn claims(attributes: &Map) -> Vec<Claim> {
    let on = ClaimOn::Name(attributes.text("service").into());
    let scopes = if attributes.is_true("private_dns") {
        vec![attribute(attributes, "vpc")]
    } else {
        attributes.list("tables").to_vec()
    };
    let services = scopes.into_iter().map(|scope| Claim { scope, on: on.clone() });
    let subnets = attributes.list("subnets").iter().filter_map(Value::as_map);
    let address = |subnet: &Map| {
        let address = subnet.get("address").and_then(Value::as_text)?;
        Some(Claim { scope: attribute(subnet, "subnet"), on: ClaimOn::Name(address.into()) })
    };
    services.chain(subnets.filter_map(address)).collect()
}

fn summary(attributes: &Map) -> String {
    let service = attributes.text("service");
    let service =
        service.strip_prefix("com.amazonaws.").and_then(|rest| rest.split_once('.')).map_or(service, |(_, name)| name);
    let count = |name: &str, noun: &str| match attributes.list(name).len() {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    };
    match attributes.text("type") {
        "Interface" => format!("{service}, in {}", count("subnets", "subnet")),
        _ => format!("{service}, in {}", count("tables", "route table")),
    }
}
