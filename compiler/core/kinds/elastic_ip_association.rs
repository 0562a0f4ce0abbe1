//! Which instance an Elastic IP leads to.

use super::attribute;
use super::{
    Attribute, Change, Claim, ClaimOn, ELASTIC_IP, Effect, Item, Kind, Live, Observed, Op, Removing, Resource,
};
use crate::call::Map;

/// That an Elastic IP leads to an instance. It stays when the instance is replaced, and moves on to the new one.
pub static ELASTIC_IP_ASSOCIATION: Kind = Kind {
    name: "elastic-ip-association",
    part: Some((&ELASTIC_IP, "association")),
    each: Some(each),
    id: "AssociationId",
    attributes: &[
        Attribute::new("address", Change::Replaces("it belongs to its address")),
        Attribute::new("instance", Change::InPlace),
    ],
    // An instance that ends lets go of its address.
    loose: &["instance"],
    effect: |_| Effect::of_anything(true, true),
    opens: true,
    read,
    create: |association, _| vec![associate(association).gives(&association.address, "AssociationId")],
    update: |updating| vec![associate(updating.after)],
    delete,
    claims,
    summary: |attributes| attributes.get("instance").map(|to| format!("for {}", to.plain_text())).unwrap_or_default(),
    ..Kind::PLAIN
};

/// An address of a NAT gateway is none of these.
fn each(address: &Map) -> Vec<(String, Map)> {
    let leads = !address.text("InstanceId").is_empty();
    leads.then(|| ("association".to_owned(), address.clone())).into_iter().collect()
}

fn read(item: &Item, live: &Live) -> Map {
    let id = item.members.text("InstanceId");
    let instance = live.items("instance").iter().find(|instance| instance.members.text("InstanceId") == id);
    Map::new()
        .with("address", item.members.text("AllocationId"))
        .with("instance", id)
        .with("association", item.members.text("AssociationId"))
        .with_some("vpc", instance.map(|instance| instance.members.text("VpcId")))
}

/// Takes the place of the address that the instance has, and takes the address from whatever else has it (EC2 API
/// Reference, "AssociateAddress").
fn associate(association: &Resource) -> Op {
    let attributes = &association.attributes;
    let parameters = Map::new()
        .with("AllocationId", attribute(attributes, "address"))
        .with("InstanceId", attribute(attributes, "instance"))
        .with("AllowReassociation", true);
    Op::new("AssociateAddress", parameters)
}

fn delete(association: &Observed, _: Removing) -> Vec<Op> {
    let id = attribute(&association.attributes, "association");
    vec![Op::new("DisassociateAddress", Map::new().with("AssociationId", id))]
}

fn claims(attributes: &Map) -> Vec<Claim> {
    vec![Claim { scope: attribute(attributes, "address"), on: ClaimOn::Name("address".into()) }]
}
