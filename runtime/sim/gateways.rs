//! Internet gateways.

use super::answer::{self, Members};
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::interfaces;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;

/// An internet gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct InternetGateway {
    /// The VPC that it is attached to.
    pub vpc: Option<String>,
    tags: Tags,
}

thing!(InternetGateway, ids::INTERNET_GATEWAY);

/// `CreateInternetGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateInternetGateway`.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let tags = tags::for_new(&call.tag_specifications, &ids::INTERNET_GATEWAY)?;
    site.terms.quotas.hold(Quota::InternetGateways, site.region.internet_gateways.len() + 1)?;
    let id = site.region.new_id(ids::INTERNET_GATEWAY.prefix);
    let gateway = InternetGateway { vpc: None, tags };
    let answer = Map::new().with("InternetGateway", view(site, &id, &gateway));
    site.region.internet_gateways.add(id, gateway);
    Ok(answer)
}

/// `AttachInternetGateway` and `DetachInternetGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Attachment {
    internet_gateway_id: String,
    vpc_id: String,
}

/// `AttachInternetGateway`: one gateway for a VPC, one VPC for a gateway.
pub(super) fn attach(site: &mut Site, call: Attachment) -> Reply {
    let Attachment { internet_gateway_id: id, vpc_id: vpc } = call;
    let gateway = site.region.internet_gateways.find(&id)?;
    site.region.vpcs.find(&vpc)?;
    if let Some(other) = &gateway.vpc {
        let message = format!("resource {id} is already attached to network {other}");
        return Err(Refusal::new("Resource.AlreadyAssociated", message));
    }
    if is_on(site.region, &vpc) {
        return Err(Refusal::invalid(format!("Network {vpc} already has an internet gateway attached")));
    }
    site.region.internet_gateways.find_mut(&id)?.vpc = Some(vpc);
    Ok(answer::nothing())
}

/// `DetachInternetGateway`: refused while anything in the VPC has a public address.
pub(super) fn detach(site: &mut Site, call: Attachment) -> Reply {
    let Attachment { internet_gateway_id: id, vpc_id: vpc } = call;
    let gateway = site.region.internet_gateways.find(&id)?;
    site.region.vpcs.find(&vpc)?;
    if gateway.vpc.as_ref() != Some(&vpc) {
        let message = format!("resource {id} is not attached to network {vpc}");
        return Err(Refusal::new("Gateway.NotAttached", message));
    }
    let is_public = |id, interface| interfaces::public_address(site.region, id, interface).is_some();
    if site.region.interfaces.iter().any(|(id, interface)| interface.vpc == vpc && is_public(id, interface)) {
        let message = format!(
            "Network {vpc} has some mapped public address(es). \
             Please unmap those public address(es) before detaching the gateway."
        );
        return Err(Refusal::new("DependencyViolation", message));
    }
    site.region.internet_gateways.find_mut(&id)?.vpc = None;
    Ok(answer::nothing())
}

/// Whether a VPC has an internet gateway.
pub(super) fn is_on(region: &Region, vpc: &str) -> bool {
    region.internet_gateways.iter().any(|(_, gateway)| gateway.vpc.as_deref() == Some(vpc))
}

/// `DeleteInternetGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    internet_gateway_id: String,
}

/// `DeleteInternetGateway`: refused while it is attached. Routes to it turn into black holes.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.internet_gateway_id.as_str();
    if site.region.internet_gateways.find(id)?.vpc.is_some() {
        return Err(Refusal::depends("internetGateway", id));
    }
    site.region.internet_gateways.remove(id);
    Ok(answer::nothing())
}

/// `DescribeInternetGateways`.
pub(super) static INTERNET_GATEWAYS: Listing = Listing {
    list: "InternetGateways",
    ids: "InternetGatewayIds",
    kind: &ids::INTERNET_GATEWAY,
    filters: &[
        ("attachment.state", "Attachments.State"),
        ("attachment.vpc-id", "Attachments.VpcId"),
        ("internet-gateway-id", "InternetGatewayId"),
        ("owner-id", "OwnerId"),
        ("tag-key", "Tags.Key"),
    ],
    pages: Pages::USUAL,
    items: |site| {
        site.region.internet_gateways.iter().map(|(id, gateway)| Item::new(id, view(site, id, gateway))).collect()
    },
};

/// The service says `available` of an attachment, though the API's list of states has no such word.
fn view(site: &Site, id: &str, gateway: &InternetGateway) -> Map {
    let attachments = gateway.vpc.iter().map(|vpc| Map::new().with("State", "available").with("VpcId", vpc.as_str()));
    Map::new()
        .with("InternetGatewayId", id)
        .with("OwnerId", site.account)
        .with_list("Attachments", attachments)
        .with_tags(&gateway.tags)
}
