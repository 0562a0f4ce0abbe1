//! Network ACLs, their entries and their associations.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{IcmpTypeCode, NetworkAcl, NetworkAclAssociation, NetworkAclEntry, PortRange};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("CreateNetworkAcl", create),
    ("CreateNetworkAclEntry", create_entry),
    ("DeleteNetworkAcl", delete),
    ("DeleteNetworkAclEntry", delete_entry),
    ("DescribeNetworkAcls", describe),
    ("ReplaceNetworkAclAssociation", replace_association),
    ("ReplaceNetworkAclEntry", replace_entry),
];

/// Sets all that an entry is.
macro_rules! entry {
    ($request:expr, $parameters:expr) => {
        $request
            .set_network_acl_id($parameters.text("NetworkAclId"))
            .set_rule_number($parameters.number("RuleNumber"))
            .set_egress($parameters.flag("Egress"))
            .set_rule_action($parameters.word("RuleAction"))
            .set_protocol($parameters.text("Protocol"))
            .set_cidr_block($parameters.text("CidrBlock"))
            .set_ipv6_cidr_block($parameters.text("Ipv6CidrBlock"))
            .set_port_range($parameters.one("PortRange", port_range))
            .set_icmp_type_code($parameters.one("IcmpTypeCode", type_and_code))
    };
}

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        listing!(ec2.describe_network_acls(), parameters).set_network_acl_ids(parameters.texts("NetworkAclIds"));
    sending(request.send(), |answer| page("NetworkAcls", answer.network_acls(), acl, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_network_acl()
        .set_vpc_id(parameters.text("VpcId"))
        .set_client_token(parameters.text("ClientToken"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("NetworkAcl", answer.network_acl().map(acl)))
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_network_acl().set_network_acl_id(parameters.text("NetworkAclId"));
    sending(request.send(), nothing)
}

fn create_entry(ec2: &Client, parameters: &mut Parameters) -> Sending {
    sending(entry!(ec2.create_network_acl_entry(), parameters).send(), nothing)
}

fn replace_entry(ec2: &Client, parameters: &mut Parameters) -> Sending {
    sending(entry!(ec2.replace_network_acl_entry(), parameters).send(), nothing)
}

fn delete_entry(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .delete_network_acl_entry()
        .set_network_acl_id(parameters.text("NetworkAclId"))
        .set_rule_number(parameters.number("RuleNumber"))
        .set_egress(parameters.flag("Egress"));
    sending(request.send(), nothing)
}

fn replace_association(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .replace_network_acl_association()
        .set_association_id(parameters.text("AssociationId"))
        .set_network_acl_id(parameters.text("NetworkAclId"));
    sending(request.send(), |answer| Map::new().with_some("NewAssociationId", answer.new_association_id()))
}

fn port_range(range: &mut Parameters) -> PortRange {
    PortRange::builder().set_from(range.number("From")).set_to(range.number("To")).build()
}

fn type_and_code(icmp: &mut Parameters) -> IcmpTypeCode {
    IcmpTypeCode::builder().set_type(icmp.number("Type")).set_code(icmp.number("Code")).build()
}

fn acl(acl: &NetworkAcl) -> Map {
    Map::new()
        .with_some("NetworkAclId", acl.network_acl_id())
        .with_some("OwnerId", acl.owner_id())
        .with_some("VpcId", acl.vpc_id())
        .with_some("IsDefault", acl.is_default())
        .with_each("Associations", acl.associations(), association)
        .with_each("Entries", acl.entries(), told_entry)
        .with_each("Tags", acl.tags(), tag)
}

fn association(association: &NetworkAclAssociation) -> Map {
    Map::new()
        .with_some("NetworkAclAssociationId", association.network_acl_association_id())
        .with_some("NetworkAclId", association.network_acl_id())
        .with_some("SubnetId", association.subnet_id())
}

fn told_entry(entry: &NetworkAclEntry) -> Map {
    let ports = entry.port_range().map(|range| Map::new().with_some("From", range.from()).with_some("To", range.to()));
    let icmp =
        entry.icmp_type_code().map(|icmp| Map::new().with_some("Type", icmp.r#type()).with_some("Code", icmp.code()));
    Map::new()
        .with_some("RuleNumber", entry.rule_number())
        .with_some("Egress", entry.egress())
        .with_word("RuleAction", entry.rule_action())
        .with_some("Protocol", entry.protocol())
        .with_some("CidrBlock", entry.cidr_block())
        .with_some("Ipv6CidrBlock", entry.ipv6_cidr_block())
        .with_some("PortRange", ports)
        .with_some("IcmpTypeCode", icmp)
}
